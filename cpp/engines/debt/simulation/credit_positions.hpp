#pragma once

#include "engines/debt/book.hpp"
#include "engines/debt/book_tables.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// What a simulation reads of a book, one row a position (an instrument, or a record without any):
/// record, source_record_id, source_system, element, obligor (index into the book's), obligor_id
/// and obligor_system, the source system of a record that names no obligor and stands for itself,
/// "" of one that does; exposure, collateral_value and recovery_value in the book's currency
/// (collateral absent where none is stated or it is withheld); probability_of_default_pct and
/// loss_given_default_pct, absent where neither the instrument nor its record states them; and the
/// texts that tell factors apart: sector, rating, collateral_type, collateral_region and currency,
/// "" where a record has none. Throws as measure_exposure does.
Table credit_position_table(const BookTables& tables, const Book& book);

}  // namespace seawall::debt
