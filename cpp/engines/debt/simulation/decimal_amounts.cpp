#include "engines/debt/simulation/decimal_amounts.hpp"

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "errors/error.hpp"
#include "numeric/shortest_decimal.hpp"

namespace seawall::debt {
namespace {

using Whole = boost::multiprecision::cpp_int;
__extension__ using Wide = unsigned __int128;

constexpr int most_digits = 4;
constexpr std::array<double, most_digits + 1> units_of = {1.0, 10.0, 100.0, 1e3, 1e4};
constexpr double largest_share = 0x1p62;
constexpr std::uint64_t few_digits = 1'000'000'000'000'000;
constexpr int most_decimals = 38;  // 10³⁸ is below 2¹²⁷

void check_finite(std::span<const double> values, const char* column) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isfinite(values[i])) continue;
        throw Error(ErrorCode::invalid_input, place_of(column, i), "must be finite");
    }
}

void check_from_zero(std::span<const double> values, const char* column) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] >= 0.0 && std::isfinite(values[i])) continue;
        throw Error(ErrorCode::invalid_input, place_of(column, i), "must be finite and from 0");
    }
}

void check_length(std::span<const double> values, std::size_t count, const char* column) {
    if (values.size() == count) return;
    throw Error(ErrorCode::invalid_input, column, "must be as many as the amounts");
}

constexpr std::array<Wide, most_decimals + 1> make_powers() {
    std::array<Wide, most_decimals + 1> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}
constexpr std::array<Wide, most_decimals + 1> powers_of_ten = make_powers();

Whole power_of_ten(int exponent) {
    Whole power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

/// The product of two decimals, which 34 digits hold.
struct Product {
    Wide digits;
    int exponent;
};

Product product_of(double left, double right) {
    const Decimal a = shortest_decimal(left), b = shortest_decimal(right);
    return {.digits = static_cast<Wide>(a.digits) * b.digits, .exponent = a.exponent + b.exponent};
}

/// value / divisor, half to even.
template <typename Number>
std::int64_t rounded_quotient(const Number& value, const Number& divisor) {
    const Number whole = value / divisor;
    const Number twice = (value - whole * divisor) * 2;
    const auto found = static_cast<std::int64_t>(whole);
    const bool is_up = twice > divisor || (twice == divisor && found % 2 != 0);
    return found + (is_up ? 1 : 0);
}

/// The share is known to be at most 2⁶².
std::int64_t exact_share(const Product& product, double factor) {
    const int exponent = product.exponent;
    if (factor == 1.0) {
        if (exponent >= 0) {  // at most 19 digits
            return static_cast<std::int64_t>(product.digits *
                                             powers_of_ten[static_cast<std::size_t>(exponent)]);
        }
        if (exponent < -most_decimals) return 0;
        return rounded_quotient(product.digits, powers_of_ten[static_cast<std::size_t>(-exponent)]);
    }
    int shift = 0;
    const double mantissa = std::frexp(factor, &shift);
    shift -= 53;
    Whole value = Whole(product.digits) * static_cast<std::int64_t>(std::ldexp(mantissa, 53));
    Whole divisor = 1;
    (exponent > 0 ? value : divisor) *= power_of_ten(std::abs(exponent));
    (shift > 0 ? value : divisor) <<= static_cast<unsigned>(std::abs(shift));
    return rounded_quotient(value, divisor);
}

/// `near` is the share as doubles have it.
std::int64_t minor_share(double near, double amount, double percentage,
                         const DecimalShares& shares) {
    const double whole = std::floor(near);
    const double rest = near - whole;
    // Two decimals, of which each is within half a last digit of its double, and four roundings:
    // further than 2^-50 of the share from a half, they round as the exact share does.
    if (std::abs(rest - 0.5) > near * 0x1p-50) {
        return static_cast<std::int64_t>(whole) + (rest > 0.5 ? 1 : 0);
    }
    Product product = product_of(amount, percentage);
    product.exponent += shares.digits - 2;
    return product.digits == 0 ? 0 : exact_share(product, shares.factor);
}

/// The double nearest to digits · 10^exponent.
double nearest(const Whole& digits, int exponent) {
    const std::string text = digits.str() + "e" + std::to_string(exponent);
    double value = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}
double nearest(Wide digits, int exponent) {
    if (digits > (Wide{1} << 53U) || std::abs(exponent) > 19) {
        return nearest(Whole(digits), exponent);
    }
    // Both are doubles, of which one operation is rounded once.
    const auto power = static_cast<double>(
        static_cast<std::uint64_t>(powers_of_ten[static_cast<std::size_t>(std::abs(exponent))]));
    const auto whole = static_cast<double>(static_cast<std::uint64_t>(digits));
    return exponent < 0 ? whole / power : whole * power;
}

/// A whole number of powers of ten, of any size and sign.
class LongDecimal {
  public:
    explicit LongDecimal(double value) : LongDecimal(shortest_decimal(value)) {}
    explicit LongDecimal(const Decimal& value) : digits_(value.digits), exponent_(value.exponent) {}
    LongDecimal operator*(const LongDecimal& other) const {
        return {digits_ * other.digits_, exponent_ + other.exponent_};
    }
    LongDecimal operator-(const LongDecimal& other) const {
        const int exponent = std::min(exponent_, other.exponent_);
        return {digits_ * power_of_ten(exponent_ - exponent) -
                    other.digits_ * power_of_ten(other.exponent_ - exponent),
                exponent};
    }
    double above_zero() const { return digits_ > 0 ? nearest(digits_, exponent_) : 0.0; }
    /// None: it has more digits.
    std::optional<Decimal> of_few_digits() const {
        if (digits_ > few_digits) return std::nullopt;
        return Decimal{static_cast<std::uint64_t>(digits_), exponent_};
    }

  private:
    LongDecimal(Whole digits, int exponent) : digits_(std::move(digits)), exponent_(exponent) {}

    Whole digits_;
    int exponent_;
};

/// What is open of an exposure, where 128 bits hold it as they do amounts that are written.
std::optional<double> open_of_few_digits(const Decimal& exposure, const Decimal& collateral,
                                         const Decimal& kept, const Decimal& recovery) {
    constexpr int most_zeros = 8;
    const int sold = collateral.exponent + kept.exponent;
    const int least = std::min({exposure.exponent, sold, recovery.exponent});
    const int most = std::max({exposure.exponent, sold, recovery.exponent});
    if (most - least > most_zeros || collateral.digits > few_digits) return std::nullopt;
    const auto scaled = [&](Wide digits, int exponent) {
        return digits * powers_of_ten[static_cast<std::size_t>(exponent - least)];
    };
    const Wide owed = scaled(exposure.digits, exposure.exponent);
    const Wide brought = scaled(static_cast<Wide>(collateral.digits) * kept.digits, sold) +
                         scaled(recovery.digits, recovery.exponent);
    return owed > brought ? nearest(owed - brought, least) : 0.0;
}

}  // namespace

