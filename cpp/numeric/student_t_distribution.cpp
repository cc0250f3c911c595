#include "numeric/student_t_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "errors/error.hpp"
#include "numeric/exponential.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/special_values.hpp"
#include "numeric/stirling_error.hpp"

namespace seawall {
namespace {

constexpr double inverse_root_2_pi = 0x1.9884533d43651p-2;

double log_1_plus(double x) {  // x >= 0
    const double sum = 1.0 + x;
    return canonical_log(sum) + (x - (sum - 1.0)) / sum;
}

double checked(double degrees_of_freedom) {
    const bool is_in_range = degrees_of_freedom >= 2.0 && degrees_of_freedom <= 1e9;
    if (!is_in_range) {
        throw Error{ErrorCode::invalid_input, "degrees_of_freedom", "must be from 2 to 1e9"};
    }
    return degrees_of_freedom;
}

/// Γ(a + ½) / (Γ(a) √a)
double gamma_ratio(double a) {
    return canonical_exp(a * log_1_plus(0.5 / a) - 0.5 +
                         (stirling_error(a + 0.5) - stirling_error(a)));
}

/// (ν + 1) x / (ν + x²)
struct StudentLogSlope {
    double degrees_of_freedom;
    QuantileSeries base{};     // ν + x²
    QuantileSeries inverse{};  // of it

