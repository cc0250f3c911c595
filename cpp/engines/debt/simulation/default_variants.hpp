#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_simulation.hpp"
#include "engines/debt/sweep_variants.hpp"  // InstructionSet

namespace seawall::debt {

/// Whether this build has the kernel of defaults and this processor its instructions.
bool has_default_kernel(InstructionSet set);
InstructionSet fastest_default_kernel();

/// How the work is done, which no figure may show.
struct SimulationVariant {
    InstructionSet instruction_set = InstructionSet::baseline;
    std::size_t task_scenarios = 1024;  ///< scenarios a task, at least 1
};

/// Large books are split finer, so that a run ends soon when asked to; small runs too, so that
/// every thread has some.
std::size_t task_scenarios_for(const ObligorGroups& groups, const SimulationRange& range);

/// Of a range that is split into tasks of so many scenarios, the part of one.
SimulationRange part_of(const SimulationRange& range, std::size_t task_scenarios, std::size_t task);

/// The systematic states of all scenarios of a range.
SystematicStates states_of(const ObligorGroups& groups, const SimulationRange& range);

/// The losses of simulate_losses in scenarios whose states are there.
std::vector<std::int64_t> losses_in(const ObligorGroups& groups, const SystematicStates& states,
                                    std::uint64_t seed, InstructionSet set);

/// simulate_losses by a way of the caller's choice; the kernel must be there.
std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel,
                                          const SimulationVariant& variant);

/// simulate_losses by an instruction set of the caller's choice, the work split as usual. Throws
/// Error(invalid_input) where this build or this processor lacks it.
std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel, InstructionSet set);

/// default_masks by an instruction set of the caller's choice.
void default_masks(const ObligorGroups& groups, const ScenarioList& scenarios,
                   std::span<std::uint16_t> masks, InstructionSet set);

}  // namespace seawall::debt
