#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/conditional_factors.hpp"
#include "engines/debt/simulation/default_rule.hpp"
#include "engines/debt/simulation/sampling_sobol.hpp"

namespace seawall::debt {

/// Where importance sampling looks for large losses: frozen numbers, chosen before the run.
struct ImportanceShift {
    /// μ, added to the independent factors z; of shape (factor_count,), |μ| at most largest_shift.
    std::vector<double> factor_shift;
    /// θ above −½ and at most largest_tilt: W is divided by 1 + 2θ. 0 in the Gaussian copula.
    double mixing_tilt = 0.0;

    friend bool operator==(const ImportanceShift&, const ImportanceShift&) = default;
};
/// Beyond this no double says how seldom the plain draw comes there.
inline constexpr double largest_shift = 37.0;
inline constexpr double largest_tilt = 1e6;

/// One in so many scenarios is drawn plainly under importance sampling: no weight passes it.
inline constexpr std::uint64_t defensive_period = 8;
constexpr bool is_defensive(std::uint64_t scenario) {
    return scenario % defensive_period == 0;
}

/// How the systematic states of scenarios are drawn (docs/explanation/
/// default_simulation_sampling.md): plainly, unless one of the first two is given. A view: the
/// caller keeps what it points to.
struct StateSampling {
    const ImportanceShift* importance = nullptr;
    const SobolScrambles* scrambles = nullptr;
    const ConditionalFactors* conditional = nullptr;  ///< the law of what is drawn, if not N(0, C)

    /// The independent normals as they are drawn, which importance sampling weighs.
    StateSampling independent() const {
        return {.importance = importance, .scrambles = scrambles, .conditional = nullptr};
    }
};

/// Throws Error(invalid_input) at "sampling…" where the first two are given, on a shift of another
/// number of factors or out of range, on a tilt in the Gaussian copula, on scrambles of another
/// seed or number of factors, and on a conditional law of another number of factors.
void check(const StateSampling& sampling, std::uint64_t seed, std::size_t factor_count,
           const MixingVariable& mixing);

/// z of a scenario, to `factor`; returns √(W/ν). The sampling must be in order.
double draw_state(const StateSampling& sampling, std::uint64_t seed, std::uint64_t scenario,
                  const MixingVariable& mixing, std::span<double> factor);

/// The states of scenarios, with the bits of draw_state: z by scenario to `factor`, √(W/ν) to
/// `mixing_root`.
struct DrawnStates {
    std::span<double> factor;       ///< of shape (scenario, factor)
    std::span<double> mixing_root;  ///< of shape (scenario,)
};
void draw_states(const StateSampling& sampling, std::uint64_t seed,
                 std::span<const std::uint64_t> scenario, const MixingVariable& mixing,
                 const DrawnStates& states);

}  // namespace seawall::debt