    double operator()(const QuantileSeries& x, std::size_t n) {
        base[n] = n == 0 ? degrees_of_freedom : 0.0;
        for (std::size_t i = 0; i <= n; ++i) base[n] += x[i] * x[n - i];
        double sum = n == 0 ? 1.0 : 0.0;
        for (std::size_t i = 1; i <= n; ++i) sum -= base[i] * inverse[n - i];
        inverse[n] = sum / base[0];
        double quotient = 0.0;
        for (std::size_t i = 0; i <= n; ++i) quotient += x[i] * inverse[n - i];
        return (degrees_of_freedom + 1.0) * quotient;
    }
};

}  // namespace

StudentT::StudentT(double degrees_of_freedom)
    : degrees_of_freedom_(checked(degrees_of_freedom)),
      density_at_0_(inverse_root_2_pi * gamma_ratio(0.5 * degrees_of_freedom)) {}

/// ln of the density over that at 0.
double StudentT::log_kernel(double x) const {
    const double scaled = std::abs(x) / std::sqrt(degrees_of_freedom_);
    const double log_base =
        scaled < 0x1p60 ? log_1_plus(x * x / degrees_of_freedom_) : 2.0 * canonical_log(scaled);
    return -0.5 * (degrees_of_freedom_ + 1.0) * log_base;
}

double StudentT::density(double x) const {
    return density_at_0_ * canonical_exp(log_kernel(x));
}

/// The series of the incomplete beta function in x² / (ν + x²), DLMF 8.17.8; x <= 1.
TailMass StudentT::inner(double x) const {
    const double a = 0.5 * degrees_of_freedom_;
    const double y = x * x / (degrees_of_freedom_ + x * x);
    double sum = 1.0;
    for (int n = 40; n >= 1; --n) sum = 1.0 + sum * (y * ((a + (n - 0.5)) / (n + 0.5)));
    return {log_kernel(x), sum};
}

/// Its continued fraction in ν / (ν + x²), from the end: A. R. DiDonato and A. H. Morris,
/// "Algorithm 708" (1992), equation 9. x > 0; below 1 the rest of one half.
TailMass StudentT::outer(double x) const {
    const double exponent = log_kernel(x);
    if (x < 1.0) {
        const double half = 0.5 / (density_at_0_ * x * canonical_exp(exponent));
        return {exponent, half - inner(x).ratio};
    }
    const double a = 0.5 * degrees_of_freedom_;
    const double b = 0.5;
    const double ratio = x * (x / degrees_of_freedom_);
    const double y = 1.0 / (1.0 + ratio);
    const double complement = ratio < infinity ? ratio * y : 1.0;
    const auto term = [&](double m) {
        const double first = m == 0.0 ? 0.0 : m * (b - m) * y / (a + 2.0 * m - 1.0);
        return m + first +
               (a + m) * (a * complement - b * y + 1.0 + m * (1.0 + complement)) /
                   (a + 2.0 * m + 1.0);
    };
    const int count = 40 + static_cast<int>(150.0 / (x * x));
    double fraction = term(count);
    for (int m = count; m >= 1; --m) {
        const double denominator = a + 2.0 * m - 1.0;
        const double numerator =
            ((a + m - 1.0) / denominator) * ((a + b + m - 1.0) / denominator) * m * (b - m) * y * y;
        fraction = term(m - 1) + numerator / fraction;
    }
    return {exponent, 0.5 / fraction};
}

double StudentT::cdf(double x) const {
    if (std::isnan(x)) return x;
    if (x == 0.0) return 0.5;
    if (std::abs(x) == infinity) return x < 0.0 ? 0.0 : 1.0;
    const double size = std::abs(x);
    const TailMass part = size < 1.0 ? inner(size) : outer(size);
    const double width = part.exponent > -700.0  // else the density may underflow
                             ? size * canonical_exp(part.exponent)
                             : canonical_exp(part.exponent + canonical_log(size));
    const double mass = density_at_0_ * width * part.ratio;
    if (size < 1.0) return x < 0.0 ? 0.5 - mass : 0.5 + mass;
    return x < 0.0 ? mass : 1.0 - mass;
}

double StudentT::quantile(double p) const {
    if (p == 0.0) return -infinity;
    if (p == 1.0) return infinity;
    if (p == 0.5) return 0.0;
    const bool is_probability = p > 0.0 && p < 1.0;
    if (!is_probability) return std::numeric_limits<double>::quiet_NaN();

    const double from_half = std::abs(p - 0.5);  // exact for p >= 1/4
    const double tail = std::min(p, 1.0 - p);
    const double x = from_half <= 0.25 ? point_at_distance(from_half) : point_with_tail(tail);
    return p < 0.5 ? -x : x;
}

double StudentT::point_at_distance(double from_half) const {
    const double start = from_half / density_at_0_;  // below the point: the density falls
    const auto mass = [&](double x) {
        const TailMass part = inner(x);
        return TailMass{part.exponent + canonical_log(x / start), part.ratio};
    };
    return point_of_mass(mass, 0.0, start, true);
}

/// The first try by D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square
/// distributions" (1959).
double StudentT::point_with_tail(double tail) const {
    const double nu = degrees_of_freedom_;
    const double z = normal_quantile(tail) * ((8.0 * nu + 3.0) / (8.0 * nu + 1.0));
    const double growth = canonical_exp(std::min(600.0, z * z / nu)) - 1.0;
    const auto mass = [this](double x) {
        const TailMass part = outer(x);
        return TailMass{part.exponent + canonical_log(x), part.ratio};
    };
    return point_of_mass(mass, canonical_log(tail) - canonical_log(density_at_0_),
                         std::sqrt(nu * growth) + 0.1, false);
}

StudentTQuantile::StudentTQuantile(double degrees_of_freedom)
    : distribution_(degrees_of_freedom), beyond_([&](double mass, double step) {
          const double x = -distribution_.quantile(mass);
          return quantile_series(x, -step / distribution_.density(x),
                                 StudentLogSlope{.degrees_of_freedom = degrees_of_freedom});
      }) {}

double StudentTQuantile::operator()(double p) const {
    const double tail = std::min(p, 1.0 - p);
    // Where the quantile is near 0, the table's error is small only beside 1.
    const bool is_in_table = tail >= QuantileTable::least_mass && tail < 0.4375;
    if (!is_in_table) return distribution_.quantile(p);
    return p < 0.5 ? -beyond_(tail) : beyond_(tail);
}

double student_t_cdf(double x, double degrees_of_freedom) {
    return StudentT(degrees_of_freedom).cdf(x);
}

double student_t_quantile(double p, double degrees_of_freedom) {
    return StudentT(degrees_of_freedom).quantile(p);
}

}  // namespace seawall
