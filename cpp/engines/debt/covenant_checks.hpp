#pragma once

#include "engines/debt/covenant.hpp"

namespace seawall::debt {

/// Throws as test_covenants does: lengths, indices and limits, but not the amounts.
void check(const CovenantSteps& steps, const CovenantTerms& terms);

}  // namespace seawall::debt
