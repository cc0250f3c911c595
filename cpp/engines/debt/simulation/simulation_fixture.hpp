#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_rule.hpp"
#include "engines/debt/simulation/default_variants.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt::fixture {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Factors that are all correlated alike.
class Factors {
  public:
    explicit Factors(std::size_t count, double correlation = 0.0,
                     double degrees_of_freedom = infinity)
        : count_(count),
          values_(count * count, correlation),
          degrees_of_freedom_(degrees_of_freedom) {
        for (std::size_t k = 0; k < count; ++k) values_[k * count + k] = 1.0;
    }
    FactorModel model() const {
        return {.factor_count = count_,
                .correlation = values_,
                .degrees_of_freedom = degrees_of_freedom_};
    }

  private:
    std::size_t count_;
    std::vector<double> values_;
    double degrees_of_freedom_;
};

struct Obligor {
    std::uint32_t slot = 0;
    double default_threshold = 0.0;
    std::vector<double> factor_weight;
    std::int64_t loss_minor = 1;
};

/// Obligors as the columns that the engine takes.
class Obligors {
  public:
    explicit Obligors(const std::vector<Obligor>& obligors) {
        for (const Obligor& obligor : obligors) {
            slot_.push_back(obligor.slot);
            threshold_.push_back(obligor.default_threshold);
            weight_.insert(weight_.end(), obligor.factor_weight.begin(),
                           obligor.factor_weight.end());
            loss_.push_back(obligor.loss_minor);
        }
    }
    ObligorColumns columns() const {
        return {.slot = slot_,
                .default_threshold = threshold_,
                .factor_weight = weight_,
                .loss_minor = loss_};
    }

  private:
    std::vector<std::uint32_t> slot_;
    std::vector<double> threshold_;
    std::vector<double> weight_;
    std::vector<std::int64_t> loss_;
};

inline ObligorGroups groups_of(const std::vector<Obligor>& obligors, const Factors& factors) {
    return group_obligors_by_slot(Obligors(obligors).columns(), factors.model());
}

/// The scenarios of a range, as the page of the model says them.
inline std::vector<std::int64_t> losses_literally(const std::vector<Obligor>& obligors,
                                                  const Factors& factors,
                                                  const SimulationRange& range) {
    const std::vector<double> root = correlation_root(factors.model());
    const std::size_t factor_count = factors.model().factor_count;
    const MixingVariable mixing(factors.model().degrees_of_freedom);
    std::vector<std::int64_t> losses(range.count);
    for (std::size_t s = 0; s < range.count; ++s) {
        const std::uint64_t scenario = range.first_scenario + s;
        std::vector<double> z(factor_count);
        const double mixing_root = draw_state(range.sampling, range.seed, scenario, mixing, z);
        for (const Obligor& obligor : obligors) {
            std::vector<float> loading(factor_count);
            standardise_loading(obligor.factor_weight, root, loading);
            const double threshold = standardise_threshold(obligor.default_threshold, loading);
            if (defaults(range.seed, scenario, obligor.slot, threshold, loading,
                         {.factor = z, .mixing_root = mixing_root})) {
                losses[s] += obligor.loss_minor;
            }
        }
    }
    return losses;
}

inline std::vector<InstructionSet> default_kernels() {
    std::vector<InstructionSet> sets;
    for (const auto set :
         {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (has_default_kernel(set)) sets.push_back(set);
    }
    return sets;
}

/// Scales the weights until a'Ca is the share.
inline void set_systematic_share(std::vector<double>& weights, const FactorModel& model,
                                 double share) {
    double variance = 0.0;
    for (std::size_t j = 0; j < weights.size(); ++j) {
        for (std::size_t k = 0; k < weights.size(); ++k) {
            variance += weights[j] * model.correlation[j * weights.size() + k] * weights[k];
        }
    }
    const double scale = std::sqrt(share / variance);
    for (double& weight : weights) weight *= scale;
}

/// Ordinary obligors: PD from 0.01 % to 60 %, a tenth to nine tenths of the variance systematic,
/// every third slot nobody's.
inline std::vector<Obligor> random_obligors(std::size_t count, const Factors& factors,
                                            unsigned seed) {
    const FactorModel model = factors.model();
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    std::vector<Obligor> obligors(count);
    for (std::size_t i = 0; i < count; ++i) {
        Obligor& obligor = obligors[i];
        obligor.slot = static_cast<std::uint32_t>(i + i / 2);
        obligor.default_threshold = normal_quantile(0.6 * std::exp(-8.0 * unit(random)));
        obligor.factor_weight.resize(model.factor_count);
        for (double& weight : obligor.factor_weight) weight = 2.0 * unit(random) - 1.0;
        set_systematic_share(obligor.factor_weight, model, 0.1 + 0.8 * unit(random));
        obligor.loss_minor = static_cast<std::int64_t>(std::exp(20.0 * unit(random)));
    }
    return obligors;
}

}  // namespace seawall::debt::fixture
