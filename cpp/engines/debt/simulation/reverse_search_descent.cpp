#include "engines/debt/simulation/reverse_search_descent.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engines/debt/simulation/reverse_search_axes.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t most_iterations = 200;
constexpr double residual_wanted = 1e-11;   // relative to the radius where that is above 1
constexpr double residual_accepted = 1e-7;  // where rounding ends the progress
constexpr double nearness_of_known = 1e-2;
constexpr double difference_step = 1e-4;

double dot(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double length(std::span<const double> a) {
    return std::sqrt(dot(a, a));
}

/// The inverse of the Hessian of the Lagrangian, as the steps teach it.
class InverseHessian {
  public:
    explicit InverseHessian(std::size_t count) : count_(count), values_(count * count) {
        for (std::size_t i = 0; i < count; ++i) values_[i * count + i] = 1.0;
    }

    std::vector<double> times(std::span<const double> vector) const {
        std::vector<double> product(count_);
        for (std::size_t i = 0; i < count_; ++i) {
            product[i] = dot(std::span(values_).subspan(i * count_, count_), vector);
        }
        return product;
    }

    /// Of a step s, the change y of the Lagrangian's slope over it and the Hessian's B·s, which
    /// takes y's place by so much as keeps the matrix positive (M. J. D. Powell, 1978).
    void learn(std::span<const double> step, std::vector<double> change,
               std::span<const double> expected) {
        const double curvature = dot(step, expected);
        const double found = dot(step, change);
        if (!(curvature > 0.0)) return;
        if (found < 0.2 * curvature) {
            const double share = 0.8 * curvature / (curvature - found);
            for (std::size_t i = 0; i < count_; ++i) {
                change[i] = share * change[i] + (1.0 - share) * expected[i];
            }
        }
        const double inverse = 1.0 / dot(step, change);
        const std::vector<double> turned = times(change);
        const double square = (1.0 + dot(change, turned) * inverse) * inverse;
        for (std::size_t i = 0; i < count_; ++i) {
            for (std::size_t j = 0; j < count_; ++j) {
                values_[i * count_ + j] += square * step[i] * step[j] -
                                           inverse * (turned[i] * step[j] + step[i] * turned[j]);
            }
        }
    }

  private:
    std::size_t count_;
    std::vector<double> values_;
};

SearchPoint moved(const SearchPoint& from, std::span<const double> direction, double by) {
    SearchPoint to = from;
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += by * direction[i];
    return to;
}

/// The step to the minimum of the quadratic model on the tangent plane.
struct QuadraticStep {
    std::vector<double> step;
    std::vector<double> restoring;  ///< B⁻¹·slope / (slope' B⁻¹ slope): to the surface by 1 of gap
    double restoring_scale = 0.0;   ///< 1 / (slope' B⁻¹ slope)
    double multiplier = 0.0;
};

QuadraticStep quadratic_step(const Descent& descent, const InverseHessian& inverse) {
    const std::vector<double> to_middle = inverse.times(descent.point);
    QuadraticStep found{.step = {}, .restoring = inverse.times(descent.at.slope)};
    found.restoring_scale = 1.0 / dot(descent.at.slope, found.restoring);
    found.multiplier = (dot(descent.at.slope, to_middle) - descent.at.gap) * found.restoring_scale;
    for (std::size_t i = 0; i < to_middle.size(); ++i) {
        found.step.push_back(found.multiplier * found.restoring[i] - to_middle[i]);
        found.restoring[i] *= found.restoring_scale;
    }
    return found;
}

/// A step that the merit function ½|point|² + penalty·|gap| accepts.
struct AcceptedStep {
    bool is_found = false;
    double length = 0.0;    ///< of the quadratic step
    double restored = 0.0;  ///< gap that the second-order correction took away
    SearchPoint point;
};

AcceptedStep search_line(LossSurface& surface, const Descent& descent, const QuadraticStep& model,
                         double penalty) {
    const double merit =
        0.5 * dot(descent.point, descent.point) + penalty * std::abs(descent.at.gap);
    const double fall = dot(descent.point, model.step) - penalty * std::abs(descent.at.gap);
    // Where the fall is beyond what the merit's last places tell, the model knows better.
    const bool is_last = -fall <= 1e-12 * std::max(1.0, merit);
    const auto is_accepted = [&](const SearchPoint& point, double gap, double by) {
        const double reached = 0.5 * dot(point, point) + penalty * std::abs(gap);
        return std::isfinite(gap) && (is_last || reached <= merit + 1e-4 * by * fall);
    };
    constexpr int most_halvings = 40;
    double by = 1.0;
    for (int halving = 0; halving < most_halvings; ++halving, by *= 0.5) {
        SearchPoint point = moved(descent.point, model.step, by);
        if (!(length(point) <= MixingScore::largest)) continue;
        const double gap = surface.gap(point);
        if (is_accepted(point, gap, by)) return {true, by, 0.0, std::move(point)};
        if (halving > 0 || !std::isfinite(gap)) continue;
        // The full step left the surface by its curvature; back to it (Nocedal and Wright, 18.3).
        SearchPoint corrected = moved(point, model.restoring, -gap);
        if (!(length(corrected) <= MixingScore::largest)) continue;
        if (is_accepted(corrected, surface.gap(corrected), by)) {
            return {true, by, gap, std::move(corrected)};
        }
    }
    return {};
}

void measure(Descent& descent) {
    const double square = dot(descent.at.slope, descent.at.slope);
    descent.multiplier = dot(descent.point, descent.at.slope) / square;
    descent.kkt_residual = length(moved(descent.point, descent.at.slope, -descent.multiplier));
}

bool is_stationary(const LossSurface& surface, const Descent& descent, double residual) {
    const double scale = std::max(1.0, length(descent.point));
    return std::abs(descent.at.gap) <=
               16.0 * surface.rounding() * scale * residual / residual_wanted &&
           descent.kkt_residual <= residual * scale;
}

/// Halves the way to the start until the loss is neither none nor all.
bool begin(LossSurface& surface, Descent& descent) {
    constexpr int most_halvings = 12;
    for (int halving = 0; halving < most_halvings; ++halving) {
        descent.at = surface.gap_and_slope(descent.point);
        const double square = dot(descent.at.slope, descent.at.slope);
        if (std::isfinite(descent.at.gap) && square > 0.0 && std::isfinite(square)) {
            measure(descent);
            return true;
        }
        for (double& value : descent.point) value *= 0.5;
    }
    return false;
}

/// Newton's steps along the slope until the gap falls no more: the constraint holds at equality.
void put_on_surface(LossSurface& surface, Descent& descent) {
    for (int step = 0; step < 4 && descent.at.gap != 0.0; ++step) {
        const double square = dot(descent.at.slope, descent.at.slope);
        SearchPoint point = moved(descent.point, descent.at.slope, -descent.at.gap / square);
        GapAndSlope at = surface.gap_and_slope(point);
        if (!(std::abs(at.gap) < std::abs(descent.at.gap))) break;
        descent.point = std::move(point);
        descent.at = std::move(at);
    }
    measure(descent);
}

bool is_known(Descent& descent, std::span<const SearchPoint> known) {
    for (std::size_t i = 0; i < known.size(); ++i) {
        const double distance = length(moved(descent.point, known[i], -1.0));
        if (distance > nearness_of_known * std::max(1.0, length(known[i]))) continue;
        descent.end = Descent::End::known;
        descent.known_index = i;
        return true;
    }
    return false;
}

}  // namespace

