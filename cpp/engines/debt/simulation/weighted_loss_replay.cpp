#include "engines/debt/simulation/weighted_loss_replay.hpp"

#include <algorithm>
#include <mutex>

#include "engines/debt/simulation/loss_simulation.hpp"
#include "engines/debt/simulation/tail_scenarios.hpp"
#include "errors/error.hpp"
#include "numeric/added_elements.hpp"

namespace seawall::debt {
namespace {

/// Of some scenarios of a tail, by index in the range; the first `above_count` are above VaR.
struct TailPiece {
    std::span<const std::size_t> index;
    std::size_t above_count = 0;
};

WeightedReplay empty_replay(std::size_t position_count, std::size_t obligor_count) {
    return {.sums = {.above = std::vector<WideInteger>(position_count),
                     .at = std::vector<WideInteger>(position_count)},
            .above_count = std::vector<std::uint32_t>(obligor_count)};
}

WeightedReplay replay_of(const ObligorGroups& groups, const LossRule& rule,
                         const SimulationRange& range, const WeightedScenarios& run,
                         const TailPiece& piece) {
    const std::size_t positions = rule.position_count();
    WeightedReplay replay = empty_replay(positions, groups.obligor_count);
    std::vector<std::uint64_t> scenarios;
    for (const std::size_t s : piece.index) scenarios.push_back(range.first_scenario + s);
    std::vector<std::int64_t> totals(block_scenarios);
    std::vector<std::int64_t> losses(positions * block_scenarios);
    visit_blocks(
        groups, {.seed = range.seed, .scenario = scenarios, .sampling = range.sampling},
        fastest_default_kernel(), [&](const DefaultedBlock& block) {
            std::ranges::fill(totals, 0);
            std::ranges::fill(losses, 0);
            rule.add_losses(block, totals, losses);
            const std::size_t above_end =
                std::clamp(piece.above_count, block.first, block.first + block.count);
            count_defaults(block.masks, first_lanes(above_end - block.first), replay.above_count);
            for (std::size_t s = 0; s < block.count; ++s) {
                const std::size_t place = block.first + s;
                const WideInteger weight = run.weight[piece.index[place]];
                auto& side = place < piece.above_count ? replay.sums.above : replay.sums.at;
                for (std::size_t i = 0; i < positions; ++i) {
                    side[i] += weight * losses[i * block_scenarios + s];
                }
            }
        });
    return replay;
}

}  // namespace

WeightedReplay replay_weighted_losses(const ObligorGroups& groups, const LossRule& rule,
                                      const SimulationRange& range,
                                      const WeightedScenarios& scenarios, const WeightedTail& tail,
                                      const ParallelOptions& parallel) {
    constexpr std::size_t scenarios_a_task = 8 * block_scenarios;
    const TailScenarios found = tail_scenarios(scenarios, tail);
    WeightedReplay result = empty_replay(rule.position_count(), groups.obligor_count);
    std::mutex adding;
    const std::size_t task_count = (found.index.size() + scenarios_a_task - 1) / scenarios_a_task;
    const bool complete = parallel_for(task_count, parallel, [&](std::size_t task) {
        const std::size_t first = task * scenarios_a_task;
        const std::size_t count = std::min(scenarios_a_task, found.index.size() - first);
        const TailPiece piece{
            .index = std::span(found.index).subspan(first, count),
            .above_count = std::clamp(found.above_count, first, first + count) - first};
        const WeightedReplay part = replay_of(groups, rule, range, scenarios, piece);
        parallel.control.advance(count);
        const std::scoped_lock lock(adding);
        add_elements(part.sums.above, result.sums.above);
        add_elements(part.sums.at, result.sums.at);
        add_elements(part.above_count, result.above_count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "contributions", "stopped by the caller");
    return result;
}

}  // namespace seawall::debt
