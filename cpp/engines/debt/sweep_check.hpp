#pragma once

#include "engines/debt/sweep.hpp"

namespace seawall::debt {

/// Throws what sweep says, with a place such as "loans.haircut[17]" or
/// "scenarios.income.values[3]".
void check(const SweepColumns& loans, const SweepScenarios& scenarios);

}  // namespace seawall::debt
