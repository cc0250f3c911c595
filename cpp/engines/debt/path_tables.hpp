#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/book.hpp"
#include "engines/debt/case_ratings.hpp"
#include "engines/debt/case_wall.hpp"
#include "engines/debt/debt_paths.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/recovery.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// What the tables of one case are made of. Views: the caller keeps all of it. Rows are in the
/// order of the book; amounts are in its currency; a month is a step, absent where there is none.
struct CaseView {
    const Table& records;  ///< the book's normalised records, for their names
    const Book& book;
    const PathBook& path_book;
    const RecoveryBook& recovery_book;
    std::span<const double> limits;  ///< of covenants, as covenant_limits has them
    const CasePaths& paths;
    const CaseRecovery& recovery;
    std::span<const WallEntry> wall;
    std::span<const RiskRating> ratings;  ///< of records
};

/// One row a month, with the sums of the book by the names of step_figure_names.
Table step_table(const CaseView& view);
/// One row a position: what it paid, what it owes, what it recovers, its risk level and why.
Table loan_path_table(const CaseView& view);
/// One row an obligor: default, runway, shortfalls, cash, what is left of its estate.
Table obligor_path_table(const CaseView& view);
/// One row a record and covenant, where it has a limit or its ratio is known.
Table covenant_table(const CaseView& view);
/// One row a record and day on which something falls due.
Table maturity_table(const CaseView& view);
/// One row a group of connected obligors that settles, and a tier of it with claims.
Table tier_table(const CaseView& view);

}  // namespace seawall::debt
