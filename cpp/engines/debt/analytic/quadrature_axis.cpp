#include "engines/debt/analytic/quadrature_axis.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "errors/error.hpp"
#include "numeric/exponential.hpp"

namespace seawall::debt {
namespace {

constexpr double last_factor = 10.0;        // 2·Φ(−10) = 2e-23 is left out
constexpr double least_log_weight = -50.0;  // e^-50 = 2e-22 of the greatest
constexpr double steps_per_width = 2.0;     // the rule is then in error by e^-79, its half by e^-20
constexpr double most_points = 1'000'000.0;

double step_of(double precision) {
    return 1.0 / (steps_per_width * std::sqrt(precision));
}

void check_range(double range, double step) {
    if (range / step <= most_points) return;  // false for NaN
    throw Error(ErrorCode::limit_exceeded, "loadings",
                "so many obligors that share so much risk need more than 1,000,000 points of a "
                "factor");
}

void normalise(std::vector<double>& weights) {
    double sum = 0.0;
    for (const double weight : weights) sum += weight;
    for (double& weight : weights) weight /= sum;
}

}  // namespace

QuadratureAxis single_point(double point) {
    return {.points = {point}, .weights = {1.0}};
}

QuadratureAxis normal_axis(double precision) {
    const double step = step_of(precision);
    check_range(2.0 * last_factor, step);
    const auto last = static_cast<std::int64_t>(last_factor / step);
    QuadratureAxis axis;
    for (std::int64_t k = -last; k <= last; ++k) {
        const double z = static_cast<double>(k) * step;
        axis.points.push_back(z);
        axis.weights.push_back(canonical_exp(-0.5 * z * z));
    }
    normalise(axis.weights);
    return axis;
}

QuadratureAxis mixing_axis(double degrees_of_freedom, double sharpness) {
    // 6: the density is analytic only within ±iπ/2 of the axis.
    const double half = 0.5 * degrees_of_freedom;
    const double step = step_of(6.0 + half + sharpness);
    check_range(1.0 - 2.0 * least_log_weight / half, step);
    QuadratureAxis axis;
    // The density of v = log(W/ν) is that at its mode 0 times exp(ν/2 · (v − e^v + 1)).
    const auto add = [&](std::int64_t k) {
        const double v = static_cast<double>(k) * step;
        const double log_weight = half * (v - (canonical_exp(v) - 1.0));
        if (log_weight < least_log_weight) return false;
        axis.points.push_back(canonical_exp(0.5 * v));
        axis.weights.push_back(canonical_exp(log_weight));
        return true;
    };
    for (std::int64_t k = -1; add(k);) --k;
    std::ranges::reverse(axis.points);
    std::ranges::reverse(axis.weights);
    for (std::int64_t k = 0; add(k);) ++k;
    normalise(axis.weights);
    return axis;
}

}  // namespace seawall::debt
