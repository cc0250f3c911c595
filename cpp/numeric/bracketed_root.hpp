#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

namespace seawall {

/// A function and its derivative at one point.
struct ValueAndSlope {
    double value = 0.0;
    double slope = 0.0;
};

/// Where a root is sought, and where the search starts (clamped into it).
struct RootBracket {
    double low = 0.0;
    double high = 0.0;
    double start = 0.0;
};

/// A point of the bracket at which the function changes its sign, as near as doubles tell, or
/// nothing where its values at both ends have one sign or are no numbers. Newton's steps, and half
/// of the bracket wherever a step leaves it or gains too little (W. H. Press et al., "Numerical
/// Recipes", 3rd ed., 9.4); the search ends where a step is below 2^-50 of the point (2^-50 where
/// that is below 1), and the function is evaluated at most 202 times.
template <class Function>
std::optional<double> bracketed_root(const Function& function, const RootBracket& bracket) {
    const double at_low = function(bracket.low).value;
    const double at_high = function(bracket.high).value;
    if (at_low == 0.0) return bracket.low;
    if (at_high == 0.0) return bracket.high;
    const bool rises = at_low < 0.0 && at_high > 0.0;  // both false for NaN
    const bool falls = at_low > 0.0 && at_high < 0.0;
    if (!rises && !falls) return std::nullopt;
    double below = at_low < 0.0 ? bracket.low : bracket.high;
    double above = at_low < 0.0 ? bracket.high : bracket.low;
    double point = std::clamp(bracket.start, bracket.low, bracket.high);
    double step_before = bracket.high - bracket.low;
    for (int evaluation = 2; evaluation < 202; ++evaluation) {
        const auto [value, slope] = function(point);
        if (value == 0.0) return point;
        (value < 0.0 ? below : above) = point;
        const double low = std::min(below, above);
        const double high = std::max(below, above);
        const double newton = point - value / slope;
        const bool is_useful = newton > low && newton < high &&  // false for NaN
                               std::abs(newton - point) <= 0.5 * step_before;
        const double next = is_useful ? newton : low + 0.5 * (high - low);
        step_before = std::abs(next - point);
        point = next;
        if (step_before <= 0x1p-50 * std::max(1.0, std::abs(point))) break;
    }
    return point;
}

}  // namespace seawall
