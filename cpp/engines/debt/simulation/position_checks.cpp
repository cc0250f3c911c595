#include "engines/debt/simulation/position_checks.hpp"

#include <algorithm>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t largest_total = 0x4000'0000'0000'0000;

}  // namespace

std::string position_place(const char* column, std::size_t position) {
    return place_of("positions." + std::string(column), position);
}

void check_position_rows(std::span<const std::uint32_t> obligor_row, std::size_t obligor_count) {
    for (std::size_t i = 0; i < obligor_row.size(); ++i) {
        if (obligor_row[i] < obligor_count) continue;
        throw Error(ErrorCode::invalid_input, position_place("obligor_row", i),
                    "must be an obligor's row");
    }
}

void check_position_amounts(std::span<const std::int64_t> amount_minor, std::size_t quarter_count,
                            const char* column) {
    std::int64_t total = 0;
    for (std::size_t first = 0; first < amount_minor.size(); first += quarter_count) {
        const auto of_position = amount_minor.subspan(first, quarter_count);
        if (std::ranges::min(of_position) < 0) {
            throw Error(ErrorCode::invalid_input, position_place(column, first / quarter_count),
                        "must be at least 0");
        }
        const std::int64_t largest = std::ranges::max(of_position);
        if (largest > largest_total - total) {
            throw Error(ErrorCode::limit_exceeded, "positions." + std::string(column),
                        "the sum passes 2^62 minor units");
        }
        total += largest;
    }
}

void check_mask_count(std::size_t mask_count, std::size_t obligor_count) {
    if (mask_count == obligor_count) return;
    throw Error(ErrorCode::invalid_input, "groups", "must be of the obligors of the loss rule");
}

}  // namespace seawall::debt
