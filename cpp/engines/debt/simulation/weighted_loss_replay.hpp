#pragma once

#include <cstdint>
#include <vector>

#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/weighted_tail_contributions.hpp"

namespace seawall::debt {

/// A weighted tail by position and by obligor.
struct WeightedReplay {
    WeightedLossSums sums;
    std::vector<std::uint32_t> above_count;  ///< scenarios with L > VaR in which each defaults
};

/// Replays the scenarios of a tail for what each position loses in them by a rule, times their
/// weights. `scenarios` are the losses and weights of the range. Integers: the same for any number
/// of threads. Each thread holds 160 bytes a position. Throws Error(invalid_input) where the tail
/// is not of these losses and weights, and Error(cancelled). Progress counts scenarios.
WeightedReplay replay_weighted_losses(const ObligorGroups& groups, const LossRule& rule,
                                      const SimulationRange& range,
                                      const WeightedScenarios& scenarios, const WeightedTail& tail,
                                      const ParallelOptions& parallel);

}  // namespace seawall::debt
