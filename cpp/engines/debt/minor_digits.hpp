#pragma once

#include <cstdint>
#include <string_view>

namespace seawall::debt {

/// Decimal digits of a currency's minor unit by ISO 4217: 2 for each code, known or not, that the
/// standard does not list with another count. Of the currencies that the euro and redenominations
/// replaced, which the standard lists no longer, those without coins of a hundredth have 0.
int minor_digits(std::string_view currency);

/// The largest amount in minor units: up to here a double tells each from the next.
inline constexpr std::int64_t largest_minor_units = 9'007'199'254'740'992;

/// Amounts back from minor units of so many digits.
class MajorAmounts {
  public:
    explicit MajorAmounts(int digits) {
        for (int i = 0; i < digits; ++i) unit_ *= 10.0;
    }
    double operator()(std::int64_t minor) const { return static_cast<double>(minor) / unit_; }

  private:
    double unit_ = 1.0;
};

/// An amount in minor units, half to even. The product with 10^digits is rounded to a double first.
/// Throws Error(invalid_input) at the place unless the amount is finite, Error(limit_exceeded)
/// beyond largest_minor_units.
std::int64_t minor_units(double amount, int digits, std::string_view place);

}  // namespace seawall::debt
