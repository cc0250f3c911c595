#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engines/debt/simulation/reverse_search_surface.hpp"

namespace seawall::debt {

/// Where a descent from one start ended.
struct Descent {
    enum class End {
        stationary,  ///< on the surface, the point along the slope: a minimum or a saddle
        known,       ///< within a hundredth of a point that was given
        nowhere,     ///< no slope to follow, or no progress
    };
    End end = End::nowhere;
    std::size_t known_index = 0;
    SearchPoint point;
    GapAndSlope at;             ///< the point
    double multiplier = 0.0;    ///< λ of point = λ · slope, by least squares
    double kkt_residual = 0.0;  ///< |point − λ · slope|
    std::size_t iterations = 0;
};

/// Least |point|² on the surface of gap 0: sequential quadratic programming with a damped BFGS
/// Hessian (J. Nocedal, S. J. Wright, "Numerical Optimization", 18), whose first step is that of
/// Hasofer, Lind, Rackwitz and Fiessler.
Descent descend(LossSurface& surface, SearchPoint start, std::span<const SearchPoint> known);

/// The Hessian of ½|point|² − λ·gap along the surface, at a stationary point, by differences of
/// slopes.
struct SurfaceCurvature {
    double least = 1.0;  ///< eigenvalue; 1 where the surface is a point
    double determinant = 1.0;
    std::vector<double> least_axis{};  ///< of the least one; empty where the surface is a point
};
SurfaceCurvature surface_curvature(LossSurface& surface, const Descent& stationary);

}  // namespace seawall::debt
