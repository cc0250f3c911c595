#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/debt/book.hpp"
#include "engines/debt/book_tables.hpp"
#include "engines/debt/record_columns.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// Which rows of the normalised tables each position of a book is, by rising record.
struct PositionRows {
    std::vector<std::size_t> record;       ///< (position_count,)
    std::vector<std::int64_t> instrument;  ///< (position_count,); −1 where the record is it

    explicit PositionRows(const Book& book);
    std::size_t count() const { return record.size(); }
};

/// Whether an instrument that does not state a term has its record's. Amounts are never inherited:
/// a record's is that of all its instruments.
enum class Inherit : bool { no, yes };

/// A cell of each position.
class PositionColumn {
  public:
    PositionColumn(const BookTables& tables, const PositionRows& rows, std::string_view name,
                   ColumnType type, Inherit inherit = Inherit::yes)
        : rows_(&rows),
          inherit_(inherit),
          of_record_(find_column(*tables.records, name, type)),
          of_instrument_(tables.instruments == nullptr
                             ? nullptr
                             : find_column(*tables.instruments, name, type)) {}

    std::optional<double> number(std::size_t position) const {
        const auto [column, row] = cell(position);
        return column == nullptr ? std::nullopt : std::optional(column->float64()[row]);
    }
    std::optional<std::int64_t> integer(std::size_t position) const {
        const auto [column, row] = cell(position);
        return column == nullptr ? std::nullopt : std::optional(column->int64()[row]);
    }
    std::optional<std::chrono::sys_days> day(std::size_t position) const {
        const auto [column, row] = cell(position);
        if (column == nullptr) return std::nullopt;
        const std::chrono::days since_epoch{column->dates()[row].days_since_epoch};
        return std::chrono::sys_days{since_epoch};
    }
    std::optional<std::string_view> text(std::size_t position) const {
        const auto [column, row] = cell(position);
        return column == nullptr ? std::nullopt : std::optional(column->text()[row]);
    }

  private:
    struct Cell {
        const Column* column;  ///< null where neither row states it
        std::size_t row;
    };

    Cell cell(std::size_t position) const {
        if (rows_->instrument[position] >= 0) {
            const auto row = static_cast<std::size_t>(rows_->instrument[position]);
            if (of_instrument_ != nullptr && of_instrument_->is_present(row)) {
                return {of_instrument_, row};
            }
            if (inherit_ == Inherit::no) return {nullptr, row};
        }
        const std::size_t row = rows_->record[position];
        const bool stated = of_record_ != nullptr && of_record_->is_present(row);
        return {stated ? of_record_ : nullptr, row};
    }

    const PositionRows* rows_;
    Inherit inherit_;
    const Column* of_record_;
    const Column* of_instrument_;
};

}  // namespace seawall::debt
