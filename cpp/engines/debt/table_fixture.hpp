#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "table/column.hpp"

/// Small normalised tables, for the tests of this folder.
namespace seawall::debt::fixture {

using Number = std::optional<double>;
using Text = std::optional<std::string>;
using Offsets = std::vector<std::int64_t>;

inline Column numbers(const char* name, const std::vector<Number>& values) {
    Column column(name, ColumnType::float64);
    for (const Number& value : values) value ? column.push(*value) : column.push_absent();
    return column;
}

inline Column texts(const char* name, const std::vector<Text>& values) {
    Column column(name, ColumnType::text);
    for (const Text& value : values) {
        value ? column.push(std::string_view(*value)) : column.push_absent();
    }
    return column;
}

inline Column counts(const char* name, const Offsets& values) {
    Column column(name, ColumnType::int64);
    for (const std::int64_t value : values) column.push(value);
    return column;
}

/// Records with the given numbers, "r0", "r1", … by name, of one currency.
inline Table records(const Offsets& record_numbers, std::vector<Column> more = {}) {
    std::vector<Text> names;
    for (std::size_t i = 0; i < record_numbers.size(); ++i)
        names.push_back("r" + std::to_string(i));
    Table table;
    table.columns.push_back(counts("record", record_numbers));
    table.columns.push_back(texts("source_record_id", names));
    table.columns.push_back(texts("currency", std::vector<Text>(names.size(), "EUR")));
    for (Column& column : more) table.columns.push_back(std::move(column));
    return table;
}

inline Table list(const Offsets& owners, std::vector<Column> more = {}) {
    Table table;
    table.columns.push_back(counts("record", owners));
    table.columns.push_back(counts("element", Offsets(owners.size())));
    for (Column& column : more) table.columns.push_back(std::move(column));
    return table;
}

}  // namespace seawall::debt::fixture
