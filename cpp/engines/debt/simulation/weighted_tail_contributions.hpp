#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/weighted_tail.hpp"

namespace seawall::debt {

/// Σ w over the scenarios of a tail in which each obligor defaults, in 2⁻²⁴, of shape
/// (obligor_count,).
struct WeightedDefaults {
    std::vector<std::uint64_t> above_weight;  ///< over those with L > VaR
    std::vector<std::uint64_t> at_weight;     ///< with L = VaR
    std::vector<std::uint32_t> above_count;   ///< how many of the first these are
};

/// Replays the scenarios of a tail. `scenarios` are the losses and weights of the range. Integers:
/// the same for any number of threads. Throws Error(invalid_input) where the tail is not of these
/// losses and weights, and Error(cancelled). Progress counts scenarios.
WeightedDefaults replay_weighted_tail(const ObligorGroups& groups, const SimulationRange& range,
                                      const WeightedScenarios& scenarios, const WeightedTail& tail,
                                      const ParallelOptions& parallel);

/// Σ w·L_i over the scenarios of a tail, of whatever the losses are told apart by, in 2⁻²⁴ minor
/// units.
struct WeightedLossSums {
    std::vector<WideInteger> above;  ///< over those with L > VaR
    std::vector<WideInteger> at;     ///< with L = VaR
};

/// Of obligors whose loss at default is a number. Throws Error(invalid_input) on another number of
/// them.
WeightedLossSums weighted_loss_sums(const WeightedDefaults& defaults,
                                    std::span<const std::int64_t> loss_minor_at_default);

/// What each adds to expected shortfall: (above + κ·at) / ((1 − α)·S) in minor units, with κ =
/// ((1 − α)·S − Σ w·1{L > VaR}) / Σ w·1{L = VaR}. In exact rationals they add up to expected
/// shortfall. Throws Error(invalid_input) where no scenario at VaR has a weight.
std::vector<double> contributions_minor(const WeightedLossSums& sums, const WeightedTail& tail);

/// The same in whole minor units that add up to expected shortfall, rounded half up: each is
/// rounded down, and the units that are missing go to the largest remainders, the first among
/// equals.
std::vector<std::int64_t> whole_contributions_minor(const WeightedLossSums& sums,
                                                    const WeightedTail& tail);

}  // namespace seawall::debt
