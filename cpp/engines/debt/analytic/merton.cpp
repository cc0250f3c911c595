#include "engines/debt/analytic/merton.hpp"

#include <cmath>
#include <optional>

#include "engines/debt/analytic/argument_checks.hpp"
#include "errors/error.hpp"
#include "numeric/bracketed_root.hpp"
#include "numeric/exponential.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

double discounted_debt(const MertonFirm& firm) {
    return firm.debt * canonical_exp(-firm.risk_free_rate * firm.years);
}

double spread_of_return(const MertonFirm& firm) {
    return firm.asset_volatility * std::sqrt(firm.years);
}

double first_distance(const MertonFirm& firm) {
    const double spread = spread_of_return(firm);
    return canonical_log(firm.asset_value / discounted_debt(firm)) / spread + 0.5 * spread;
}

double equity_of(const MertonFirm& firm) {
    const double d1 = first_distance(firm);
    return firm.asset_value * normal_cdf(d1) -
           discounted_debt(firm) * normal_cdf(d1 - spread_of_return(firm));
}

void check_terms(double debt, double risk_free_rate, double years) {
    require_positive(debt, "debt");
    require_finite(risk_free_rate, "risk_free_rate");
    require_positive(years, "years");
    require_positive(canonical_exp(-risk_free_rate * years) * debt, "risk_free_rate");
}

[[noreturn]] void refuse() {
    throw Error(ErrorCode::invalid_input, "equity_volatility", "no firm's equity has it");
}

/// The assets of which equity is worth so much, at one asset volatility.
double asset_value_of(MertonFirm firm, double equity_value) {
    const double most = (equity_value + discounted_debt(firm)) * (1.0 + 1e-12);  // and rounding
    const std::optional<double> found = bracketed_root(
        [&](double assets) {
            firm.asset_value = assets;
            return ValueAndSlope{.value = equity_of(firm) - equity_value,
                                 .slope = normal_cdf(first_distance(firm))};
        },
        {.low = equity_value, .high = most, .start = most});
    if (!found) refuse();
    return *found;
}

}  // namespace

MertonFigures merton_figures(const MertonFirm& firm) {
    require_positive(firm.asset_value, "asset_value");
    require_positive(firm.asset_volatility, "asset_volatility");
    check_terms(firm.debt, firm.risk_free_rate, firm.years);
    const double d1 = first_distance(firm);
    const double riskless = discounted_debt(firm);
    MertonFigures figures;
    figures.distance_to_default = d1 - spread_of_return(firm);
    figures.default_probability = normal_cdf(-figures.distance_to_default);
    figures.equity_value = equity_of(firm);
    // V − E, as a sum of positive terms.
    figures.debt_value =
        firm.asset_value * normal_cdf(-d1) + riskless * normal_cdf(figures.distance_to_default);
    const double recovered = firm.asset_value * normal_cdf(-d1) / riskless;
    figures.expected_loss = figures.default_probability - recovered;
    if (figures.default_probability > 0.0) {
        figures.recovery = recovered / figures.default_probability;
    }
    figures.yield_spread = -canonical_log(1.0 - figures.expected_loss) / firm.years;
    return figures;
}

MertonFirm merton_firm(const MertonEquity& equity) {
    require_positive(equity.equity_value, "equity_value");
    require_positive(equity.equity_volatility, "equity_volatility");
    check_terms(equity.debt, equity.risk_free_rate, equity.years);
    MertonFirm firm{
        .debt = equity.debt, .risk_free_rate = equity.risk_free_rate, .years = equity.years};
    const double target = equity.equity_volatility * equity.equity_value;
    // Without volatility the assets are equity and debt; at the equity's own, Φ(d₁)·V passes E:
    // both but for rounding.
    const double least = target / (equity.equity_value + discounted_debt(firm)) * (1.0 - 1e-12);
    const std::optional<double> volatility = bracketed_root(
        [&](double tried) {
            firm.asset_volatility = tried;
            firm.asset_value = asset_value_of(firm, equity.equity_value);
            const double share = normal_cdf(first_distance(firm));
            // The slope without the small change of Φ(d₁): near enough to converge.
            return ValueAndSlope{.value = share * tried * firm.asset_value - target,
                                 .slope = share * firm.asset_value};
        },
        {.low = least, .high = equity.equity_volatility * (1.0 + 1e-12), .start = least});
    if (!volatility) refuse();
    firm.asset_volatility = *volatility;
    firm.asset_value = asset_value_of(firm, equity.equity_value);
    return firm;
}

}  // namespace seawall::debt
