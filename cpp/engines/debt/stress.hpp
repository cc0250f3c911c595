#pragma once

#include <span>

#include "engines/debt/types.hpp"

namespace seawall::debt {

/// Throws Error with a place such as "scenarios[2].collateral_market_impact": limit_exceeded above
/// max_scenarios, invalid_input on a shock beyond ±largest_value or an impact or degradation below
/// −1.
void check(std::span<const StressScenario> scenarios);

/// Revalues a measured book under each scenario. At Detail::positions the exposure must hold its
/// positions. Same bits on any thread count: sums have the order of ordered_sum. Throws what check
/// throws, Error(limit_exceeded) when a matrix would pass max_matrix_cells, and Error(cancelled).
StressResult stress(const Exposure& exposure, std::span<const StressScenario> scenarios,
                    const ComputeOptions& options);

}  // namespace seawall::debt