Descent descend(LossSurface& surface, SearchPoint start, std::span<const SearchPoint> known) {
    Descent descent{.point = std::move(start), .at = {}};
    if (!begin(surface, descent)) return descent;
    InverseHessian inverse(surface.dimension());
    double penalty = 0.0;
    for (; descent.iterations < most_iterations; ++descent.iterations) {
        if (is_known(descent, known)) return descent;
        if (is_stationary(surface, descent, residual_wanted)) break;
        const QuadraticStep model = quadratic_step(descent, inverse);
        // Powell's rule: a penalty above the multiplier that may fall again.
        const double least = 2.0 * std::abs(model.multiplier);
        penalty = std::max(least, 0.5 * (penalty + least));
        AcceptedStep accepted = search_line(surface, descent, model, penalty);
        if (!accepted.is_found) break;
        GapAndSlope at = surface.gap_and_slope(accepted.point);
        const double square = dot(at.slope, at.slope);
        if (!(square > 0.0) || !std::isfinite(square)) return descent;
        const std::vector<double> step = moved(accepted.point, descent.point, -1.0);
        std::vector<double> change = step;
        std::vector<double> expected(step.size());
        for (std::size_t i = 0; i < step.size(); ++i) {
            change[i] -= model.multiplier * (at.slope[i] - descent.at.slope[i]);
            expected[i] =
                accepted.length * (model.multiplier * descent.at.slope[i] - descent.point[i]) -
                accepted.restored * model.restoring_scale * descent.at.slope[i];
        }
        inverse.learn(step, std::move(change), expected);
        descent.point = std::move(accepted.point);
        descent.at = std::move(at);
        measure(descent);
    }
    if (!is_stationary(surface, descent, residual_accepted)) return descent;
    put_on_surface(surface, descent);
    // Where the multiplier is negative, the middle is beyond the surface, not before it.
    if (descent.multiplier > 0.0) descent.end = Descent::End::stationary;
    return descent;
}

SurfaceCurvature surface_curvature(LossSurface& surface, const Descent& stationary) {
    const std::size_t count = surface.dimension();
    if (count == 1) return {};
    // Householder's reflection of the first axis to the slope takes the others to the surface.
    std::vector<double> mirror = stationary.at.slope;
    mirror[0] += mirror[0] >= 0.0 ? length(mirror) : -length(mirror);
    const double square = dot(mirror, mirror);
    const auto tangent = [&](std::size_t i) {
        std::vector<double> axis(count);
        axis[i] = 1.0;
        return moved(axis, mirror, -2.0 * mirror[i] / square);
    };
    const std::size_t size = count - 1;
    std::vector<double> hessian(size * size);
    for (std::size_t i = 0; i < size; ++i) {
        const std::vector<double> axis = tangent(i + 1);
        const GapAndSlope up =
            surface.gap_and_slope(moved(stationary.point, axis, difference_step));
        const GapAndSlope down =
            surface.gap_and_slope(moved(stationary.point, axis, -difference_step));
        const std::vector<double> change = moved(up.slope, down.slope, -1.0);
        for (std::size_t j = 0; j < size; ++j) {
            const double bend = dot(change, tangent(j + 1)) / (2.0 * difference_step);
            hessian[i * size + j] -= 0.5 * stationary.multiplier * bend;
            hessian[j * size + i] -= 0.5 * stationary.multiplier * bend;
        }
        hessian[i * size + i] += 1.0;
    }
    const PrincipalAxes axes = principal_axes(std::move(hessian), size);
    SurfaceCurvature found{.least = axes.value.back(), .determinant = 1.0};
    for (const double value : axes.value) found.determinant *= value;
    found.least_axis.assign(count, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
        found.least_axis = moved(found.least_axis, tangent(i + 1), axes.row(size - 1)[i]);
    }
    return found;
}

}  // namespace seawall::debt
