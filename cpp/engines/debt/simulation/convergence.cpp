#include "engines/debt/simulation/convergence.hpp"

namespace seawall::debt {
namespace {

std::vector<std::size_t> prefixes(std::size_t scenario_count) {
    std::vector<std::size_t> counts;
    for (std::size_t count = least_prefix; count < scenario_count; count *= 2) {
        counts.push_back(count);
    }
    counts.push_back(scenario_count);
    return counts;
}

}  // namespace

std::vector<ConvergencePoint> convergence(std::span<const std::int64_t> loss_minor,
                                          const ConfidenceLevel& level) {
    std::vector<ConvergencePoint> points;
    for (const std::size_t count : prefixes(loss_minor.size())) {
        const auto first = loss_minor.first(count);
        points.push_back({.scenario_count = count,
                          .moments = loss_moments(first),
                          .tail = tail_risk(first, level)});
    }
    return points;
}

std::vector<WeightedConvergencePoint> convergence(const WeightedScenarios& scenarios,
                                                  const ConfidenceLevel& level) {
    check(scenarios);
    std::vector<WeightedConvergencePoint> points;
    for (const std::size_t count : prefixes(scenarios.loss_minor.size())) {
        const WeightedScenarios first{.loss_minor = scenarios.loss_minor.first(count),
                                      .weight = scenarios.weight.first(count)};
        points.push_back({.scenario_count = count,
                          .moments = weighted_moments(first),
                          .tail = weighted_tail(first, level)});
    }
    return points;
}

std::vector<ScrambledConvergencePoint> convergence_of_scrambles(
    std::span<const std::int64_t> loss_minor, const ConfidenceLevel& level) {
    std::vector<ScrambledConvergencePoint> points;
    for (const std::size_t count : prefixes(loss_minor.size())) {
        points.push_back(
            {.scenario_count = count, .run = scrambled_run(loss_minor.first(count), level)});
    }
    return points;
}

}  // namespace seawall::debt
