#pragma once

#include "numeric/quantile_table.hpp"
#include "numeric/tail_mass.hpp"

// Student's t distribution for any real number of degrees of freedom from 2 to 1e9: the same bits
// on every machine. Throws Error(invalid_input) outside that range.
namespace seawall {

/// One distribution's constants, computed once.
class StudentT {
  public:
    explicit StudentT(double degrees_of_freedom);

    double density(double x) const;

    /// P(T <= x), in relative error by less than 4e-16 (4 - ln P).
    double cdf(double x) const;

    /// x with P(T <= x) = p: in relative error by less than 4e-16 (4 - ln min(p, 1 - p)).
    /// -infinity for 0, infinity for 1, NaN outside.
    double quantile(double p) const;

  private:
    double log_kernel(double x) const;
    TailMass inner(double x) const;  ///< from 0 to x > 0
    TailMass outer(double x) const;  ///< beyond x > 0
    double point_at_distance(double from_half) const;
    double point_with_tail(double tail) const;

    double degrees_of_freedom_, density_at_0_;
};

/// The quantile of one distribution for many p: to the error of StudentT::quantile, not to its last
/// bit, and a hundred times as fast after a millisecond of preparation.
class StudentTQuantile {
  public:
    explicit StudentTQuantile(double degrees_of_freedom);

    double operator()(double p) const;

  private:
    StudentT distribution_;
    QuantileTable beyond_;
};

double student_t_cdf(double x, double degrees_of_freedom);
double student_t_quantile(double p, double degrees_of_freedom);

}  // namespace seawall
