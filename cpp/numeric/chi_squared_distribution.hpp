#pragma once

#include "numeric/gamma_tails.hpp"
#include "numeric/quantile_table.hpp"

// The chi-squared distribution for any real number of degrees of freedom from 2 to 1e9: the same
// bits on every machine. Throws Error(invalid_input) outside that range.
namespace seawall {

/// P(W <= x), in relative error by less than 5e-16 (4 - ln P).
double chi_squared_cdf(double x, double degrees_of_freedom);

/// P(W > x), to the same error.
double chi_squared_survival(double x, double degrees_of_freedom);

/// x with P(W <= x) = p, in relative error by less than 3e-16 (4 - ln min(p, 1 - p)). 0 for 0,
/// infinity for 1, NaN outside.
double chi_squared_quantile(double p, double degrees_of_freedom);

/// The quantile of one distribution for many p: to the error of chi_squared_quantile, not to its
/// last bit, and a hundred times as fast after some milliseconds of preparation.
class ChiSquaredQuantile {
  public:
    explicit ChiSquaredQuantile(double degrees_of_freedom);

    double operator()(double p) const;

  private:
    GammaTails gamma_;
    QuantileTable lower_, upper_;
};

}  // namespace seawall
