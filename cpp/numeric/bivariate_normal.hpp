#pragma once

namespace seawall {

struct BivariatePoint {
    double x, y;
    double correlation;  ///< from -1 to 1
};

/// P(X <= x, Y <= y) of two standard normals: in error by less than 1e-15, the same bits on every
/// machine. Throws Error(invalid_input) for a correlation outside -1 … 1. A. Genz, "Numerical
/// computation of rectangular bivariate and trivariate normal and t probabilities" (2004).
double bivariate_normal_cdf(const BivariatePoint& point);

}  // namespace seawall
