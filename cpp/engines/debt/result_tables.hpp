#pragma once

#include <span>
#include <string>

#include "engines/debt/book.hpp"
#include "engines/debt/types.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// What the tables of one run are made of. Views: the caller keeps all of it.
struct ResultView {
    const Table& records;  ///< the dataset's normalised records, for their names
    const Book& book;
    const Exposure& exposure;
    const StressResult& stress;
    std::span<const std::string> scenario_ids;
};

/// One row a record: source keys, exposure figures, and per scenario "loss:<id>".
Table record_table(const ResultView& view);
/// One row a position (an instrument, or a record without any), with its share of the record's
/// losses.
Table position_table(const ResultView& view);
/// One row an obligor, summed over its records.
Table obligor_table(const ResultView& view);

}  // namespace seawall::debt
