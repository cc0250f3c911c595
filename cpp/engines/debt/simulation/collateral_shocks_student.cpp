#include "engines/debt/simulation/collateral_shocks_student.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "numeric/normal_distribution.hpp"
#include "numeric/student_t_distribution.hpp"

namespace seawall::debt {
namespace {

/// The sign, the exponent and three bits of the mantissa of 1 + |x| tell the interval.
constexpr unsigned place_bits = 49;

constexpr std::uint64_t interval_of(double argument) {
    return std::bit_cast<std::uint64_t>(argument) >> place_bits;
}

constexpr std::uint64_t first_interval = interval_of(1.0);

constexpr double centre_of(std::uint64_t interval) {
    return std::bit_cast<double>((2 * interval + 1) << (place_bits - 1));
}

/// One over half the width of an interval, a power of 2.
constexpr double inverse_step_of(std::uint64_t interval) {
    const std::uint64_t exponent = interval >> 3U;
    return std::bit_cast<double>((2050 - exponent) << 52U);
}

/// cos(π·(2k + 1) / 28), k < 14: a table, as a library's cosine differs between machines.
constexpr std::array<double, 14> chebyshev_points{
    0.99371220989324258,  0.94388333030836757,  0.84672419922828412,  0.70710678118654752,
    0.53203207651533653,  0.33027906195516708,  0.11196447610330779,  -0.11196447610330779,
    -0.33027906195516708, -0.53203207651533653, -0.70710678118654752, -0.84672419922828412,
    -0.94388333030836757, -0.99371220989324258};

/// Newton's divided differences, multiplied out.
std::array<double, 14> through_points(std::array<double, 14> values) {
    const auto& points = chebyshev_points;
    for (std::size_t order = 1; order < points.size(); ++order) {
        for (std::size_t k = points.size() - 1; k >= order; --k) {
            values[k] = (values[k] - values[k - 1]) / (points[k] - points[k - order]);
        }
    }
    std::array<double, 14> coefficients{};
    for (std::size_t k = points.size(); k-- > 0;) {
        for (std::size_t n = points.size() - 1; n > 0; --n) {
            coefficients[n] = coefficients[n - 1] - points[k] * coefficients[n];
        }
        coefficients[0] = values[k] - points[k] * coefficients[0];
    }
    return coefficients;
}

}  // namespace

StudentToNormal::StudentToNormal(double degrees_of_freedom, double limit) : limit_(limit) {
    const StudentT student(degrees_of_freedom);
    for (std::uint64_t interval = first_interval;; ++interval) {
        std::array<double, 14> values{};
        for (std::size_t k = 0; k < values.size(); ++k) {
            const double argument =
                centre_of(interval) + chebyshev_points[k] / inverse_step_of(interval);
            values[k] = -normal_quantile(student.cdf(1.0 - argument));
        }
        intervals_.push_back(through_points(values));
        if (*std::ranges::min_element(values) >= limit) return;
    }
}

double StudentToNormal::operator()(double x) const {
    const double argument = 1.0 + std::abs(x);
    const std::uint64_t interval = interval_of(argument);
    if (interval - first_interval >= intervals_.size()) return std::copysign(limit_, x);
    const Polynomial& c = intervals_[interval - first_interval];
    const double h = (argument - centre_of(interval)) * inverse_step_of(interval);  // exact
    const double square = h * h;
    double odd = c[13];
    double even = c[12];
    for (std::size_t n = 12; n > 0; n -= 2) {
        odd = odd * square + c[n - 1];
        even = even * square + c[n - 2];
    }
    return std::copysign(std::clamp(even + h * odd, 0.0, limit_), x);
}

}  // namespace seawall::debt
