#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engines/debt/simulation/importance.hpp"
#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::debt {

/// Losses of scenarios that weigh differently, in any order; of one shape.
struct WeightedScenarios {
    std::span<const std::int64_t> loss_minor;
    std::span<const std::uint32_t> weight;  ///< in 2⁻²⁴, at most 8, as scenario_weights has them
};

/// Throws Error(invalid_input) at "losses" without a scenario, at "weights" on another number of
/// them and without one above 0, and at "weights[i]" above 8.
void check(const WeightedScenarios& scenarios);

/// The tail of weighted losses at a level (docs/explanation/default_simulation_sampling.md). Sums
/// of weights are in 2⁻²⁴ and exact. Where all weights are 1, each figure but the interval has the
/// bits of TailRisk.
struct WeightedTail {
    ConfidenceLevel level;
    std::size_t scenario_count = 0;
    std::int64_t var_minor = 0;       ///< the least loss x with Σ w·1{L > x} <= (1 − α)·S
    WideInteger above_weight = 0;     ///< Σ w of scenarios with L > VaR
    WideInteger at_weight = 0;        ///< with L = VaR
    WideInteger weighted_excess = 0;  ///< Σ w·(L − VaR)⁺, in 2⁻²⁴ minor units
    std::size_t above_count = 0;      ///< scenarios with L > VaR
    std::size_t at_count = 0;         ///< with L = VaR
    /// (Σw)² / Σw²: equally weighted scenarios that would tell as much, of all and of those with
    /// L >= VaR.
    double effective_count = 0.0, tail_effective_count = 0.0;
    /// The losses beyond which the weights are 1.96 standard errors more and less than (1 − α)·S.
    std::int64_t var_low_minor = 0, var_high_minor = 0;
    bool var_high_is_open = false;         ///< the upper one would be beyond the largest loss
    double es_minor = 0.0;                 ///< VaR + Σ w·(L − VaR)⁺ / ((1 − α)·S)
    double es_standard_error_minor = 0.0;  ///< sd(w·(L − VaR)⁺) / ((1 − α)·√S)

    /// Fewer than least_tail_scenarios tell what the tail is.
    bool is_thin() const {
        return tail_effective_count < static_cast<double>(least_tail_scenarios);
    }
};

/// Throws as check of the scenarios, and at "level" as tail_risk does.
WeightedTail weighted_tail(const WeightedScenarios& scenarios, const ConfidenceLevel& level);

/// Mean and spread of the loss, with the standard error of the weighted mean. Throws likewise.
LossMoments weighted_moments(const WeightedScenarios& scenarios);

}  // namespace seawall::debt
