#pragma once

#include <span>

#include "engines/debt/segments.hpp"
#include "engines/debt/types.hpp"

namespace seawall::debt {

/// The figures that are no sums of products: what each record adds up to under a scenario.
struct RevaluedSums {
    double net = 0.0;
    double loss = 0.0;
};

/// The book under a scenario. All but net and loss are linear in non-negative amounts, so they
/// follow from sums as they would from each record: a uniform scenario's from the book's, a
/// segmented one's from its segments', which a uniform one does not ask for. The interest rate is
/// that of the stressed sums, 0 where they hold no debt.
ScenarioFigures scenario_figures(const ExposureFigures& base,
                                 std::span<const SegmentExposure> segments,
                                 const StressScenario& scenario, const RevaluedSums& sums);

}  // namespace seawall::debt