std::vector<std::int64_t> minor_shares(const DecimalShares& shares) {
    const std::size_t count = shares.amount.size();
    if (shares.digits < 0 || shares.digits > most_digits) {
        throw Error(ErrorCode::invalid_input, "digits", "must be from 0 to 4");
    }
    const bool is_factor = shares.factor >= 0.0 && shares.factor < 0x1p52;
    if (!is_factor) {
        throw Error(ErrorCode::invalid_input, "factor", "must be from 0 and below 2^52");
    }
    check_finite(shares.amount, "amount");
    check_finite(shares.percentage, "percentage");
    if (!shares.percentage.empty()) check_length(shares.percentage, count, "percentage");
    std::vector<std::int64_t> result;
    result.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double amount = shares.amount[i];
        const double percentage = shares.percentage.empty() ? 100.0 : shares.percentage[i];
        const double size = std::abs(amount), of_it = std::abs(percentage);
        const double near = size * units_of[static_cast<std::size_t>(shares.digits)] *
                            (of_it / 100.0) * shares.factor;
        if (!(near < largest_share)) {
            throw Error(ErrorCode::limit_exceeded, place_of("amount", i),
                        "passes 2^62 minor units");
        }
        const std::int64_t share = minor_share(near, size, of_it, shares);
        const bool is_negative = (amount < 0.0) != (percentage < 0.0);
        result.push_back(is_negative ? -share : share);
    }
    return result;
}

std::vector<double> decimal_products(std::span<const double> left, std::span<const double> right) {
    check_length(right, left.size(), "right");
    check_finite(left, "left");
    check_finite(right, "right");
    std::vector<double> result;
    result.reserve(left.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (left[i] == 1.0 || right[i] == 1.0) {
            result.push_back(left[i] * right[i]);
            continue;
        }
        const Product product = product_of(std::abs(left[i]), std::abs(right[i]));
        const double size = nearest(product.digits, product.exponent);
        result.push_back((left[i] < 0.0) != (right[i] < 0.0) ? -size : size);
    }
    return result;
}

std::vector<double> open_after_sale(const SaleColumns& columns) {
    const std::size_t count = columns.exposure.size();
    check_length(columns.collateral, count, "collateral");
    check_length(columns.recovery, count, "recovery");
    check_from_zero(columns.exposure, "exposure");
    check_from_zero(columns.collateral, "collateral");
    check_from_zero(columns.recovery, "recovery");
    for (const auto& [pct, name] : {std::pair(columns.haircut_pct, "haircut_pct"),
                                    std::pair(columns.sale_cost_pct, "sale_cost_pct")}) {
        const bool is_share = pct >= 0.0 && pct <= 100.0;
        if (!is_share) throw Error(ErrorCode::invalid_input, name, "must be from 0 to 100");
    }
    const LongDecimal all(100.0), hundredth_squared(1e-4);
    const LongDecimal kept = (all - LongDecimal(columns.haircut_pct)) *
                             (all - LongDecimal(columns.sale_cost_pct)) * hundredth_squared;
    const std::optional<Decimal> few = kept.of_few_digits();
    std::vector<double> result;
    result.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Decimal exposure = shortest_decimal(columns.exposure[i]);
        const Decimal collateral = shortest_decimal(columns.collateral[i]);
        const Decimal recovery = shortest_decimal(columns.recovery[i]);
        std::optional<double> open;
        if (few) open = open_of_few_digits(exposure, collateral, *few, recovery);
        if (!open) {
            const LongDecimal proceeds = LongDecimal(collateral) * kept;
            open = (LongDecimal(exposure) - proceeds - LongDecimal(recovery)).above_zero();
        }
        result.push_back(*open);
    }
    return result;
}

}  // namespace seawall::debt
