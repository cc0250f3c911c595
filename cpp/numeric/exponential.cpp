#include "numeric/exponential.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "numeric/exponential_tables.hpp"
#include "numeric/special_values.hpp"

// P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE floating-point
// arithmetic" (1989) and "… of the logarithm function …" (1990).
namespace seawall {

double canonical_exp(double x) {
    return canonical_exp(x, 0.0);
}

double canonical_exp(double high, double low) {
    if (std::isnan(high)) return high;
    if (high > 710.0) return infinity;
    if (high < -746.0) return 0.0;
    const double scaled = high * steps_per_unit;
    const int steps = static_cast<int>(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
    const double r = ((high - steps * step_high) - steps * step_low) + low;  // |r| < 0.012
    const double square = r * r;
    const double rise =  // e^r - 1; the first term left out is below 2^-62 of it
        r +
        square * ((0.5 + r * (1.0 / 6.0)) + square * ((1.0 / 24.0 + r * (1.0 / 120.0)) +
                                                      square * (1.0 / 720.0 + r * (1.0 / 5040.0))));
    const auto biased = static_cast<std::uint32_t>(steps + 32 * 2048);
    const Power& power = powers[biased & 31U];
    const double mantissa = power.high + (power.low + power.high * rise);
    const int exponent = static_cast<int>(biased >> 5U) - 2048;
    if (exponent < -1021 || exponent > 1022) return std::ldexp(mantissa, exponent);
    return mantissa * std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

double canonical_log(double x) {
    const bool is_positive = x > 0.0;
    if (!is_positive) return x == 0.0 ? -infinity : std::numeric_limits<double>::quiet_NaN();
    if (x == infinity) return x;
    const bool is_subnormal = x < std::numeric_limits<double>::min();
    const auto bits = std::bit_cast<std::uint64_t>(is_subnormal ? x * 0x1p54 : x);
    const std::uint64_t biased = bits + 0x001a000000000000U;  // 0.6875 gets the exponent 1024
    const int power = static_cast<int>(biased >> 52U) - 1024;
    const double m = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(power) << 52U));
    const Cell& cell = cells[(biased >> 46U) & 63U];
    const double exponent = is_subnormal ? power - 54 : power;

    // Both products and their sum are exact: m / c - 1 has no bit below 2^-60 near 1.
    const double head = static_cast<double>(static_cast<float>(m));
    const double r = (head * cell.inverse - 1.0) + (m - head) * cell.inverse;  // |r| < 2^-6
    const double square = r * r;
    const double tail =  // (ln(1 + r) - r) / r²; the first term left out is below 2^-63 of ln
        (-0.5 + r * (1.0 / 3.0)) +
        square * ((-1.0 / 4.0 + r * (1.0 / 5.0)) +
                  square * ((-1.0 / 6.0 + r * (1.0 / 7.0)) +
                            square * ((-1.0 / 8.0 + r * (1.0 / 9.0)) + square * (-1.0 / 10.0))));
    const double base = exponent * ln_2_high + cell.high;  // exact
    const double sum = base + r;
    const double rest = (base - sum) + r;
    return sum + (rest + (exponent * ln_2_low + cell.low) + square * tail);
}

}  // namespace seawall
