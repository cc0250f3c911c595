#include "provenance/canonical_number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace seawall {
namespace {

/// 0.d₁d₂…dₖ · 10^exponent, the digits d without trailing zeros.
struct DecimalText {
    std::array<char, 17> digits;
    int digit_count;
    int exponent;
};

DecimalText decimal_text(double positive) {
    std::array<char, 32> text;  // such as 1.2345e-07
    const char* const end = std::to_chars(text.data(), text.data() + text.size(), positive,
                                          std::chars_format::scientific)
                                .ptr;
    DecimalText decimal{};
    const char* at = text.data();
    for (; *at != 'e'; ++at) {
        if (*at != '.') decimal.digits[static_cast<std::size_t>(decimal.digit_count++)] = *at;
    }
    const bool is_small = at[1] == '-';
    std::from_chars(at + 2, end, decimal.exponent);
    decimal.exponent = (is_small ? -decimal.exponent : decimal.exponent) + 1;
    return decimal;
}

void append_integer(std::string& out, int value) {
    std::array<char, 8> text;
    out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

}  // namespace

// Steps 5 to 10 of ECMA-262, 14th edition, section 6.1.6.1.20; k and n are named as there.
void append_json_number(std::string& out, double finite) {
    if (finite == 0.0) {
        out += '0';  // of -0 too
        return;
    }
    if (finite < 0.0) out += '-';
    const DecimalText decimal = decimal_text(std::abs(finite));
    const int k = decimal.digit_count;
    const int n = decimal.exponent;
    const std::string_view digits(decimal.digits.data(), static_cast<std::size_t>(k));
    if (k <= n && n <= 21) {
        out += digits;
        out.append(static_cast<std::size_t>(n - k), '0');
    } else if (0 < n && n <= 21) {
        out += digits.substr(0, static_cast<std::size_t>(n));
        out += '.';
        out += digits.substr(static_cast<std::size_t>(n));
    } else if (-6 < n && n <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-n), '0');
        out += digits;
    } else {
        out += digits[0];
        if (k > 1) {
            out += '.';
            out += digits.substr(1);
        }
        out += n > 0 ? "e+" : "e";
        append_integer(out, n - 1);
    }
}

}  // namespace seawall
