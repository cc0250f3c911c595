#include "numeric/normal_distribution.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

#include "numeric/exponential.hpp"
#include "numeric/normal_tables.hpp"
#include "numeric/special_values.hpp"

namespace seawall {
namespace {

template <std::size_t Count>
double polynomial(const double (&falling)[Count], double x) {
    double value = falling[0];
    for (std::size_t i = 1; i < Count; ++i) value = value * x + falling[i];
    return value;
}

double head(double x) {  // 24 bits, so that a product of two heads is exact
    return static_cast<double>(static_cast<float>(x));
}

/// e^(-x²/2), |x| < 39: the square is head² and a small rest.
double gaussian(double x) {
    const double high = head(x);
    return canonical_exp(-0.5 * high * high, -0.5 * (x - high) * (x + high));
}

/// Taylor's series at the nearest knot c, h = x - c: the k-th derivative of the density is
/// (-1)^k He_k(c) times it. -4.0625 < x <= 0. All but the products of heads is so small that the
/// error before the last rounding is below half the step between neighbours: the values do not
/// fall.
double cdf_near_knot(double x) {
    const auto index = static_cast<std::size_t>(0.5 - 8.0 * x);
    const double c = -0.125 * static_cast<double>(index);
    const Knot& knot = knots[index];
    const double h = x - c;  // exact
    const double minus_ch = -c * h;
    const double minus_square = -h * h;
    double before = 1.0;
    double term = minus_ch;  // He_k(c)(-h)^k / k!
    double series = 0.5 * minus_ch;
    for (int k = 2; k <= 12; ++k) {
        const double next = (minus_ch * term + minus_square * before) * (1.0 / k);
        before = term;
        term = next;
        series += term * (1.0 / (k + 1));
    }
    const double h_high = head(h);
    const double step = h_high * knot.density_high;  // exact
    const double density = knot.density_high + knot.density_low;
    const double low =
        (h - h_high) * knot.density_high + h * (knot.density_low + density * series) + knot.cdf_low;
    const double sum = knot.cdf_high + step;
    return sum + ((knot.cdf_high - sum) + step + low);
}

/// x > 4
double mills_ratio_of_tail(double x) {
    const double y = 1.0 / (x * x);
    return polynomial(mills_numerator, y) / (polynomial(mills_denominator, y) * x);
}

double cdf_of_negative(double x) {
    if (x < -39.0) return 0.0;  // below half the least double
    if (x > -4.0625) return cdf_near_knot(x);
    return gaussian(x) * (inverse_root_2_pi * mills_ratio_of_tail(-x));
}

}  // namespace

double normal_cdf(double x) {
    if (std::isnan(x)) return x;
    return x > 0.0 ? 1.0 - cdf_of_negative(-x) : cdf_of_negative(x);
}

double normal_density(double x) {
    if (std::isnan(x)) return x;
    if (std::abs(x) > 39.0) return 0.0;  // below half the least double
    return inverse_root_2_pi * gaussian(x);
}

double normal_mills_ratio(double x) {
    return x < 4.0625 ? cdf_near_knot(-x) / normal_density(x) : mills_ratio_of_tail(x);
}

double normal_quantile(double p) {
    if (p == 0.0) return -infinity;
    if (p == 1.0) return infinity;
    const bool is_probability = p > 0.0 && p < 1.0;
    if (!is_probability) return std::numeric_limits<double>::quiet_NaN();

    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(central_numerator, r) / polynomial(central_denominator, r);
    }
    const double r = std::sqrt(-canonical_log(q < 0.0 ? p : 1.0 - p));
    double x = 0.0;
    if (r <= 5.0) {
        x = polynomial(tail_numerator, r - 1.6) / polynomial(tail_denominator, r - 1.6);
    } else {
        x = polynomial(far_numerator, r - 5.0) / polynomial(far_denominator, r - 5.0);
    }
    return q < 0.0 ? -x : x;
}

}  // namespace seawall
