#include "engines/debt/simulation/reverse_search_surface.hpp"

#include <algorithm>
#include <cmath>

#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {

LossSurface::LossSurface(const ObligorGroups& groups, const FactorModel& factors,
                         const ReverseTarget& target, const ParallelOptions& parallel)
    : groups_(groups),
      parallel_(parallel),
      conditional_(target.conditional),
      mixing_(factors.degrees_of_freedom),
      certain_minor_(static_cast<double>(groups.certain_loss_minor)),
      range_minor_(conditional_loss_bound_minor(groups, factors.is_gaussian()) - certain_minor_) {
    const double target_minor = target.loss_minor;
    const bool is_below = target_minor < certain_minor_ + range_minor_;
    if (!is_below && target_minor > certain_minor_) {
        throw Error(ErrorCode::invalid_input, "target.loss_minor",
                    "must be below the largest conditional loss");
    }
    const double share = (target_minor - certain_minor_) / range_minor_;
    target_score_ = normal_quantile(std::max(share, 0.0));
    const double density = normal_density(target_score_);
    slope_of_loss_ = density * range_minor_;
    rounding_ = 0x1p-50 * std::max(1.0, share / density);
}

std::size_t LossSurface::dimension() const {
    return groups_.factor_count + (mixing_.is_gaussian() ? 0 : 1);
}

std::vector<double> LossSurface::factor_of(const SearchPoint& point) const {
    const auto normals = std::span(point).first(groups_.factor_count);
    std::vector<double> factor(normals.begin(), normals.end());
    if (conditional_ != nullptr) conditional_->move(factor);
    return factor;
}

double LossSurface::score(double loss_minor) const {
    return normal_quantile(std::clamp((loss_minor - certain_minor_) / range_minor_, 0.0, 1.0));
}

double LossSurface::loss_minor(const SearchPoint& point) {
    ++evaluation_count_;
    const double root = mixing_.is_gaussian() ? 1.0 : mixing_.root(point.back()).value;
    const std::vector<double> factor = factor_of(point);
    return conditional_loss_minor(groups_, {.factor = factor, .mixing_root = root}, parallel_);
}

double LossSurface::gap(const SearchPoint& point) {
    return score(loss_minor(point)) - target_score_;
}

GapAndSlope LossSurface::gap_and_slope(const SearchPoint& point) {
    ++evaluation_count_;
    const ValueAndSlope root = mixing_.root(mixing_.is_gaussian() ? 0.0 : point.back());
    const std::vector<double> factor = factor_of(point);
    ConditionalLoss loss =
        conditional_loss(groups_, {.factor = factor, .mixing_root = root.value}, parallel_);
    if (conditional_ != nullptr) loss.factor_slope = conditional_->slope(loss.factor_slope);
    GapAndSlope found{.gap = 0.0, .slope = std::move(loss.factor_slope)};
    if (!mixing_.is_gaussian()) found.slope.push_back(loss.mixing_slope * root.slope);
    const double at = score(loss.loss_minor);
    found.gap = at - target_score_;
    const double scale = normal_density(at) * range_minor_;
    for (double& slope : found.slope) slope /= scale;
    return found;
}

}  // namespace seawall::debt
