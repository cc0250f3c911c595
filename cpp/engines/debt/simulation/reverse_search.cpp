#include "engines/debt/simulation/reverse_search.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <utility>

#include "engines/debt/simulation/reverse_search_descent.hpp"
#include "engines/debt/simulation/reverse_search_starts.hpp"
#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t most_random_starts = 1024;
constexpr std::size_t most_saddles = 64;
constexpr double first_radius = 3.0;          // of starts while no minimum is known
constexpr double step_off_saddle = 0.3;       // in standard deviations
constexpr double negative_curvature = -1e-6;  // beyond what differences of slopes leave

double radius_of(const SearchPoint& point) {
    return std::sqrt(std::inner_product(point.begin(), point.end(), point.begin(), 0.0));
}

void check(const ObligorGroups& groups, const FactorModel& factors, const ReverseTarget& target) {
    const bool is_loss = target.loss_minor > 0.0 && std::isfinite(target.loss_minor);
    if (!is_loss) {
        throw Error(ErrorCode::invalid_input, "target.loss_minor", "must be above 0 and finite");
    }
    if (target.random_starts > most_random_starts) {
        throw Error(ErrorCode::limit_exceeded, "target.random_starts", "must be at most 1024");
    }
    if (groups.factor_count != factors.factor_count) {
        throw Error(ErrorCode::invalid_input, "factors.factor_count", "must be that of the book");
    }
    if (target.conditional != nullptr &&
        target.conditional->factor_count() != factors.factor_count) {
        throw Error(ErrorCode::invalid_input, "target.conditional", "must be of the factors");
    }
}

/// The search from all starts.
class Search {
  public:
    Search(const ObligorGroups& groups, const FactorModel& factors, const ReverseTarget& target,
           const ParallelOptions& parallel)
        : groups_(groups),
          root_(correlation_root(factors)),
          surface_(groups, factors, target, parallel) {}

    ReverseStress run(const ReverseTarget& target, const ParallelOptions& parallel) {
        const SearchPoint middle(surface_.dimension());
        const double at_middle = surface_.loss_minor(middle);
        if (at_middle >= target.loss_minor) {
            result_.is_binding = false;
            result_.minima.push_back(point_at(middle));
            result_.minima.back().conditional_loss_minor = at_middle;
            result_.evaluation_count = surface_.evaluation_count();
            return std::move(result_);
        }
        follow(middle);  // whose first step is along the slope
        parallel.control.advance(1);
        for (SearchPoint direction :
             start_directions(groups_, surface_.dimension(), target.random_starts)) {
            const double radius = least_radius();
            for (double& value : direction) value *= radius;
            follow(std::move(direction));
            parallel.control.advance(1);
        }
        while (!beside_saddles_.empty()) {
            SearchPoint start = std::move(beside_saddles_.front());
            beside_saddles_.pop_front();
            follow(std::move(start));
            parallel.control.advance(1);
        }
        return finish();
    }

  private:
    /// A stationary point; a saddle has no place among the minima.
    struct Known {
        bool is_minimum = false;
        ReversePoint minimum;
    };

    void follow(SearchPoint start) {
        ++result_.start_count;
        const Descent descent = descend(surface_, std::move(start), points_);
        if (descent.end == Descent::End::nowhere) ++result_.failed_start_count;
        if (descent.end == Descent::End::known) ++known_[descent.known_index].minimum.start_count;
        if (descent.end != Descent::End::stationary) return;
        const SurfaceCurvature curvature = surface_curvature(surface_, descent);
        points_.push_back(descent.point);
        const bool is_minimum = curvature.least >= negative_curvature;  // false for NaN
        if (!is_minimum) {
            known_.emplace_back();
            step_off(descent, curvature);
            return;
        }
        known_.push_back({.is_minimum = true, .minimum = minimum_of(descent, curvature)});
    }

    void step_off(const Descent& saddle, const SurfaceCurvature& curvature) {
        ++result_.saddle_count;
        if (result_.saddle_count > most_saddles) return;
        for (const double by : {step_off_saddle, -step_off_saddle}) {
            SearchPoint start = saddle.point;
            for (std::size_t i = 0; i < start.size(); ++i) start[i] += by * curvature.least_axis[i];
            beside_saddles_.push_back(std::move(start));
        }
    }

    ReversePoint minimum_of(const Descent& descent, const SurfaceCurvature& curvature) {
        ReversePoint minimum = point_at(descent.point);
        minimum.conditional_loss_minor = surface_.loss_minor(descent.point);
        if (curvature.determinant > 0.0) {
            minimum.second_order_probability =
                std::min(1.0, minimum.first_order_probability / std::sqrt(curvature.determinant));
        }
        minimum.multiplier_per_minor = 2.0 * descent.multiplier / surface_.slope_of_loss();
        minimum.kkt_residual = descent.kkt_residual;
        minimum.least_curvature = curvature.least;
        minimum.iterations = descent.iterations;
        minimum.start_count = 1;
        return minimum;
    }

    /// In the units of all kinds.
    ReversePoint point_at(const SearchPoint& point) const {
        const std::size_t count = groups_.factor_count;
        const MixingScore& mixing = surface_.mixing();
        ReversePoint found;
        found.whitened = surface_.factor_of(point);
        found.mixing_score = mixing.is_gaussian() ? 0.0 : point.back();
        found.factor.resize(count);
        for (std::size_t j = 0; j < count; ++j) {
            for (std::size_t k = 0; k < count; ++k) {
                found.factor[j] += root_[j * count + k] * found.whitened[k];
            }
        }
        found.mixing_variable = mixing.variable(found.mixing_score);
        found.mixing_root = mixing.root(found.mixing_score).value;
        found.radius = radius_of(point);
        found.first_order_probability = normal_cdf(-found.radius);
        found.second_order_probability = found.first_order_probability;
        return found;
    }

    double least_radius() const {
        double least = 0.0;
        for (const Known& known : known_) {
            if (!known.is_minimum) continue;
            least = least == 0.0 ? known.minimum.radius : std::min(least, known.minimum.radius);
        }
        return least == 0.0 ? first_radius : least;
    }

    ReverseStress finish() {
        for (Known& known : known_) {
            if (known.is_minimum) result_.minima.push_back(std::move(known.minimum));
        }
        if (result_.minima.empty()) {
            throw Error(ErrorCode::invalid_input, "target.loss_minor",
                        "no systematic state within 37 standard deviations was found to lose it");
        }
        std::ranges::stable_sort(result_.minima, {}, &ReversePoint::radius);
        result_.evaluation_count = surface_.evaluation_count();
        return std::move(result_);
    }

    const ObligorGroups& groups_;
    std::vector<double> root_;
    LossSurface surface_;
    std::vector<SearchPoint> points_;  ///< of the known
    std::vector<Known> known_;
    std::deque<SearchPoint> beside_saddles_;
    ReverseStress result_;
};

}  // namespace

ReverseStress reverse_search(const ObligorGroups& groups, const FactorModel& factors,
                             const ReverseTarget& target, const ParallelOptions& parallel) {
    check(groups, factors, target);
    return Search(groups, factors, target, parallel).run(target, parallel);
}

}  // namespace seawall::debt
