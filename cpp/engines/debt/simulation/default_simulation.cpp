#include "engines/debt/simulation/default_simulation.hpp"

#include <algorithm>
#include <numeric>

#include "engines/debt/simulation/default_decider.hpp"
#include "engines/debt/simulation/default_variants.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
void check(const SimulationRange& range) {
    if (range.count > ~range.first_scenario) {
        throw Error(ErrorCode::limit_exceeded, "scenarios.count", "the last scenario passes 2^64");
    }
}

std::size_t task_scenarios_for(const ObligorGroups& groups, const SimulationRange& range) {
    constexpr std::size_t lanes_of_a_task = std::size_t{1} << 27U;
    const std::size_t places = std::max<std::size_t>(groups.threshold.size(), 1);
    const std::size_t most = std::clamp(lanes_of_a_task / places, 4 * block_scenarios,
                                        SimulationVariant{}.task_scenarios);
    const std::size_t fair = (range.count / 64 + block_scenarios - 1) / block_scenarios;
    return std::clamp(fair * block_scenarios, 4 * block_scenarios, most);
}

bool has_default_kernel([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::avx512) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    }
    if (set == InstructionSet::avx2) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
#endif
    return set == InstructionSet::baseline;
}

InstructionSet fastest_default_kernel() {
    for (const auto set : {InstructionSet::avx512, InstructionSet::avx2}) {
        if (has_default_kernel(set)) return set;
    }
    return InstructionSet::baseline;
}

SimulationRange part_of(const SimulationRange& range, std::size_t task_scenarios,
                        std::size_t task) {
    const std::size_t first = task * task_scenarios;
    SimulationRange part = range;
    part.first_scenario += first;
    part.count = std::min(task_scenarios, range.count - first);
    return part;
}

SystematicStates states_of(const ObligorGroups& groups, const SimulationRange& range) {
    std::vector<std::uint64_t> scenarios(range.count);
    std::iota(scenarios.begin(), scenarios.end(), range.first_scenario);
    return {{.seed = range.seed, .scenario = scenarios, .sampling = range.sampling},
            groups.factor_count,
            groups.mixing};
}

std::vector<std::int64_t> losses_in(const ObligorGroups& groups, const SystematicStates& states,
                                    std::uint64_t seed, InstructionSet set) {
    std::vector<std::int64_t> sums(states.block_count() * block_scenarios,
                                   groups.certain_loss_minor);
    DefaultDecider decider(groups, states, seed, set);
    for (std::size_t group = 0; group < groups.group_count(); group += tile_groups) {
        for (std::size_t block = 0; block < states.block_count(); ++block) {
            decider.decide(group, block, sums.data() + block * block_scenarios, nullptr);
        }
    }
    sums.resize(states.scenario_count());
    return sums;
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel) {
    return simulate_losses(groups, range, parallel, fastest_default_kernel());
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel, InstructionSet set) {
    if (!has_default_kernel(set)) {
        throw Error(ErrorCode::invalid_input, "instruction_set",
                    "this processor has no " + std::string(instruction_set_name(set)));
    }
    return simulate_losses(
        groups, range, parallel,
        {.instruction_set = set, .task_scenarios = task_scenarios_for(groups, range)});
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel,
                                          const SimulationVariant& variant) {
    check(range);
    std::vector<std::int64_t> losses(range.count);
    const std::size_t task_count =
        (range.count + variant.task_scenarios - 1) / variant.task_scenarios;
    const bool complete = parallel_for(task_count, parallel, [&](std::size_t task) {
        const SimulationRange part = part_of(range, variant.task_scenarios, task);
        std::ranges::copy(
            losses_in(groups, states_of(groups, part), range.seed, variant.instruction_set),
            losses.begin() + static_cast<std::ptrdiff_t>(task * variant.task_scenarios));
        parallel.control.advance(part.count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "simulation", "stopped by the caller");
    return losses;
}

void default_masks(const ObligorGroups& groups, const ScenarioList& scenarios,
                   std::span<std::uint16_t> masks) {
    default_masks(groups, scenarios, masks, fastest_default_kernel());
}

void default_masks(const ObligorGroups& groups, const ScenarioList& scenarios,
                   std::span<std::uint16_t> masks, InstructionSet set) {
    const std::size_t count = scenarios.scenario.size();
    if (count > block_scenarios) {
        throw Error(ErrorCode::limit_exceeded, "scenarios", "at most 16 scenarios at once");
    }
    if (masks.size() != groups.obligor_count) {
        throw Error(ErrorCode::invalid_input, "masks", "must be as many as the obligors");
    }
    std::ranges::fill(masks, std::uint16_t{0});
    if (count == 0) return;
    const SystematicStates states(scenarios, groups.factor_count, groups.mixing);
    std::vector<std::uint16_t> of_places(groups.threshold.size());
    DefaultDecider decider(groups, states, scenarios.seed, set);
    for (std::size_t group = 0; group < groups.group_count(); group += tile_groups) {
        decider.decide(group, 0, nullptr, of_places.data());
    }
    const std::uint16_t asked = first_lanes(count);
    for (std::size_t place = 0; place < of_places.size(); ++place) {
        if (groups.row[place] == no_obligor) continue;
        masks[groups.row[place]] = static_cast<std::uint16_t>(of_places[place] & asked);
    }
    for (const std::uint32_t row : groups.certain_rows) masks[row] = asked;
}

}  // namespace seawall::debt
