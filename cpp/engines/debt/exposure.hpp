#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/types.hpp"

namespace seawall::debt {

/// Throws Error(invalid_input) with a place such as "instrument_principal[17]" on ragged columns,
/// offsets that do not partition their rows, and values that are not from 0 (principal: above 0) to
/// largest_value.
void check(const BookColumns& book);

/// Checks the book and measures it. Same bits on any thread count: sums have the order of
/// ordered_sum. Throws also Error(cancelled).
Exposure measure_exposure(const BookColumns& book, const ComputeOptions& options);

/// The sums of values by group, such as an obligor, each added by rising record index. Throws
/// Error(invalid_input) on ragged columns and on groups outside 0 .. group_count − 1.
std::vector<double> sum_by_group(std::span<const std::int64_t> group_of_record,
                                 std::size_t group_count, std::span<const double> values);

}  // namespace seawall::debt
