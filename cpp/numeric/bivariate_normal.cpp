#include "numeric/bivariate_normal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/exponential.hpp"
#include "numeric/normal_distribution.hpp"
#include "table/error.hpp"

namespace seawall {
namespace {

/// P(X <= -x) is 0 and P(X <= x) is 1 for doubles from here on.
constexpr double far = 40.0;
constexpr double inverse_2_pi = 0x1.45f306dc9c883p-3;
constexpr double root_2_pi = 0x1.40d931ff62706p+1;

/// Gauss and Legendre's rule of 20 points on (-1, 1).
struct Node {
    double place, weight;
};
constexpr Node nodes[]{{0.07652652113349733375, 0.1527533871307258507},
                       {0.2277858511416450781, 0.1491729864726037468},
                       {0.3737060887154195607, 0.1420961093183820513},
                       {0.510867001950827098, 0.1316886384491766269},
                       {0.6360536807265150255, 0.1181945319615184173},
                       {0.7463319064601507926, 0.101930119817240435},
                       {0.8391169718222188234, 0.08327674157670474872},
                       {0.9122344282513259059, 0.06267204833410906357},
                       {0.9639719272779137913, 0.04060142980038694133},
                       {0.9931285991850949248, 0.01761400713915211831}};

template <class Function>
double integral_from_0(double end, const Function& function) {
    const double half = 0.5 * end;
    double sum = 0.0;
    for (const auto& [place, weight] : nodes) {
        sum += weight * (function(half * (1.0 - place)) + function(half * (1.0 + place)));
    }
    return half * sum;
}

/// Plackett's integral over the correlation sin θ, with t = tan ½θ so that no angle is needed.
double moderate_correlation(double x, double y, double correlation) {
    const double end = correlation / (1.0 + std::sqrt((1.0 - correlation) * (1.0 + correlation)));
    const double product = x * y;
    const double half_squares = 0.5 * (x * x + y * y);
    const double integral = integral_from_0(end, [&](double t) {
        const double growth = 1.0 + t * t;
        const double sine = 2.0 * t / growth;
        const double cosine = (1.0 - t) * (1.0 + t) / growth;
        return 2.0 / growth * canonical_exp((sine * product - half_squares) / (cosine * cosine));
    });
    return normal_cdf(x) * normal_cdf(y) + inverse_2_pi * integral;
}

/// What P(X <= x, Y <= y) lacks of its value at correlation 1, times 2π: the integral over s =
/// √(1 - ρ²) down from its value here, with the leading terms at s = 0 in closed form (Genz,
/// equations 6 to 9). 0.9 < correlation < 1.
double lack_of_high_correlation(double x, double y, double correlation) {
    const double square = (1.0 - correlation) * (1.0 + correlation);
    const double end = std::sqrt(square);
    const double product = x * y;
    const double distance = std::abs(x - y);
    const double distance_square = distance * distance;
    const double c = (4.0 - product) / 8.0;
    const double d = (12.0 - product) / 16.0;
    const auto exponent = [&](double s_square) {
        return -0.5 * (distance_square / s_square + product);
    };
    double lack = 0.0;
    if (exponent(square) > -100.0) {
        lack = end * canonical_exp(exponent(square)) *
               (1.0 - c * (distance_square - square) * (1.0 - d * distance_square / 5.0) / 3.0 +
                c * d * square * square / 5.0);
    }
    if (-product < 100.0) {
        lack -= canonical_exp(-0.5 * product) * root_2_pi * normal_cdf(-distance / end) * distance *
                (1.0 - c * distance_square * (1.0 - d * distance_square / 5.0) / 3.0);
    }
    return lack + integral_from_0(end, [&](double s) {
               const double s_square = s * s;
               if (exponent(s_square) <= -100.0) return 0.0;
               const double cosine = std::sqrt(1.0 - s_square);
               return canonical_exp(exponent(s_square)) *
                      (canonical_exp(-product * (1.0 - cosine) / (2.0 * (1.0 + cosine))) / cosine -
                       (1.0 + c * s_square * (1.0 + d * s_square)));
           });
}

}  // namespace

double bivariate_normal_cdf(const BivariatePoint& point) {
    const auto [x, y, correlation] = point;
    const bool is_correlation = correlation >= -1.0 && correlation <= 1.0;
    if (!is_correlation) {
        throw Error{ErrorCode::invalid_input, "correlation", "must be from -1 to 1"};
    }
    if (std::isnan(x) || std::isnan(y)) return std::numeric_limits<double>::quiet_NaN();
    if (x <= -far || y <= -far) return 0.0;
    if (x >= far || y >= far) return normal_cdf(std::min(x, y));
    if (std::abs(correlation) <= 0.9) return moderate_correlation(x, y, correlation);

    // For a negative one, P(X <= x, Y <= y) = P(X <= x) - P(X <= x, -Y <= -y).
    const bool is_negative = correlation < 0.0;
    const double other = is_negative ? -y : y;
    const double size = std::abs(correlation);
    const double lack = size < 1.0 ? inverse_2_pi * lack_of_high_correlation(x, other, size) : 0.0;
    if (!is_negative) return std::max(0.0, normal_cdf(std::min(x, y)) - lack);
    const double at_minus_1 = x > other ? normal_cdf(x) - normal_cdf(other) : 0.0;
    return std::max(0.0, at_minus_1 + lack);
}

}  // namespace seawall
