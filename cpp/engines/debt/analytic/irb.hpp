#pragma once

#include <optional>

namespace seawall::debt {

/// The asset classes whose correlations differ.
enum class IrbClass { corporate, residential_mortgage, qualifying_revolving, other_retail };

struct IrbExposure {
    double default_probability = 0.0;  ///< above 0, below 1; no floor is applied
    double loss_given_default = 0.0;   ///< from 0 to 1; no floor is applied
    IrbClass asset_class = IrbClass::corporate;
    double maturity_years = 2.5;  ///< effective maturity, from 1 to 5; of corporates alone
    /// Annual sales of a corporate in millions of euro: below 50 it counts as small or
    /// medium-sized, below 5 as 5. Without: no size adjustment.
    std::optional<double> turnover_eur_m = std::nullopt;
};

/// As fractions of the exposure at default.
struct IrbFigures {
    double asset_correlation = 0.0;
    double capital_requirement = 0.0;  ///< K, for unexpected loss at 99.9 %
    double risk_weight = 0.0;          ///< 12.5 · K
};

/// The internal ratings-based risk weight function (Basel Committee on Banking Supervision,
/// "International Convergence of Capital Measurement and Capital Standards", June 2006, paragraphs
/// 272, 273 and 328 to 330; unchanged in CRE31.5, 31.9 and 31.14 to 31.16 but for the scaling
/// factor of 1.06, which is applied in neither here). Throws Error(invalid_input) on values out of
/// range.
IrbFigures irb_figures(const IrbExposure& exposure);

}  // namespace seawall::debt
