#include "engines/debt/analytic/homogeneous_pool.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "engines/debt/analytic/argument_checks.hpp"
#include "engines/debt/analytic/default_threshold.hpp"
#include "engines/debt/analytic/half_sums.hpp"
#include "engines/debt/analytic/integrand_precision.hpp"
#include "engines/debt/analytic/quadrature_axis.hpp"
#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t most_obligors = 1'000'000;
constexpr double most_terms = 5e10;
constexpr double left_out = 1e-25;  // of the greatest term of a binomial, and of all weights

void check(const HomogeneousPool& pool) {
    if (pool.obligor_count < 1) {
        throw Error(ErrorCode::invalid_input, "obligor_count", "must be above 0");
    }
    if (pool.obligor_count > most_obligors) {
        throw Error(ErrorCode::limit_exceeded, "obligor_count", "must not be above 1,000,000");
    }
    require_fraction(pool.default_probability, "default_probability");
    require_fraction_below_1(pool.asset_correlation, "asset_correlation");
    if (pool.degrees_of_freedom) require_degrees_of_freedom(*pool.degrees_of_freedom);
}

/// The default index of the pool is threshold·√(W/ν) − slope·Z, and Φ of it the probability of
/// default.
struct PoolIndex {
    double threshold = 0.0;
    double slope = 0.0;
};

PoolIndex index_of(const HomogeneousPool& pool) {
    const double own = std::sqrt(1.0 - pool.asset_correlation);
    return {.threshold = default_threshold(pool.default_probability, pool.degrees_of_freedom) / own,
            .slope = std::sqrt(pool.asset_correlation) / own};
}

QuadratureAxis factor_axis(const HomogeneousPool& pool, const PoolIndex& index) {
    if (index.slope == 0.0) return single_point(0.0);
    const auto count = static_cast<double>(pool.obligor_count);
    return normal_axis(1.0 + index_precision * count * index.slope * index.slope);
}

QuadratureAxis scale_axis(const HomogeneousPool& pool, const PoolIndex& index) {
    if (!pool.degrees_of_freedom) return single_point(1.0);
    if (std::isinf(index.threshold)) return single_point(1.0);
    const auto count = static_cast<double>(pool.obligor_count);
    // Where the factor is integrated first, what is left is as smooth as the index is wide.
    const double width_squared = index.slope * index.slope + 1.0 / (index_precision * count);
    return mixing_axis(*pool.degrees_of_freedom,
                       std::min(count * scale_precision(index.threshold, index.slope),
                                squared_scale_speed(index.threshold, index.slope) / width_squared));
}

/// Terms of a binomial distribution around its mode, relative to their sum: no logarithm of a
/// factorial, and no term that is not above 0.
class BinomialTerms {
  public:
    explicit BinomialTerms(std::int64_t count)
        : count_(count), terms_(static_cast<std::size_t>(count) + 1) {}

    /// `p` and `q` are the probabilities of default and survival.
    void compute(double p, double q) {
        const auto n = static_cast<double>(count_);
        const auto mode = std::min(count_, static_cast<std::int64_t>((n + 1.0) * p));
        first_ = last_ = mode;
        terms_[static_cast<std::size_t>(mode)] = 1.0;
        double sum = 1.0;
        double term = 1.0;
        for (std::int64_t k = mode; k < count_ && term > left_out; ++k) {
            term *= static_cast<double>(count_ - k) / static_cast<double>(k + 1) * (p / q);
            sum += terms_[static_cast<std::size_t>(last_ = k + 1)] = term;
        }
        term = 1.0;
        for (std::int64_t k = mode; k > 0 && term > left_out; --k) {
            term *= static_cast<double>(k) / static_cast<double>(count_ - k + 1) * (q / p);
            sum += terms_[static_cast<std::size_t>(first_ = k - 1)] = term;
        }
        scale_ = 1.0 / sum;
    }

    void add_to(std::vector<double>& probabilities, double weight) const {
        for (auto k = static_cast<std::size_t>(first_); k <= static_cast<std::size_t>(last_); ++k) {
            probabilities[k] += weight * scale_ * terms_[k];
        }
    }

  private:
    std::int64_t count_;
    std::vector<double> terms_;
    std::int64_t first_ = 0;
    std::int64_t last_ = 0;
    double scale_ = 1.0;
};

void check_work(const HomogeneousPool& pool, const QuadratureAxis& scales,
                const QuadratureAxis& factors) {
    const auto count = static_cast<double>(pool.obligor_count);
    const double nodes =
        static_cast<double>(scales.points.size()) * static_cast<double>(factors.points.size());
    // A binomial is above `left_out` within 11 standard deviations of its mean.
    if (nodes * std::min(count, 11.0 * std::sqrt(count)) <= most_terms) return;
    throw Error(ErrorCode::limit_exceeded, "obligor_count",
                "so large a pool under such a copula takes more than 5e10 terms");
}

}  // namespace

LatticeDistribution default_count_distribution(const HomogeneousPool& pool) {
    check(pool);
    const PoolIndex index = index_of(pool);
    const QuadratureAxis scales = scale_axis(pool, index);
    const QuadratureAxis factors = factor_axis(pool, index);
    check_work(pool, scales, factors);
    HalfSums sums(static_cast<std::size_t>(pool.obligor_count) + 1);
    BinomialTerms terms(pool.obligor_count);
    for (std::size_t s = 0; s < scales.points.size(); ++s) {
        for (std::size_t f = 0; f < factors.points.size(); ++f) {
            const double weight = scales.weights[s] * factors.weights[f];
            if (weight < left_out) continue;
            const double y = index.threshold * scales.points[s] - index.slope * factors.points[f];
            terms.compute(normal_cdf(y), normal_cdf(-y));
            terms.add_to(sums.half(s + f), weight);
        }
    }
    return sums.distribution(scales.points.size() * factors.points.size() > 1);
}

}  // namespace seawall::debt
