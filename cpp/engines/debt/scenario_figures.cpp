#include "engines/debt/scenario_figures.hpp"

#include <algorithm>
#include <cstddef>

#include "engines/debt/revaluation.hpp"

namespace seawall::debt {
namespace {

ScenarioFigures uniform_figures(const ExposureFigures& base, const StressScenario& scenario) {
    const Factors factors = factors_of(scenario);
    const double rate_pct = base.interest_rate_pct + scenario.interest_rate_delta_pct;
    return {.interest_rate_pct = rate_pct,
            .interest_payment = base.total_outstanding * rate_pct / 100.0,
            .collateral_value = base.collateral_value * factors.market,
            .distressed_asset_value = base.distressed_asset_value * factors.market,
            .distressed_asset_recovery = base.distressed_asset_recovery * factors.recovery,
            .default_risk_buffer = base.total_outstanding * factors.default_risk};
}

ScenarioFigures segmented_figures(std::span<const SegmentExposure> segments,
                                  const StressScenario& scenario) {
    ScenarioFigures figures;
    double total = 0.0;
    for (std::size_t g = 0; g < segments.size(); ++g) {
        const SegmentExposure& base = segments[g];
        const Factors factors = factors_of(scenario.segments[g]);
        const double rate_delta_pct = scenario.segments[g].interest_rate_delta_pct;
        total += factors.currency * base.total_outstanding;
        figures.interest_payment +=
            factors.currency *
            (base.interest_payment + base.total_outstanding * rate_delta_pct / 100.0);
        figures.collateral_value += factors.currency * (base.collateral_value * factors.market);
        figures.distressed_asset_value +=
            factors.currency * (base.distressed_asset_value * factors.market);
        figures.distressed_asset_recovery +=
            factors.currency * (base.distressed_asset_recovery * factors.recovery);
        figures.default_risk_buffer +=
            factors.currency * (base.total_outstanding * factors.default_risk);
    }
    figures.interest_rate_pct = total > 0.0 ? 100.0 * figures.interest_payment / total : 0.0;
    return figures;
}

}  // namespace

ScenarioFigures scenario_figures(const ExposureFigures& base,
                                 std::span<const SegmentExposure> segments,
                                 const StressScenario& scenario, const RevaluedSums& sums) {
    ScenarioFigures figures = scenario.is_segmented() ? segmented_figures(segments, scenario)
                                                      : uniform_figures(base, scenario);
    figures.collateral_loss = std::max(base.collateral_value - figures.collateral_value, 0.0);
    figures.distressed_asset_loss =
        std::max(base.distressed_asset_value - figures.distressed_asset_value, 0.0);
    figures.net_exposure_after_recovery = sums.net;
    figures.loss_estimate = sums.loss;
    figures.impact_score =
        std::min(figures.loss_estimate / std::max(base.total_outstanding, 1.0), 1.0);
    return figures;
}

}  // namespace seawall::debt
