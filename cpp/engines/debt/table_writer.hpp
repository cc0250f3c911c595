#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "table/column.hpp"

namespace seawall::debt {

/// Makes a table of some rows, column by column, each from what a function of the row gives.
class TableWriter {
  public:
    explicit TableWriter(std::size_t row_count) : row_count_(row_count) {}

    /// What is not finite, unknown or beyond bounds, becomes an absent cell.
    template <class Value>
    void numbers(std::string name, const Value& value) {
        Column& column = add(std::move(name), ColumnType::float64);
        for (std::size_t row = 0; row < row_count_; ++row) {
            const double cell = value(row);
            std::isfinite(cell) ? column.push(cell) : column.push_absent();
        }
    }
    /// Nothing becomes an absent cell.
    template <class Value>
    void integers(std::string name, const Value& value) {
        Column& column = add(std::move(name), ColumnType::int64);
        for (std::size_t row = 0; row < row_count_; ++row) {
            const std::optional<std::int64_t> cell = value(row);
            cell ? column.push(*cell) : column.push_absent();
        }
    }
    template <class Value>
    void texts(std::string name, const Value& value) {
        Column& column = add(std::move(name), ColumnType::text);
        for (std::size_t row = 0; row < row_count_; ++row) {
            column.push(std::string_view(value(row)));
        }
    }
    template <class Value>
    void truths(std::string name, const Value& value) {
        Column& column = add(std::move(name), ColumnType::boolean);
        for (std::size_t row = 0; row < row_count_; ++row) {
            column.push(value(row) ? Truth::yes : Truth::no);
        }
    }
    template <class Value>
    void days(std::string name, const Value& value) {
        Column& column = add(std::move(name), ColumnType::date32);
        for (std::size_t row = 0; row < row_count_; ++row) {
            const std::chrono::sys_days day = value(row);
            column.push(Date{static_cast<std::int32_t>(day.time_since_epoch().count())});
        }
    }

    Table take() { return std::move(table_); }

  private:
    Column& add(std::string name, ColumnType type) {
        return table_.columns.emplace_back(std::move(name), type);
    }

    std::size_t row_count_;
    Table table_;
};

}  // namespace seawall::debt
