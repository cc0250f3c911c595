#include "numeric/chi_squared_distribution.hpp"

#include <cstddef>
#include <limits>

#include "table/error.hpp"

namespace seawall {
namespace {

GammaTails half_gamma(double degrees_of_freedom) {
    const bool is_in_range = degrees_of_freedom >= 2.0 && degrees_of_freedom <= 1e9;
    if (!is_in_range) {
        throw Error{ErrorCode::invalid_input, "degrees_of_freedom", "must be from 2 to 1e9"};
    }
    return GammaTails(0.5 * degrees_of_freedom);
}

/// 1 - (shape - 1) / x, by the series of 1 / x.
struct GammaLogSlope {
    double shape;
    QuantileSeries inverse{};

    double operator()(const QuantileSeries& x, std::size_t n) {
        double sum = n == 0 ? 1.0 : 0.0;
        for (std::size_t i = 1; i <= n; ++i) sum -= x[i] * inverse[n - i];
        inverse[n] = sum / x[0];
        return (n == 0 ? 1.0 : 0.0) - (shape - 1.0) * inverse[n];
    }
};

double quantile(const GammaTails& gamma, double p) {
    if (p == 0.0) return 0.0;
    if (p == 1.0) return std::numeric_limits<double>::infinity();
    const bool is_probability = p > 0.0 && p < 1.0;
    if (!is_probability) return std::numeric_limits<double>::quiet_NaN();
    return 2.0 * (p <= 0.5 ? gamma.point_with_mass_below(p) : gamma.point_with_mass_above(1.0 - p));
}

}  // namespace

double chi_squared_cdf(double x, double degrees_of_freedom) {
    return half_gamma(degrees_of_freedom).cdf(0.5 * x);
}

double chi_squared_survival(double x, double degrees_of_freedom) {
    return half_gamma(degrees_of_freedom).survival(0.5 * x);
}

double chi_squared_quantile(double p, double degrees_of_freedom) {
    return quantile(half_gamma(degrees_of_freedom), p);
}

ChiSquaredQuantile::ChiSquaredQuantile(double degrees_of_freedom)
    : gamma_(half_gamma(degrees_of_freedom)),
      lower_([this](double mass, double step) {
          const double x = gamma_.point_with_mass_below(mass);
          return quantile_series(x, step / gamma_.density(x),
                                 GammaLogSlope{.shape = gamma_.shape()});
      }),
      upper_([this](double mass, double step) {
          const double x = gamma_.point_with_mass_above(mass);
          return quantile_series(x, -step / gamma_.density(x),
                                 GammaLogSlope{.shape = gamma_.shape()});
      }) {}

double ChiSquaredQuantile::operator()(double p) const {
    if (p <= 0.5) return p >= QuantileTable::least_mass ? 2.0 * lower_(p) : quantile(gamma_, p);
    return p < 1.0 ? 2.0 * upper_(1.0 - p) : quantile(gamma_, p);  // 1 - p >= 2^-53
}

}  // namespace seawall
