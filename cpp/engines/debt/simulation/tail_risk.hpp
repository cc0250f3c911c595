#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace seawall::debt {

__extension__ using WideInteger = __int128;

/// α as a decimal fraction, numerator / denominator, above 0 and below 1: ranks and shares are of
/// these integers, as 0.999 is no double.
struct ConfidenceLevel {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;  ///< at most largest_denominator
};
inline constexpr std::int64_t largest_denominator = 1'000'000'000;

/// Throws Error(invalid_input) at "level" on one outside (0, 1) or of a larger denominator.
void check(const ConfidenceLevel& level);

/// Below this many scenarios beyond it a tail figure rests on few draws.
inline constexpr std::int64_t least_tail_scenarios = 100;

/// The tail of simulated losses at a level, in minor units (docs/explanation/default_simulation.md,
/// "Tail"). Integers are exact, and so are the same for any split of the scenarios.
struct TailRisk {
    ConfidenceLevel level;
    std::size_t scenario_count = 0;
    std::int64_t var_minor = 0;            ///< the ⌈α·S⌉-th smallest loss
    WideInteger excess_minor = 0;          ///< Σ (L − VaR)⁺
    std::size_t above_count = 0;           ///< scenarios with L > VaR
    std::size_t at_count = 0;              ///< with L = VaR
    std::int64_t var_low_minor = 0;        ///< order statistics that hold the quantile between them
    std::int64_t var_high_minor = 0;       ///< with a probability of at least 95 %
    bool var_high_is_open = false;         ///< the upper one would be beyond the largest loss
    double es_minor = 0.0;                 ///< VaR + Σ (L − VaR)⁺ / ((1 − α)·S)
    double es_standard_error_minor = 0.0;  ///< sd((L − VaR)⁺) / ((1 − α)·√S)

    /// Fewer than least_tail_scenarios beyond VaR are expected.
    bool is_thin() const;
};

/// Losses of scenarios in any order. Throws Error(invalid_input) at "losses" without one, and at
/// "level" on a level outside (0, 1) or of a larger denominator.
TailRisk tail_risk(std::span<const std::int64_t> loss_minor, const ConfidenceLevel& level);

/// Mean and spread of simulated losses.
struct LossMoments {
    double expected_minor = 0.0;
    double standard_deviation_minor = 0.0;
    double standard_error_minor = 0.0;  ///< of the mean
};

/// Sums are of blocks in the order of the scenarios. Throws Error(invalid_input) without a loss.
LossMoments loss_moments(std::span<const std::int64_t> loss_minor);

/// Ranks l < u (from 1; u may be count + 1: beyond the largest) of which the order statistics hold
/// the α-quantile between them with a probability of at least 95 %: binomial, without assumption
/// on the losses (H. A. David, H. N. Nagaraja, "Order Statistics", 7.1).
struct RankInterval {
    std::size_t low = 0, high = 0;
};
RankInterval quantile_ranks(std::size_t count, const ConfidenceLevel& level);

}  // namespace seawall::debt
