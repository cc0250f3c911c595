#pragma once

#include <span>
#include <vector>

#include "engines/debt/debt_paths.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/refinancing_wall.hpp"
#include "numeric/buffer.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// What of a record falls due on one day, and what new debt would repay of it.
struct WallEntry {
    std::uint32_t record = 0;  ///< row of the path order
    Day day = no_day;
    double due = 0.0;  ///< in the book's currency, as the next
    double gap = 0.0;
    RefinancingTest binding = RefinancingTest::none;  ///< none: untested, and no gap
    bool is_in_horizon = false;
    bool is_in_default = false;  ///< of an obligor that has defaulted before: a claim, no maturity
};

/// The maturities of a case over the life of the book, by rising record and day: those of the
/// horizon as they were paid, later ones with their contractual balances and the figures of the
/// last step. A loan that is still to reach its anticipated repayment date stands there, once.
/// Throws Error(cancelled). They are of the memory, if any.
Buffer<WallEntry> wall_entries(const PathBook& book, const PathCase& path_case,
                               const PathSettings& settings, const CasePaths& paths,
                               const Buffer<double>& contractual_balances,
                               const ParallelOptions& options,
                               std::pmr::memory_resource* memory = nullptr);

/// What falls due in a calendar quarter: due = refinanced + gap + untested + in_default.
struct CaseWallQuarter : WallQuarter {
    double in_default = 0.0;  ///< what obligors that have defaulted before would have owed
};

/// Their sums by calendar quarter.
std::vector<CaseWallQuarter> sum_wall(std::span<const WallEntry> entries);

}  // namespace seawall::debt
