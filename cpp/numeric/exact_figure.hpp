#pragma once

#include <cmath>
#include <limits>

// For tests: figures with more digits than a double has.
namespace seawall {

/// high + low: about 106 bits.
struct ExactFigure {
    double high, low;
};

/// A function's argument and its exact value.
struct ExactPoint {
    double x;
    ExactFigure value;
};

inline double relative_error(double found, const ExactFigure& exact) {
    return std::abs(((found - exact.high) - exact.low) / exact.high);
}

/// In units in the last place of the nearest double.
inline double error_ulps(double found, const ExactFigure& exact) {
    const double magnitude = std::abs(exact.high);
    const double ulp =
        std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude;
    return std::abs(((found - exact.high) - exact.low) / ulp);
}

}  // namespace seawall
