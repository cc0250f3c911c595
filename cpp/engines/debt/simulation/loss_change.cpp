#include "engines/debt/simulation/loss_change.hpp"

#include <algorithm>
#include <functional>

#include "engines/debt/simulation/default_variants.hpp"
#include "engines/debt/simulation/loss_simulation.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

void check(const ObligorGroups& before, const ObligorGroups& after) {
    if (after.factor_count != before.factor_count) {
        throw Error(ErrorCode::invalid_input, "after", "must have the factors of before");
    }
    if (after.mixing.degrees_of_freedom() != before.mixing.degrees_of_freedom()) {
        throw Error(ErrorCode::invalid_input, "after", "must have the copula of before");
    }
}

std::vector<std::int64_t> losses_in(const ObligorLosses& obligors, const SystematicStates& states,
                                    std::uint64_t seed) {
    const InstructionSet set = fastest_default_kernel();
    if (obligors.rule == nullptr) return losses_in(obligors.groups, states, seed, set);
    return losses_in(obligors.groups, *obligors.rule, states, seed, set);
}

}  // namespace

std::vector<std::int64_t> simulate_loss_change(const ObligorLosses& before,
                                               const ObligorLosses& after,
                                               const SimulationRange& range,
                                               const ParallelOptions& parallel) {
    check(range);
    check(before.groups, after.groups);
    const std::size_t task_scenarios =
        std::min(task_scenarios_for(before.groups, range), task_scenarios_for(after.groups, range));
    std::vector<std::int64_t> change(range.count);
    const std::size_t task_count = (range.count + task_scenarios - 1) / task_scenarios;
    const bool complete = parallel_for(task_count, parallel, [&](std::size_t task) {
        const SimulationRange part = part_of(range, task_scenarios, task);
        const SystematicStates states = states_of(before.groups, part);
        const std::vector<std::int64_t> old = losses_in(before, states, range.seed);
        const std::vector<std::int64_t> changed = losses_in(after, states, range.seed);
        std::ranges::transform(changed, old,
                               change.begin() + static_cast<std::ptrdiff_t>(task * task_scenarios),
                               std::minus());
        parallel.control.advance(part.count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "simulation", "stopped by the caller");
    return change;
}

}  // namespace seawall::debt
