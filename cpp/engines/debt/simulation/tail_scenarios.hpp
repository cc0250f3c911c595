#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::debt {

/// The scenarios of a tail, by index in the range: those above VaR, then those at it.
struct TailScenarios {
    std::vector<std::size_t> index;
    std::size_t above_count = 0;
};

/// Throws Error(invalid_input) where the tail is not of these losses.
TailScenarios tail_scenarios(std::span<const std::int64_t> loss_minor, const TailRisk& tail);

}  // namespace seawall::debt
