#include "engines/debt/simulation/loss_simulation.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <numeric>

#include "engines/debt/simulation/default_decider.hpp"
#include "engines/debt/simulation/tail_scenarios.hpp"
#include "errors/error.hpp"
#include "numeric/added_elements.hpp"

namespace seawall::debt {
namespace {

/// Masks of a window: as many blocks as share a pass over the obligors' loadings.
constexpr std::size_t window_masks = std::size_t{1} << 21U;

/// From places in groups to rows of obligors, of the scenarios that were asked for.
void set_row_masks(const ObligorGroups& groups, std::span<const std::uint16_t> of_places,
                   std::uint16_t asked, std::span<std::uint16_t> masks) {
    std::ranges::fill(masks, std::uint16_t{0});
    for (std::size_t place = 0; place < of_places.size(); ++place) {
        if (of_places[place] == 0 || groups.row[place] == no_obligor) continue;
        masks[groups.row[place]] = static_cast<std::uint16_t>(of_places[place] & asked);
    }
    for (const std::uint32_t row : groups.certain_rows) masks[row] = asked;
}

LossReplay empty_replay(std::size_t position_count, std::size_t obligor_count) {
    return {.money = {.above_minor = std::vector<std::int64_t>(position_count),
                      .at_minor = std::vector<std::int64_t>(position_count)},
            .defaults = {.above_count = std::vector<std::uint32_t>(obligor_count),
                         .at_count = std::vector<std::uint32_t>(obligor_count)}};
}

/// Adds up the positions' losses of a tail and counts the obligors' defaults, in one memory.
class TailSums {
  public:
    TailSums(const LossRule& rule, std::size_t obligor_count)
        : rule_(rule),
          of_block_(rule.position_count() * block_scenarios),
          sums_(empty_replay(rule.position_count(), obligor_count)) {}

    /// The first `above_count` scenarios of the block are above VaR. Returns the losses of all.
    std::array<std::int64_t, block_scenarios> add(const DefaultedBlock& block,
                                                  std::size_t above_count) {
        std::array<std::int64_t, block_scenarios> totals{};
        rule_.add_losses(block, totals, of_block_);
        const unsigned above = first_lanes(above_count);
        count_defaults(block.masks, above, sums_.defaults.above_count);
        count_defaults(block.masks, ~above, sums_.defaults.at_count);
        auto& [above_minor, at_minor] = sums_.money;
        for (std::size_t position = 0; position < at_minor.size(); ++position) {
            std::int64_t* const losses = of_block_.data() + position * block_scenarios;
            std::int64_t* const at = losses + above_count;
            above_minor[position] += std::accumulate(losses, at, std::int64_t{0});
            at_minor[position] += std::accumulate(at, losses + block.count, std::int64_t{0});
            std::fill_n(losses, block_scenarios, std::int64_t{0});
        }
        return totals;
    }

    const LossReplay& sums() const { return sums_; }

