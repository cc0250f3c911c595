#include "engines/debt/level_payment.hpp"

namespace seawall::debt {

double level_payment(double amount, double rate, std::int64_t payment_count) {
    if (rate == 0.0) return amount / static_cast<double>(payment_count);
    // By squaring: a library's power is not the same to the last bit on every processor.
    double growth = 1.0;
    double square = 1.0 + rate;
    for (std::int64_t rest = payment_count; rest > 0; rest /= 2) {
        if (rest % 2 != 0) growth *= square;
        square *= square;
    }
    return amount * rate / (1.0 - 1.0 / growth);
}

}  // namespace seawall::debt
