#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "table/column.hpp"

namespace seawall::debt {

/// What one number can tell apart, and so the most codes of a column.
inline constexpr std::size_t max_codes = std::size_t{1} << 16U;

/// The distinct texts of a column in order of first appearance; "" for an absent cell, and for each
/// row where the table has no such column.
struct TextCodes {
    std::vector<std::string> codes;
    std::vector<std::uint32_t> code_of_row;  ///< index into codes, (row_count,)
};

/// Throws Error(limit_exceeded) with the column's name beyond max_codes.
TextCodes text_codes(const Table& table, std::string_view name);

}  // namespace seawall::debt
