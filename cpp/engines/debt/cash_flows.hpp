#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engines/debt/path_tables.hpp"
#include "engines/debt/tile_rerun.hpp"
#include "table/column.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_cash_flow_rows = std::size_t{1} << 26U;

/// One row a position and month, in the order of the book, then of the months: what it owed and
/// paid in the month, and what it owes at its end. Amounts are in the segment's worth of the first
/// day, as in loan_path_table, whose sums they are. With `records`, only the positions of those
/// numbers. Throws Error(invalid_input) at "records[i]" on a number of no record, and
/// Error(limit_exceeded) beyond max_cash_flow_rows.
Table cash_flow_table(const CaseView& view, const CaseRerun& rerun,
                      std::optional<std::span<const std::int64_t>> records = std::nullopt);

}  // namespace seawall::debt
