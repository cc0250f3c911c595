#include "engines/debt/level_payment.hpp"

#include "numeric/power.hpp"

namespace seawall::debt {

double level_payment(double amount, double rate, std::int64_t payment_count) {
    if (rate == 0.0) return amount / static_cast<double>(payment_count);
    // A library's power is not the same to the last bit on every processor.
    const double growth = integer_power(1.0 + rate, payment_count);
    return amount * rate / (1.0 - 1.0 / growth);
}

}  // namespace seawall::debt
