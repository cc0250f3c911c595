#pragma once

// Exponential and logarithm of additions, multiplications and tables: the same bits on every
// machine with IEEE arithmetic, which a library's are not.
namespace seawall {

/// e^x, in error by less than 0.54 units in the last place where it is a normal number, one where
/// it is subnormal; infinite and 0 beyond. NaN stays NaN.
double canonical_exp(double x);

/// e^(high + low) to the same error, for |low| <= 2^-10.
double canonical_exp(double high, double low);

/// ln x, in error by less than 0.53 units in the last place; -infinity for 0, NaN below 0.
double canonical_log(double x);

}  // namespace seawall
