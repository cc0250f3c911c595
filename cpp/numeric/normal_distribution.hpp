#pragma once

// The standard normal distribution without a library's functions: the same bits on every machine
// with IEEE arithmetic.
namespace seawall {

/// P(Z <= x), not falling in x. In relative error by less than 8e-16 where it is a normal number
/// (x >= -37.5); by less than 0.6 units in the last place for -4.0625 < x <= 0, 0.8 for x > 0.
double normal_cdf(double x);

/// The density at x, in relative error by less than 4e-16 where it is a normal number.
double normal_density(double x);

/// P(Z > x) / density(x), x >= 0, in relative error by less than 1e-15, however small both are.
double normal_mills_ratio(double x);

/// x with P(Z <= x) = p: in relative error by less than 1e-15 for p from 1e-300. -infinity for 0,
/// infinity for 1, NaN outside. M. J. Wichura, "Algorithm AS 241" (1988), PPND16.
double normal_quantile(double p);

}  // namespace seawall
