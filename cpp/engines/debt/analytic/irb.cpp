#include "engines/debt/analytic/irb.hpp"

#include <algorithm>
#include <cmath>

#include "engines/debt/analytic/argument_checks.hpp"
#include "errors/error.hpp"
#include "numeric/exponential.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

constexpr double confidence_level = 0.999;

void check(const IrbExposure& exposure) {
    require_open_fraction(exposure.default_probability, "default_probability");
    require_fraction(exposure.loss_given_default, "loss_given_default");
    const double maturity = exposure.maturity_years;
    const bool is_regular = maturity >= 1.0 && maturity <= 5.0;  // false for NaN
    if (!is_regular) {
        throw Error(ErrorCode::invalid_input, "maturity_years", "must be from 1 to 5");
    }
    if (!exposure.turnover_eur_m) return;
    require_positive(*exposure.turnover_eur_m, "turnover_eur_m");
    if (exposure.asset_class == IrbClass::corporate) return;
    throw Error(ErrorCode::invalid_input, "turnover_eur_m", "is for corporates alone");
}

/// The correlations of the least and the greatest default probability, and how fast the first falls
/// to the second.
struct CorrelationRange {
    double safest, riskiest, decay;
};

double falling(const CorrelationRange& range, double default_probability) {
    const double share = (1.0 - canonical_exp(-range.decay * default_probability)) /
                         (1.0 - canonical_exp(-range.decay));
    return range.riskiest * share + range.safest * (1.0 - share);
}

double correlation_of(const IrbExposure& exposure) {
    switch (exposure.asset_class) {
        case IrbClass::corporate:
            break;
        case IrbClass::residential_mortgage:
            return 0.15;
        case IrbClass::qualifying_revolving:
            return 0.04;
        case IrbClass::other_retail:
            return falling({.safest = 0.16, .riskiest = 0.03, .decay = 35.0},
                           exposure.default_probability);
    }
    const double correlation =
        falling({.safest = 0.24, .riskiest = 0.12, .decay = 50.0}, exposure.default_probability);
    if (!exposure.turnover_eur_m) return correlation;
    const double turnover = std::clamp(*exposure.turnover_eur_m, 5.0, 50.0);
    return correlation - 0.04 * (1.0 - (turnover - 5.0) / 45.0);
}

double maturity_factor(const IrbExposure& exposure) {
    if (exposure.asset_class != IrbClass::corporate) return 1.0;
    const double root = 0.11852 - 0.05478 * canonical_log(exposure.default_probability);
    const double slope = root * root;
    return (1.0 + (exposure.maturity_years - 2.5) * slope) / (1.0 - 1.5 * slope);
}

}  // namespace

IrbFigures irb_figures(const IrbExposure& exposure) {
    check(exposure);
    IrbFigures figures;
    const double correlation = figures.asset_correlation = correlation_of(exposure);
    const double p = exposure.default_probability;
    const double stressed = normal_cdf(
        (normal_quantile(p) + std::sqrt(correlation) * normal_quantile(confidence_level)) /
        std::sqrt(1.0 - correlation));
    figures.capital_requirement =
        exposure.loss_given_default * (stressed - p) * maturity_factor(exposure);
    figures.risk_weight = 12.5 * figures.capital_requirement;
    return figures;
}

}  // namespace seawall::debt
