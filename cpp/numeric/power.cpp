#include "numeric/power.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace seawall {
namespace {

/// An unevaluated sum with |low| <= half a unit in the last place of high: about 106 bits.
/// T. J. Dekker, "A floating-point technique for extending the available precision" (1971).
struct Pair {
    double high, low;
};

Pair sum_of_rising(double larger, double smaller) {  // |larger| >= |smaller|
    const double high = larger + smaller;
    return {high, smaller - (high - larger)};
}

Pair halves(double x) {  // 26 bits each, so that their products are exact
    constexpr double splitter = 0x1p27 + 1.0;
    const double scaled = splitter * x;
    const double high = scaled - (scaled - x);
    return {high, x - high};
}

Pair product(double a, double b) {
    const Pair x = halves(a);
    const Pair y = halves(b);
    const double high = a * b;
    const double low = ((x.high * y.high - high) + x.high * y.low + x.low * y.high) + x.low * y.low;
    return {high, low};
}

Pair product(const Pair& a, const Pair& b) {
    const Pair leading = product(a.high, b.high);
    return sum_of_rising(leading.high, leading.low + (a.high * b.low + a.low * b.high));
}

/// ln 2 = high + low; high ends in 21 zero bits, so that an exponent times it is exact.
constexpr Pair ln_2{0x1.62e42fee00000p-1, 0x1.a39ef35793c76p-33};
constexpr double inverse_ln_2 = 0x1.71547652b82fep+0;

/// ln(base) = k·ln 2 + 2·atanh(s), s = (m − 1)/(m + 1), base = m·2^k with m near 1:
/// atanh(s) = s·(1 + s²·(1/3 + s²/5 + s⁴/7 + …)).
Pair logarithm(double base) {
    int k = 0;
    double m = std::frexp(base, &k);
    if (m < 0x1.6a09e667f3bcdp-1) {  // √½
        m *= 2.0;
        --k;
    }
    const double numerator = m - 1.0;  // exact
    const Pair denominator = sum_of_rising(m > 1.0 ? m : 1.0, m > 1.0 ? 1.0 : m);
    const double quotient = numerator / denominator.high;
    const Pair back = product(quotient, denominator.high);
    const double rest =
        ((numerator - back.high) - back.low - quotient * denominator.low) / denominator.high;
    const Pair s = sum_of_rising(quotient, rest);
    const Pair square = product(s, s);

    double tail = 0.0;  // s² ≤ 0.0295: the first term left out is below 2⁻⁶⁰ of the second
    for (int odd = 25; odd >= 5; odd -= 2) tail = tail * square.high + 1.0 / odd;
    constexpr Pair third{0x1.5555555555555p-2, 0x1.5555555555555p-56};
    const double rising = tail * square.high;
    const Pair bracket = sum_of_rising(third.high, rising);
    const Pair series = product(square, {bracket.high, bracket.low + third.low});
    const Pair factor = sum_of_rising(1.0, series.high);
    const Pair atanh = product(s, {factor.high, factor.low + series.low});

    if (k == 0) return {2.0 * atanh.high, 2.0 * atanh.low};
    const Pair total = sum_of_rising(k * ln_2.high, 2.0 * atanh.high);
    return sum_of_rising(total.high, total.low + (2.0 * atanh.low + k * ln_2.low));
}

/// e^(x.high + x.low) = 2^n·e^r, |r| ≤ ½ ln 2, e^r by its series: the first term left out is below
/// 2⁻⁵⁷.
double exponential_of(const Pair& x) {
    if (std::isnan(x.high)) return x.high;
    if (x.high > 710.0) return std::numeric_limits<double>::infinity();
    if (x.high < -746.0) return 0.0;
    const double n = std::floor(x.high * inverse_ln_2 + 0.5);
    const Pair r = sum_of_rising(x.high - n * ln_2.high, x.low - n * ln_2.low);
    static constexpr std::array inverse_factorials{
        1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0,
        1.0 / 362880.0,     1.0 / 40320.0,     1.0 / 5040.0,     1.0 / 720.0,
        1.0 / 120.0,        1.0 / 24.0,        1.0 / 6.0,        0.5};
    double series = 0.0;  // (e^r − 1 − r) / r²
    for (const double term : inverse_factorials) series = series * r.high + term;
    const Pair sum = sum_of_rising(1.0, r.high);
    const double power = sum.high + (sum.low + (r.low + r.high * r.high * series));
    return std::ldexp(power, static_cast<int>(n));
}

}  // namespace

double integer_power(double base, std::int64_t exponent) {
    double power = 1.0;
    double square = base;
    for (std::int64_t rest = exponent; rest > 0; rest /= 2) {
        if (rest % 2 != 0) power *= square;
        square *= square;
    }
    return power;
}

PowersOf::PowersOf(double base) : log_high_(std::numeric_limits<double>::quiet_NaN()), log_low_() {
    const bool is_positive = base > 0.0 && base <= std::numeric_limits<double>::max();
    if (!is_positive) return;
    const Pair log = logarithm(base);
    log_high_ = log.high;
    log_low_ = log.low;
}

double PowersOf::operator()(double exponent) const {
    const double high = exponent * log_high_;
    const bool is_large = !(std::abs(high) < 1e3);  // infinite, zero or NaN: no low part needed
    if (is_large) return exponential_of(Pair{high, 0.0});
    const Pair leading = product(exponent, log_high_);
    return exponential_of(sum_of_rising(leading.high, leading.low + exponent * log_low_));
}

double exponential(double x) {
    return exponential_of(Pair{x, 0.0});
}

}  // namespace seawall
