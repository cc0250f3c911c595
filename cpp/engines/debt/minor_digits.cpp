#include "engines/debt/minor_digits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

// ISO 4217, list one (current currencies and funds) and the replaced ones, each sorted.
constexpr std::array<std::string_view, 24> without_minor_unit = {
    "BEF", "BIF", "CLP", "DJF", "ESP", "GNF", "GRD", "ISK", "ITL", "JPY", "KMF", "KRW",
    "LUF", "PTE", "PYG", "RWF", "TRL", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> of_thousandths = {"BHD", "IQD", "JOD", "KWD",
                                                            "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> of_ten_thousandths = {"CLF", "UYW"};

constexpr int most_digits = 4;
constexpr std::array<double, most_digits + 1> powers_of_ten = {1.0, 10.0, 100.0, 1e3, 1e4};

/// Half to even. Where the unit of a double is 1 the addition rounds, without a call.
double rounded(double value) {
    constexpr double unit_of_one = 0x1.8p52;
    if (std::abs(value) < 0x1p51) return (value + unit_of_one) - unit_of_one;
    return std::nearbyint(value);
}

}  // namespace

int minor_digits(std::string_view currency) {
    if (std::ranges::binary_search(without_minor_unit, currency)) return 0;
    if (std::ranges::binary_search(of_thousandths, currency)) return 3;
    if (std::ranges::binary_search(of_ten_thousandths, currency)) return 4;
    return 2;
}

std::int64_t minor_units(double amount, int digits, std::string_view place) {
    if (digits < 0 || digits > most_digits) {
        throw Error(ErrorCode::invalid_input, "digits", "must be from 0 to 4");
    }
    if (!std::isfinite(amount)) {
        throw Error(ErrorCode::invalid_input, std::string(place), "must be finite");
    }
    const double units = rounded(amount * powers_of_ten[static_cast<std::size_t>(digits)]);
    if (std::abs(units) > static_cast<double>(largest_minor_units)) {
        throw Error(ErrorCode::limit_exceeded, std::string(place),
                    "must be 2^53 minor units at most");
    }
    return static_cast<std::int64_t>(units);
}

}  // namespace seawall::debt
