#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_variants.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/tail_contributions.hpp"

namespace seawall::debt {

/// The loss of each scenario in minor units where what defaults cost varies by scenario. Same bits
/// on any instruction set, thread count and split. The rule must be of the groups' obligors.
/// Progress counts scenarios. Throws as check of the range does, and Error(cancelled).
std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const LossRule& rule,
                                          const SimulationRange& range,
                                          const ParallelOptions& parallel);

/// The same by a way of the caller's choice; the kernel must be there.
std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const LossRule& rule,
                                          const SimulationRange& range,
                                          const ParallelOptions& parallel,
                                          const SimulationVariant& variant);

/// The losses of simulate_losses in scenarios whose states are there.
std::vector<std::int64_t> losses_in(const ObligorGroups& groups, const LossRule& rule,
                                    const SystematicStates& states, std::uint64_t seed,
                                    InstructionSet set);

/// A tail by position and by obligor.
struct LossReplay {
    TailLosses money;
    TailDefaults defaults;
};

/// Replays the scenarios of a tail for what each position loses in them, and how often each obligor
/// defaults. `loss_minor` are the
/// losses of the range. Each thread holds 128 bytes a position. Progress counts scenarios. Throws
/// Error(invalid_input) where the tail is not of these losses or the losses are not those of the
/// groups and the rule, Error(limit_exceeded) where the losses of the tail add up to 2⁶³, and
/// Error(cancelled).
LossReplay replay_losses(const ObligorGroups& groups, const LossRule& rule,
                         const SimulationRange& range, std::span<const std::int64_t> loss_minor,
                         const TailRisk& tail, const ParallelOptions& parallel);

/// Decides the scenarios of a list and calls `visit` for each block of them, in order, on the
/// calling thread. Holds a few MiB of masks at a time, or one block's.
void visit_blocks(const ObligorGroups& groups, const ScenarioList& scenarios, InstructionSet set,
                  const std::function<void(const DefaultedBlock&)>& visit);

/// The same where the states of the scenarios are there.
void visit_blocks(const ObligorGroups& groups, const SystematicStates& states, std::uint64_t seed,
                  InstructionSet set, const std::function<void(const DefaultedBlock&)>& visit);

}  // namespace seawall::debt
