#pragma once

#include <cstdint>

namespace seawall::debt {

/// One payment of a loan that `payment_count` equal payments repay, where `rate` is the interest of
/// one period as a fraction.
double level_payment(double amount, double rate, std::int64_t payment_count);

}  // namespace seawall::debt
