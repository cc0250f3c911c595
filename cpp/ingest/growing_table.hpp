#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "table/column.hpp"

namespace seawall::ingest {

/// A table that is filled row by row. An absent cell costs nothing before a later row has a value
/// of its column, and a column that no row has a cell of is dropped at the end: a profile names far
/// more fields than a tape has.
class GrowingTable {
  public:
    enum class Keep { always, when_met };

    void add_column(std::string name, ColumnType type, Keep keep);

    std::size_t row_count() const { return row_count_; }

    /// Gives the row at hand a value; a column that is given none has an absent cell there.
    template <typename Value>
    void push(std::size_t column, Value value) {
        fill_up(column);
        columns_[column].push(value);
        meet(column);
    }
    /// The column is kept: the source has a cell of it, whether or not it has a value.
    void meet(std::size_t column) { is_kept_[column] = 1; }
    void end_row() { ++row_count_; }

    /// Appends the rows of a table of the same columns.
    void append(const GrowingTable& next);

    Table finish() &&;

  private:
    /// Gives the rows that ended since the column's last value their absent cells.
    void fill_up(std::size_t column) {
        while (columns_[column].size() < row_count_) columns_[column].push_absent();
    }

    std::vector<Column> columns_;
    std::vector<std::uint8_t> is_kept_;
    std::size_t row_count_ = 0;
};

}  // namespace seawall::ingest
