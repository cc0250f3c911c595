#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "engines/debt/book.hpp"
#include "engines/debt/loss_row.hpp"
#include "engines/debt/types.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// What the tables of one run are made of. Views: the caller keeps all of it.
struct ResultView {
    const Table& records;  ///< the book's normalised records, for their names
    RunView run;
    std::span<const std::string> scenario_ids;
    std::span<const std::size_t> shown;  ///< the scenarios whose losses a table has
};

/// One row a record: source keys, exposure figures, and per scenario "loss:<id>". A converted
/// book's have also the currency, its rate, and the total in it. Shortfall and coverage are absent
/// where collateral is withheld.
Table record_table(const ResultView& view);
/// One row a position (an instrument, or a record without any), with its share of the record's
/// losses.
Table position_table(const ResultView& view);
/// One row an obligor, summed over its records.
Table obligor_table(const ResultView& view);
/// One row a scenario and segment: scenario_id, segment, what distinguishes the segment ("" where
/// its records do not say), record_count, its loss under the scenario, and its total and collateral
/// before it.
Table segment_loss_table(const ResultView& view);

/// The records that share their collateral: record, source_record_id, basis, share (absent where
/// withheld), stated_value and counted_value.
Table shared_collateral_table(const Table& records, const Book& book);

}  // namespace seawall::debt
