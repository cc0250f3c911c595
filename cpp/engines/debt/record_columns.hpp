#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "table/column.hpp"

namespace seawall::debt {

// Columns of a normalised table by name. All throw Error(invalid_input) with the column's name when
// it has another type than asked for.

/// Null where the table has no such column.
const Column* find_column(const Table& table, std::string_view name, ColumnType type);
/// Throws Error(invalid_input) also where the table has no such column.
const Column& require_column(const Table& table, std::string_view name, ColumnType type);

/// The column's numbers with 0 where a cell is absent; all 0 where the table has no such column,
/// and none where there is no table.
std::vector<double> numbers(const Table* table, std::string_view name);
/// 1 where the table has the number, 0 elsewhere.
std::vector<std::uint8_t> presence(const Table& table, std::string_view name);

/// Where each record's rows begin in a list whose rows are ordered by record, and last the list's
/// row count. All 0 where there is no list. Throws Error(invalid_input) on a row of no record.
std::vector<std::int64_t> list_offsets(const Table& records, const Table* list);

}  // namespace seawall::debt
