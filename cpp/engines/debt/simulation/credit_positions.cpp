#include "engines/debt/simulation/credit_positions.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engines/debt/exposure.hpp"
#include "engines/debt/position_columns.hpp"
#include "engines/debt/record_columns.hpp"
#include "engines/debt/table_writer.hpp"
#include "numeric/special_values.hpp"

namespace seawall::debt {
namespace {

bool collateral_is_known(const Book& book, std::size_t record, double collateral) {
    if (!book.collateral_withheld.empty() && book.collateral_withheld[record] != 0) return false;
    return book.collateral_given[record] != 0 || collateral > 0.0;
}

}  // namespace

Table credit_position_table(const BookTables& tables, const Book& book) {
    const Exposure exposure = measure_exposure(book.columns(), {.detail = Detail::positions});
    const PositionExposure& figures = exposure.positions;
    const PositionRows rows(book);
    const std::span<const std::int64_t> record_number = tables.records->find("record")->int64();
    TableWriter table(rows.count());
    table.integers("record", [&](std::size_t i) { return record_number[rows.record[i]]; });
    table.texts("source_record_id", [&](std::size_t i) {
        return tables.records->find("source_record_id")->text()[rows.record[i]];
    });
    table.texts("source_system", [&](std::size_t i) {
        return tables.records->find("source_system")->text()[rows.record[i]];
    });
    table.integers("element", [&](std::size_t i) -> std::optional<std::int64_t> {
        if (rows.instrument[i] < 0) return std::nullopt;
        return book.instrument_element[static_cast<std::size_t>(rows.instrument[i])];
    });
    const auto obligor = [&](std::size_t i) { return book.obligor_of_record[rows.record[i]]; };
    table.integers("obligor", obligor);
    table.texts("obligor_id",
                [&](std::size_t i) { return book.obligors[static_cast<std::size_t>(obligor(i))]; });
    const Column* named = find_column(*tables.records, "obligor_id", ColumnType::text);
    table.texts("obligor_system", [&](std::size_t i) -> std::string_view {
        const std::size_t row = rows.record[i];
        if (named != nullptr && named->is_present(row)) return "";
        return tables.records->find("source_system")->text()[row];
    });
    table.numbers("exposure", [&](std::size_t i) { return figures.principal[i]; });
    table.numbers("collateral_value", [&](std::size_t i) {
        const double value = figures.collateral_value[i];
        return collateral_is_known(book, rows.record[i], value) ? value : unknown;
    });
    const auto& recovery = exposure.records.distressed_asset_recovery;
    table.numbers("recovery_value",
                  [&](std::size_t i) { return recovery[rows.record[i]] * figures.share[i]; });
    for (const char* name : {"probability_of_default_pct", "loss_given_default_pct"}) {
        const PositionColumn column(tables, rows, name, ColumnType::float64);
        table.numbers(name, [&](std::size_t i) { return column.number(i).value_or(unknown); });
    }
    for (const char* name :
         {"sector", "rating", "collateral_type", "collateral_region", "currency"}) {
        const PositionColumn column(tables, rows, name, ColumnType::text);
        table.texts(name, [&](std::size_t i) { return column.text(i).value_or(""); });
    }
    return table.take();
}

}  // namespace seawall::debt
