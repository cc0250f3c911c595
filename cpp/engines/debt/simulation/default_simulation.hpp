#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/obligor_groups.hpp"
#include "engines/debt/simulation/systematic_states.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// Consecutive scenarios of a seed. Whichever way a range is split, each scenario's loss is the
/// same.
struct SimulationRange {
    std::uint64_t seed = 0;
    std::uint64_t first_scenario = 0;
    std::size_t count = 0;
    StateSampling sampling{};
};

/// Throws Error(limit_exceeded) on a range that passes 2^64.
void check(const SimulationRange& range);

/// The loss of each scenario in minor units, over one period with losses given default that are
/// fixed (docs/explanation/default_simulation.md). Same bits on any instruction set, thread count
/// and split, and in any order of the obligors: the decisions are the canonical rule's, the sums
/// are of integers. Progress counts scenarios. Throws as check does, and Error(cancelled).
std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel);

/// The first `count` scenarios of a block, a bit each.
constexpr std::uint16_t first_lanes(std::size_t count) {
    return static_cast<std::uint16_t>((1U << count) - 1U);
}

/// Who defaults in up to block_scenarios scenarios: bit s of an obligor's mask, which is that of
/// its row, is set where it does in scenario s of the list. Throws Error(limit_exceeded) on more
/// scenarios and Error(invalid_input) where the masks are not as many as the obligors.
void default_masks(const ObligorGroups& groups, const ScenarioList& scenarios,
                   std::span<std::uint16_t> masks);

}  // namespace seawall::debt
