#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace seawall::debt {

/// "positions.column[position]".
std::string position_place(const char* column, std::size_t position);

/// Throws Error(invalid_input) where a position's row is no obligor's.
void check_position_rows(std::span<const std::uint32_t> obligor_row, std::size_t obligor_count);

/// Amounts of shape (position, quarter); `column` names them in an error's place. Throws
/// Error(invalid_input) on one below 0, and Error(limit_exceeded) where the positions' largest add
/// up to more than 2⁶² minor units.
void check_position_amounts(std::span<const std::int64_t> amount_minor, std::size_t quarter_count,
                            const char* column);

/// Throws Error(invalid_input) where the masks of a block are not those of as many obligors.
void check_mask_count(std::size_t mask_count, std::size_t obligor_count);

}  // namespace seawall::debt
