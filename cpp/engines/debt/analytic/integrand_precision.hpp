#pragma once

#include <algorithm>
#include <numbers>

// How narrow a book's conditional distribution is in the systematic variables: a precision is 1 / a
// squared width, and independent obligors add theirs up. An obligor defaults with Φ(index), index =
// threshold·√(W/ν) − slope·Z.
namespace seawall::debt {

/// Of one obligor in its index, at most: φ²/(Φ·(1 − Φ)) at 0.
inline constexpr double index_precision = 2.0 * std::numbers::inv_pi;

/// The squared speed of the index in log(W/ν), which is half of threshold·√(W/ν): at W/ν = e, or
/// where the index is still between -8 and 8 with a factor between them too, whichever is less.
constexpr double squared_scale_speed(double threshold, double slope) {
    const double in_reach = 4.0 * (1.0 + slope);
    return std::min(0.25 * std::numbers::e * threshold * threshold, in_reach * in_reach);
}

/// Of one obligor in log(W/ν), at most: 0.155 is the greatest φ²/(Φ·(1 − Φ))·(index/2)², and
/// (x + y)² <= 2x² + 2y².
constexpr double scale_precision(double threshold, double slope) {
    const double factor_part = 4.0 * slope;  // of a factor of 8
    return std::min(index_precision * 0.25 * std::numbers::e * threshold * threshold,
                    2.0 * (0.155 + index_precision * factor_part * factor_part));
}

}  // namespace seawall::debt
