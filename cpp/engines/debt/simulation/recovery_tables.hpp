#pragma once

#include "engines/debt/book.hpp"
#include "engines/debt/book_tables.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// Who has claims on what in a book, as a waterfall in a scenario takes it; amounts are in the
/// book's currency, and obligors indices into the book's.
struct RecoveryTables {
    /// One row a position: pool, a row of `pools`, lien_position (0: first), seniority (0: super
    /// senior) and guarantor; pool and guarantor absent where there is none.
    Table positions;
    /// The collateral of a record, or of all records of a collateral group: value, and what names
    /// it: pool_id, the group or the record, and pool_system, the record's source system, "" of a
    /// group.
    Table pools;
    /// One row an obligor: free_assets (cash, unencumbered assets, recoveries from distressed
    /// assets) and parent, absent where there is none.
    Table obligors;
};

/// Collateral that is withheld is in no pool. Throws as make_path_order, read_loan_terms and
/// measure_exposure do.
RecoveryTables recovery_tables(const BookTables& tables, const Book& book);

}  // namespace seawall::debt
