#pragma once

#include <vector>

namespace seawall::debt {

/// A trapezoidal rule over one systematic variable. For functions as smooth as conditional default
/// probabilities its error falls faster than any power of the step (L. N. Trefethen, J. A. C.
/// Weideman, "The Exponentially Convergent Trapezoidal Rule", SIAM Review 56, 2014), so that every
/// second point is a rule of its own, whose distance from the whole says how good both are.
struct QuadratureAxis {
    std::vector<double> points;   // rising
    std::vector<double> weights;  // their sum is 1
};

/// An axis without extent.
QuadratureAxis single_point(double point);

/// A standard normal factor. `precision` is 1 / the squared width of what is integrated, >= 1: the
/// step is half the width. Throws Error(limit_exceeded) beyond 1,000,000 points, as mixing_axis.
QuadratureAxis normal_axis(double precision);

/// √(W/ν) of a t copula, W chi-squared with `degrees_of_freedom` ν: the step is one of log(W/ν),
/// and `sharpness` the part of the integrand in its precision.
QuadratureAxis mixing_axis(double degrees_of_freedom, double sharpness);

}  // namespace seawall::debt
