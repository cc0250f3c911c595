#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/scrambled_runs.hpp"
#include "engines/debt/simulation/weighted_tail.hpp"

namespace seawall::debt {

/// Figures of the first scenarios of a run, so many.
struct ConvergencePoint {
    std::size_t scenario_count = 0;
    LossMoments moments;
    TailRisk tail;
};
struct WeightedConvergencePoint {
    std::size_t scenario_count = 0;
    LossMoments moments;
    WeightedTail tail;
};
struct ScrambledConvergencePoint {
    std::size_t scenario_count = 0;
    ScrambledRun run;
};

/// Prefixes of less than this many scenarios say little of a tail.
inline constexpr std::size_t least_prefix = 1024;

/// Figures over the first 2^k scenarios of a run for each 2^k from least_prefix on, and over all of
/// them. Prefixes are nested: the points are not independent of each other. Throw as tail_risk,
/// weighted_tail and scrambled_run do.
std::vector<ConvergencePoint> convergence(std::span<const std::int64_t> loss_minor,
                                          const ConfidenceLevel& level);
std::vector<WeightedConvergencePoint> convergence(const WeightedScenarios& scenarios,
                                                  const ConfidenceLevel& level);
std::vector<ScrambledConvergencePoint> convergence_of_scrambles(
    std::span<const std::int64_t> loss_minor, const ConfidenceLevel& level);

}  // namespace seawall::debt
