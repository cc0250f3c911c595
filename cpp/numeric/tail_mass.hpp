#pragma once

#include <algorithm>

#include "numeric/exponential.hpp"

namespace seawall {

/// A mass below or above a point x > 0 without its underflow: scale · e^exponent · ratio, where the
/// scale is the distribution's and ratio is the mass divided by x times the density at x.
struct TailMass {
    double exponent = 0.0;
    double ratio = 0.0;
};

/// Where a mass that rises or falls in x has the logarithm log_target, by Newton's steps in ln x
/// on the mass's logarithm. That is concave (the densities here are log-concave in ln x), so that
/// the steps converge from any start > 0. `mass(x)` gives a TailMass.
template <class Mass>
double point_of_mass(const Mass& mass, double log_target, double start, bool is_rising) {
    double x = start;
    for (int step = 0; step < 100; ++step) {
        const TailMass at_x = mass(x);
        const double excess = at_x.exponent + canonical_log(at_x.ratio) - log_target;
        const double change = (is_rising ? -excess : excess) * at_x.ratio;  // of ln x
        // The next change would be below 1e-17 of x: it is about change² / ratio.
        if (change * change < 1e-17 * std::min(1.0, at_x.ratio)) return x + x * change;
        x *= canonical_exp(change);
    }
    return x;
}

}  // namespace seawall
