#include "engines/debt/analytic/reverse_stress.hpp"

#include <cmath>

#include "engines/debt/analytic/argument_checks.hpp"
#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

void check(const LinearLoss& linear, double loss) {
    const std::size_t count = linear.sensitivities.size();
    require_size(linear.factor_covariance.size(), count * count, "factor_covariance");
    require_finite(loss, "loss");
    for (std::size_t i = 0; i < count; ++i) {
        require_finite(linear.sensitivities[i], place_of("sensitivities", i));
        for (std::size_t j = 0; j < count; ++j) {
            const double value = linear.factor_covariance[i * count + j];
            require_finite(value, place_of("factor_covariance", i));
            if (value == linear.factor_covariance[j * count + i]) continue;
            throw Error(ErrorCode::invalid_input, place_of("factor_covariance", i),
                        "must be symmetric");
        }
    }
}

}  // namespace

AdverseFactor factor_of_loss(const LargePool& pool, double loss_fraction) {
    require_open_fraction(pool.default_probability, "default_probability");
    require_open_fraction(pool.asset_correlation, "asset_correlation");
    require_open_fraction(loss_fraction, "loss_fraction");
    AdverseFactor adverse;
    adverse.factor = (normal_quantile(pool.default_probability) -
                      std::sqrt(1.0 - pool.asset_correlation) * normal_quantile(loss_fraction)) /
                     std::sqrt(pool.asset_correlation);
    adverse.probability = normal_cdf(adverse.factor);
    return adverse;
}

PlausibleFactors factors_of_loss(const LinearLoss& linear, double loss) {
    check(linear, loss);
    const std::size_t count = linear.sensitivities.size();
    std::vector<double> factors(count);
    double variance = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            factors[i] += linear.factor_covariance[i * count + j] * linear.sensitivities[j];
        }
        variance += linear.sensitivities[i] * factors[i];
    }
    if (!(variance > 0.0) || std::isinf(variance)) {
        throw Error(ErrorCode::invalid_input, "sensitivities", "must give a variance above 0");
    }
    for (double& factor : factors) factor *= loss / variance;
    return {.factors = std::move(factors), .distance = std::abs(loss) / std::sqrt(variance)};
}

}  // namespace seawall::debt
