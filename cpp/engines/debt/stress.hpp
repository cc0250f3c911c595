#pragma once

#include <cstddef>
#include <span>

#include "engines/debt/types.hpp"

namespace seawall::debt {

/// The most shocks of segments that the scenarios of one run may hold together.
inline constexpr std::size_t max_segment_shocks = std::size_t{1} << 26U;

/// Throws Error with a place such as "scenarios[2].collateral_market_impact" or
/// "scenarios[2].shocks[17].currency_change": limit_exceeded above max_scenarios and
/// max_segment_shocks, invalid_input on a shock beyond ±largest_value, on an impact, degradation or
/// currency change below −1, and on a segmented scenario without a shock for each segment.
void check(std::span<const StressScenario> scenarios, std::size_t segment_count = 0);

/// Revalues a measured book under each scenario. At Detail::positions the exposure must hold its
/// positions. Same bits on any thread count: sums have the order of ordered_sum. Throws what check
/// throws, Error(limit_exceeded) when a matrix would pass max_matrix_cells, and Error(cancelled).
/// Only segmented scenarios ask for segments.
StressResult stress(const Exposure& exposure, const SegmentIndex& segments,
                    std::span<const StressScenario> scenarios, const ComputeOptions& options);
StressResult stress(const Exposure& exposure, std::span<const StressScenario> scenarios,
                    const ComputeOptions& options);

/// Each record's loss under one scenario that was checked: the bits of its row in
/// StressResult::record_loss, for runs that keep no such matrix.
Buffer<double> record_losses(const Exposure& exposure, const SegmentIndex& segments,
                             const StressScenario& scenario);

/// Each position's part of its record's loss, by share: the bits of its row in
/// StressResult::position_loss.
Buffer<double> position_losses(const PositionExposure& positions,
                               std::span<const double> record_loss);

}  // namespace seawall::debt