  private:
    const LossRule& rule_;
    std::vector<std::int64_t> of_block_;  ///< of shape (position, block_scenarios)
    LossReplay sums_;
};

/// So that no sum of a position's losses, none of which is below 0, can pass 64 bits.
void check_sum(std::span<const std::int64_t> losses, const TailScenarios& scenarios) {
    std::int64_t sum = 0;
    for (const std::size_t s : scenarios.index) {
        if (!__builtin_add_overflow(sum, losses[s], &sum)) continue;
        throw Error(ErrorCode::limit_exceeded, "tail",
                    "the losses of its scenarios add up to 2^63 minor units");
    }
}

void add(const LossReplay& from, LossReplay& to) {
    add_elements(from.money.above_minor, to.money.above_minor);
    add_elements(from.money.at_minor, to.money.at_minor);
    add_elements(from.defaults.above_count, to.defaults.above_count);
    add_elements(from.defaults.at_count, to.defaults.at_count);
}

}  // namespace

void visit_blocks(const ObligorGroups& groups, const ScenarioList& scenarios, InstructionSet set,
                  const std::function<void(const DefaultedBlock&)>& visit) {
    const SystematicStates states(scenarios, groups.factor_count, groups.mixing);
    visit_blocks(groups, states, scenarios.seed, set, visit);
}

void visit_blocks(const ObligorGroups& groups, const SystematicStates& states, std::uint64_t seed,
                  InstructionSet set, const std::function<void(const DefaultedBlock&)>& visit) {
    const std::size_t places = groups.threshold.size();
    const std::size_t window =
        std::clamp(window_masks / std::max<std::size_t>(places, 1), std::size_t{1},
                   std::max<std::size_t>(1, states.block_count()));
    std::vector<std::uint16_t> of_places(window * places);
    std::vector<std::uint16_t> masks(groups.obligor_count);
    DefaultDecider decider(groups, states, seed, set);
    for (std::size_t first = 0; first < states.block_count(); first += window) {
        const std::size_t end = std::min(first + window, states.block_count());
        std::ranges::fill(of_places, std::uint16_t{0});
        for (std::size_t group = 0; group < groups.group_count(); group += tile_groups) {
            for (std::size_t block = first; block < end; ++block) {
                decider.decide(group, block, nullptr, of_places.data() + (block - first) * places);
            }
        }
        for (std::size_t block = first; block < end; ++block) {
            const std::size_t scenario = block * block_scenarios;
            const std::size_t count = std::min(block_scenarios, states.scenario_count() - scenario);
            set_row_masks(groups, std::span(of_places).subspan((block - first) * places, places),
                          first_lanes(count), masks);
            visit({.states = &states,
                   .first = scenario,
                   .count = count,
                   .seed = seed,
                   .masks = masks});
        }
    }
}

std::vector<std::int64_t> losses_in(const ObligorGroups& groups, const LossRule& rule,
                                    const SystematicStates& states, std::uint64_t seed,
                                    InstructionSet set) {
    std::vector<std::int64_t> losses(states.scenario_count());
    visit_blocks(groups, states, seed, set, [&](const DefaultedBlock& block) {
        rule.add_losses(block, std::span(losses).subspan(block.first, block.count), {});
    });
    return losses;
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const LossRule& rule,
                                          const SimulationRange& range,
                                          const ParallelOptions& parallel) {
    return simulate_losses(groups, rule, range, parallel,
                           {.instruction_set = fastest_default_kernel(),
                            .task_scenarios = task_scenarios_for(groups, range)});
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const LossRule& rule,
                                          const SimulationRange& range,
                                          const ParallelOptions& parallel,
                                          const SimulationVariant& variant) {
    check(range);
    std::vector<std::int64_t> losses(range.count);
    const std::size_t task_count =
        (range.count + variant.task_scenarios - 1) / variant.task_scenarios;
    const bool complete = parallel_for(task_count, parallel, [&](std::size_t task) {
        const SimulationRange part = part_of(range, variant.task_scenarios, task);
        std::ranges::copy(
            losses_in(groups, rule, states_of(groups, part), range.seed, variant.instruction_set),
            losses.begin() + static_cast<std::ptrdiff_t>(task * variant.task_scenarios));
        parallel.control.advance(part.count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "simulation", "stopped by the caller");
    return losses;
}

LossReplay replay_losses(const ObligorGroups& groups, const LossRule& rule,
                         const SimulationRange& range, std::span<const std::int64_t> loss_minor,
                         const TailRisk& tail, const ParallelOptions& parallel) {
    constexpr std::size_t scenarios_a_task = 8 * block_scenarios;
    const TailScenarios found = tail_scenarios(loss_minor, tail);
    check_sum(loss_minor, found);
    LossReplay result = empty_replay(rule.position_count(), groups.obligor_count);
    std::mutex adding;
    const std::size_t task_count = (found.index.size() + scenarios_a_task - 1) / scenarios_a_task;
    const bool complete = parallel_for(task_count, parallel, [&](std::size_t task) {
        const std::size_t first = task * scenarios_a_task;
        const auto index =
            std::span(found.index)
                .subspan(first, std::min(scenarios_a_task, found.index.size() - first));
        std::vector<std::uint64_t> scenarios;
        for (const std::size_t s : index) scenarios.push_back(range.first_scenario + s);
        TailSums sums(rule, groups.obligor_count);
        visit_blocks(groups,
                     {.seed = range.seed, .scenario = scenarios, .sampling = range.sampling},
                     fastest_default_kernel(), [&](const DefaultedBlock& block) {
                         const std::size_t begin = first + block.first;
                         const std::size_t above =
                             std::clamp(found.above_count, begin, begin + block.count) - begin;
                         const auto totals = sums.add(block, above);
                         for (std::size_t s = 0; s < block.count; ++s) {
                             if (totals[s] == loss_minor[index[block.first + s]]) continue;
                             throw Error(ErrorCode::invalid_input, "loss_minor",
                                         "must be the losses of these obligors under this rule");
                         }
                         parallel.control.advance(block.count);
                     });
        const std::scoped_lock lock(adding);
        add(sums.sums(), result);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "contributions", "stopped by the caller");
    return result;
}

}  // namespace seawall::debt
