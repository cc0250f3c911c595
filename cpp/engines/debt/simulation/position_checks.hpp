#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace seawall::debt {

/// What the positions of every rule are asked. `column` names the amounts in an error's place.
/// Throws Error(invalid_input) where a row is no obligor's or an amount below 0, and
/// Error(limit_exceeded) where the amounts add up to more than 2⁶² minor units.
void check_position_rows(std::span<const std::uint32_t> obligor_row, std::size_t obligor_count);
void check_position_amounts(std::span<const std::int64_t> amount_minor, const char* column);

/// Throws Error(invalid_input) where the masks of a block are not those of as many obligors.
void check_mask_count(std::size_t mask_count, std::size_t obligor_count);

}  // namespace seawall::debt
