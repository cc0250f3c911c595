#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "engines/debt/covenant.hpp"

namespace seawall::debt {

inline constexpr std::array all_covenants{Covenant::dscr, Covenant::icr, Covenant::ltv,
                                          Covenant::leverage, Covenant::debt_yield};

constexpr std::size_t index_of(Covenant covenant) {
    return static_cast<std::size_t>(covenant);
}

/// What a ratio never is: the worst one until a test.
constexpr double untested(Covenant covenant) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return limits_from_above(covenant) ? -infinity : infinity;
}

inline bool is_limited(const CovenantTerms& terms, Covenant covenant) {
    const std::size_t c = index_of(covenant);
    return !terms.limits[c].empty() || (terms.reset_step > 0 && !terms.reset_limits[c].empty());
}

/// Tests one step after the steps before it, into `scratch`, which is prepared for these steps.
/// `records_are_obligors`: record i is of obligor i, and there are as many.
void test_step(const CovenantSteps& steps, const CovenantTerms& terms, bool records_are_obligors,
               std::int32_t step, CovenantScratch& scratch);

}  // namespace seawall::debt
