#pragma once

#include <cstdint>

// Powers whose bits are the same on every machine with IEEE arithmetic, which a library's are not.
namespace seawall {

/// By squaring, exponent >= 0; 1 for exponent 0.
double integer_power(double base, std::int64_t exponent);

/// Powers of one base: its logarithm is taken once. In error by less than 0.8 units in the last
/// place where the power is a normal number; infinite above the largest double, as IEEE would have
/// it.
class PowersOf {
  public:
    /// 0 < base, finite; anything else makes every power NaN.
    explicit PowersOf(double base);

    double operator()(double exponent) const;

  private:
    double log_high_, log_low_;  // their unevaluated sum
};

/// e^x, in error by less than 0.8 units in the last place where it is a normal number.
double exponential(double x);

}  // namespace seawall
