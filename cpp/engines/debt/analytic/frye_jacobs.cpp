#include "engines/debt/analytic/frye_jacobs.hpp"

#include <cmath>

#include "engines/debt/analytic/argument_checks.hpp"
#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {

StressedLoss frye_jacobs_loss(const FryeJacobsPool& pool, double confidence_level) {
    const double rho = pool.asset_correlation;
    require_open_fraction(pool.default_probability, "default_probability");
    require_open_fraction(pool.expected_loss, "expected_loss");
    if (!(pool.expected_loss < pool.default_probability)) {
        throw Error(ErrorCode::invalid_input, "expected_loss",
                    "must be below the default probability");
    }
    require_fraction_below_1(rho, "asset_correlation");
    require_open_fraction(confidence_level, "confidence_level");
    const double own = std::sqrt(1.0 - rho);
    const double threshold = normal_quantile(pool.default_probability);
    const double index = (threshold + std::sqrt(rho) * normal_quantile(confidence_level)) / own;
    StressedLoss stressed;
    stressed.risk_index = (threshold - normal_quantile(pool.expected_loss)) / own;
    stressed.default_rate = normal_cdf(index);
    stressed.loss_rate = normal_cdf(index - stressed.risk_index);
    stressed.loss_given_default = stressed.loss_rate / stressed.default_rate;
    return stressed;
}

}  // namespace seawall::debt
