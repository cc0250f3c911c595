#include "numeric/shortest_decimal.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace seawall {

Decimal shortest_decimal(double value) {
    std::array<char, 32> buffer;
    const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                       std::chars_format::scientific);
    const std::string_view text(buffer.data(),
                                static_cast<std::size_t>(written.ptr - buffer.data()));
    const std::size_t mark = text.find('e');
    Decimal decimal;
    for (const char letter : text.substr(0, mark)) {
        if (letter == '.') continue;
        decimal.digits = 10 * decimal.digits + static_cast<std::uint64_t>(letter - '0');
    }
    const bool is_negative = text[mark + 1] == '-';  // a sign is always written
    for (const char letter : text.substr(mark + 2)) {
        decimal.exponent = 10 * decimal.exponent + (letter - '0');
    }
    if (is_negative) decimal.exponent = -decimal.exponent;
    if (mark > 1) decimal.exponent -= static_cast<int>(mark) - 2;  // behind the point
    return decimal;
}

}  // namespace seawall
