#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace seawall::debt {

/// g(x) = Φ⁻¹(P(T <= x)), T of Student's t distribution: makes a standard normal of T and keeps
/// its rank. By polynomials through Chebyshev points on eighths of octaves of 1 + |x|, in error by
/// less than 2e-13; not beyond ±limit.
class StudentToNormal {
  public:
    StudentToNormal(double degrees_of_freedom, double limit);

    double operator()(double x) const;

  private:
    using Polynomial = std::array<double, 14>;  ///< in the place in the interval, from −1 to 1

    double limit_;
    std::vector<Polynomial> intervals_;
};

}  // namespace seawall::debt
