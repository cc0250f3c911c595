#include "engines/debt/simulation/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "errors/error.hpp"
#include "numeric/canonical_lanes.hpp"

namespace seawall::debt {
namespace {

void check(const ImportanceShift& shift, std::size_t factor_count, const MixingVariable& mixing) {
    if (shift.factor_shift.size() != factor_count) {
        refuse_input("sampling.factor_shift", "must have a value for each factor");
    }
    double square = 0.0;
    for (std::size_t k = 0; k < factor_count; ++k) {
        if (!std::isfinite(shift.factor_shift[k])) {
            refuse_input("sampling.factor_shift", k, "must be finite");
        }
        square += shift.factor_shift[k] * shift.factor_shift[k];
    }
    if (square > largest_shift * largest_shift) {
        refuse_input("sampling.factor_shift", "must be at most 37 long");
    }
    const double tilt = shift.mixing_tilt;
    const bool is_in_range = tilt > -0.5 && tilt <= largest_tilt;  // false for NaN
    if (!is_in_range) {
        refuse_input("sampling.mixing_tilt", "must be above -0.5 and at most 1e6");
    }
    if (mixing.is_gaussian() && tilt != 0.0) {
        refuse_input("sampling.mixing_tilt", "must be 0 in the Gaussian copula");
    }
}

/// Moves a plain state to where importance sampling looks; returns √(W/ν).
double shift_state(const StateSampling& sampling, std::uint64_t seed, std::uint64_t scenario,
                   const MixingVariable& mixing, std::span<double> factor) {
    if (sampling.importance == nullptr || is_defensive(scenario)) {
        return mixing.root(seed, scenario);
    }
    const ImportanceShift& shift = *sampling.importance;
    for (std::size_t k = 0; k < factor.size(); ++k) factor[k] += shift.factor_shift[k];
    return mixing.root(seed, scenario, shift.mixing_tilt);
}

}  // namespace

void check(const StateSampling& sampling, std::uint64_t seed, std::size_t factor_count,
           const MixingVariable& mixing) {
    if (sampling.importance != nullptr && sampling.scrambles != nullptr) {
        refuse_input("sampling", "importance sampling and Sobol points exclude each other");
    }
    if (sampling.importance != nullptr) check(*sampling.importance, factor_count, mixing);
    if (sampling.conditional != nullptr && sampling.conditional->factor_count() != factor_count) {
        refuse_input("sampling.conditional", "must be of the book's factors");
    }
    if (sampling.scrambles == nullptr) return;
    if (sampling.scrambles->seed() != seed) {
        refuse_input("sampling.scrambles", "must be of the seed of the scenarios");
    }
    if (sampling.scrambles->factor_count() != factor_count) {
        refuse_input("sampling.scrambles", "must have a dimension for each factor");
    }
}

double draw_state(const StateSampling& sampling, std::uint64_t seed, std::uint64_t scenario,
                  const MixingVariable& mixing, std::span<double> factor) {
    double root = 0.0;
    if (sampling.scrambles != nullptr) {
        root = sampling.scrambles->draw(scenario, mixing, factor);
    } else {
        draw_factors(seed, scenario, factor);
        root = shift_state(sampling, seed, scenario, mixing, factor);
    }
    if (sampling.conditional != nullptr) sampling.conditional->move(factor);
    return root;
}

void draw_states(const StateSampling& sampling, std::uint64_t seed,
                 std::span<const std::uint64_t> scenario, const MixingVariable& mixing,
                 const DrawnStates& states) {
    if (scenario.empty()) return;
    const std::size_t factor_count = states.factor.size() / scenario.size();
    const auto factors_of = [&](std::size_t i) {
        return states.factor.subspan(i * factor_count, factor_count);
    };
    if (sampling.scrambles != nullptr) {
        for (std::size_t i = 0; i < scenario.size(); ++i) {
            states.mixing_root[i] = draw_state(sampling, seed, scenario[i], mixing, factors_of(i));
        }
        return;
    }
    first_uniforms_53_lanes(seed, RandomStream::factors, scenario, states.factor);
    normal_quantile_lanes(states.factor, states.factor);
    if (sampling.importance == nullptr && mixing.is_gaussian()) {
        std::ranges::fill(states.mixing_root, 1.0);
    } else {
        for (std::size_t i = 0; i < scenario.size(); ++i) {
            states.mixing_root[i] = shift_state(sampling, seed, scenario[i], mixing, factors_of(i));
        }
    }
    if (sampling.conditional == nullptr) return;
    for (std::size_t i = 0; i < scenario.size(); ++i) sampling.conditional->move(factors_of(i));
}

}  // namespace seawall::debt
