#include "engines/debt/analytic/joint_default.hpp"

#include <algorithm>
#include <cmath>

#include "engines/debt/analytic/argument_checks.hpp"
#include "engines/debt/analytic/default_threshold.hpp"
#include "engines/debt/analytic/integrand_precision.hpp"
#include "numeric/bivariate_normal.hpp"
#include "numeric/student_t_distribution.hpp"

namespace seawall::debt {
namespace {

QuadratureAxis axis_of(std::optional<double> degrees_of_freedom, double least_probability) {
    if (!degrees_of_freedom) return single_point(1.0);
    const double furthest = default_threshold(least_probability, degrees_of_freedom);
    return mixing_axis(*degrees_of_freedom, 2.0 * scale_precision(furthest, 0.0));
}

}  // namespace

JointDefault::JointDefault(std::optional<double> degrees_of_freedom, double least_probability)
    : scales_(axis_of(degrees_of_freedom, least_probability)) {}

double JointDefault::probability(double first_threshold, double second_threshold,
                                 double correlation) const {
    double sum = 0.0;
    for (std::size_t s = 0; s < scales_.points.size(); ++s) {
        const double scale = scales_.points[s];
        sum += scales_.weights[s] * bivariate_normal_cdf({.x = first_threshold * scale,
                                                          .y = second_threshold * scale,
                                                          .correlation = correlation});
    }
    return sum;
}

PairFigures pair_figures(const ObligorPair& pair, std::optional<double> degrees_of_freedom) {
    const double p = pair.first_probability;
    const double q = pair.second_probability;
    require_open_fraction(p, "first_probability");
    require_open_fraction(q, "second_probability");
    require_correlation(pair.asset_correlation, "asset_correlation");
    if (degrees_of_freedom) require_degrees_of_freedom(*degrees_of_freedom);
    const JointDefault joint(degrees_of_freedom, std::min({p, q, 1.0 - p, 1.0 - q}));
    PairFigures figures;
    const double together =
        joint.probability(default_threshold(p, degrees_of_freedom),
                          default_threshold(q, degrees_of_freedom), pair.asset_correlation);
    figures.joint_default_probability = std::max(0.0, together);  // but for rounding
    figures.default_correlation =
        (figures.joint_default_probability - p * q) / std::sqrt(p * (1.0 - p) * q * (1.0 - q));
    return figures;
}

double tail_dependence(double degrees_of_freedom, double correlation) {
    require_degrees_of_freedom(degrees_of_freedom);
    require_correlation(correlation, "correlation");
    if (correlation == -1.0) return 0.0;
    const double next = degrees_of_freedom + 1.0;
    return 2.0 * student_t_cdf(-std::sqrt(next * (1.0 - correlation) / (1.0 + correlation)), next);
}

}  // namespace seawall::debt
