#include "engines/debt/record_columns.hpp"

#include <cstddef>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {

const Column* find_column(const Table& table, std::string_view name, ColumnType type) {
    const Column* column = table.find(name);
    if (column != nullptr && column->type() != type) {
        throw Error(ErrorCode::invalid_input, std::string(name), "the column has another type");
    }
    return column;
}

const Column& require_column(const Table& table, std::string_view name, ColumnType type) {
    const Column* column = find_column(table, name, type);
    if (column == nullptr) {
        throw Error(ErrorCode::invalid_input, std::string(name), "the column is missing");
    }
    return *column;
}

std::vector<double> numbers(const Table* table, std::string_view name) {
    if (table == nullptr) return {};
    const Column* column = find_column(*table, name, ColumnType::float64);
    if (column == nullptr) return std::vector<double>(table->row_count());
    std::vector<double> values = column->float64();
    for (std::size_t row = 0; row < values.size() && column->absent_count() > 0; ++row) {
        if (!column->is_present(row)) values[row] = 0.0;
    }
    return values;
}

std::vector<std::uint8_t> presence(const Table& table, std::string_view name) {
    const Column* column = find_column(table, name, ColumnType::float64);
    return column == nullptr ? std::vector<std::uint8_t>(table.row_count()) : column->presence();
}

std::vector<std::int64_t> list_offsets(const Table& records, const Table* list) {
    const auto& numbers_of_records = require_column(records, "record", ColumnType::int64).int64();
    std::vector<std::int64_t> result(numbers_of_records.size() + 1);
    if (list == nullptr) return result;
    const auto& owners = require_column(*list, "record", ColumnType::int64).int64();
    std::size_t row = 0;
    for (std::size_t i = 0; i < numbers_of_records.size(); ++i) {
        result[i] = static_cast<std::int64_t>(row);
        while (row < owners.size() && owners[row] == numbers_of_records[i]) ++row;
    }
    if (row != owners.size()) {
        throw Error(ErrorCode::invalid_input, "record[" + std::to_string(row) + "]",
                    "a list row belongs to no record");
    }
    result.back() = static_cast<std::int64_t>(row);
    return result;
}

}  // namespace seawall::debt
