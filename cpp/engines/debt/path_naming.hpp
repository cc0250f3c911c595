#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engines/debt/path_tables.hpp"
#include "engines/debt/table_writer.hpp"

namespace seawall::debt {

/// Where each row of the book is in the path order.
inline std::vector<std::uint32_t> path_rows(const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> rows(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) rows[order[i]] = static_cast<std::uint32_t>(i);
    return rows;
}

/// Which record of the book something is of, by the columns that name it.
template <class Record>
void name_records(const CaseView& view, const Record& record, TableWriter& table) {
    const auto& numbers = view.records.find("record")->int64();
    const auto& ids = view.records.find("source_record_id")->text();
    table.integers("record", [&](std::size_t i) { return numbers[record(i)]; });
    table.texts("source_record_id", [&](std::size_t i) { return ids[record(i)]; });
    table.texts("obligor_id", [&](std::size_t i) -> const std::string& {
        return view.book.obligors[static_cast<std::size_t>(view.book.obligor_of_record[record(i)])];
    });
}

/// Which position something is of, by its row of the path order.
template <class Position>
void name_positions(const CaseView& view, const Position& position, TableWriter& table) {
    const PathOrder& order = view.path_book.order;
    name_records(
        view, [&](std::size_t i) { return order.record[order.record_of_position[position(i)]]; },
        table);
    table.integers("element", [&](std::size_t i) -> std::optional<std::int64_t> {
        const std::int64_t instrument = view.path_book.instrument_of_position[position(i)];
        if (instrument < 0) return std::nullopt;
        return view.book.instrument_element[static_cast<std::size_t>(instrument)];
    });
}

}  // namespace seawall::debt
