#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/covenant.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/path_case.hpp"
#include "engines/debt/path_tile.hpp"
#include "engines/debt/step_figures.hpp"
#include "numeric/buffer.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// Limits for records that state none of their own, as plain ratios; NaN: none.
using DefaultLimits = std::array<double, covenant_count>;

struct CovenantSettings {
    DefaultLimits limits;
    int cure_months = 0;
    int reset_step = 0;  ///< from this step on the next hold for every record; 0: never
    DefaultLimits reset_limits;
};

struct PathSettings {
    PathTerms terms;
    CovenantSettings covenants;
};

/// What became of each position, all of shape (position_count,) in path order: sums over the steps,
/// and levels at the end of the last one, in the segment's worth of the first day.
struct PositionPaths {
    Buffer<double> interest_due, interest_paid, principal_paid, maturity_due, maturity_paid;
    Buffer<double> prepaid, defaulted;  ///< empty where neither is assumed
    Buffer<double> balance, interest_arrears;
    /// What is owed at the obligor's default, or at the end without one, in the book's currency.
    Buffer<double> claim;
};

/// What stands behind each record at that time, all of shape (record_count,) in path order.
struct RecordPaths {
    Buffer<double> collateral_value;  ///< NaN where not known
    Buffer<double> free_assets;       ///< recovery of distressed assets, and unencumbered assets
};

/// What became of each obligor, all of shape (obligor_count,) in path order, in the book's
/// currency.
struct ObligorPaths {
    Buffer<std::int32_t> default_step;   ///< 0: none
    Buffer<std::int32_t> runway_months;  ///< −1: beyond the horizon
    Buffer<std::uint8_t> capacity_known;
    Buffer<double> operating_shortfall, debt_service_shortfall, refinancing_shortfall;
    Buffer<double> cash, lowest_cash;
    Buffer<double> annual_income;  ///< of the last steps before default or end; NaN: not known
};

/// A book under one case.
struct CasePaths {
    std::vector<StepFigures> steps;  ///< (month_count,)
    PositionPaths positions;
    ObligorPaths obligors;
    CovenantPaths covenants;  ///< records in path order
    RecordPaths records;
    std::vector<Maturity> maturities;           ///< by tile, then step
    std::vector<std::size_t> maturity_offsets;  ///< into them, (tile_count + 1,)
};

/// The limit of each record, its own or the caller's, (covenant_count, record_count) as in
/// CovenantPaths; NaN: none. The same in every case.
Buffer<double> covenant_limits(const PathBook& book, const CovenantSettings& settings);

/// Lets a book run through the horizon under a case. `limits` are those of the settings. Same bits
/// on any thread count. Throws what the parts throw and Error(cancelled). The columns are of the
/// memory, if any.
CasePaths run_paths(const PathBook& book, const PathCase& path_case, const PathSettings& settings,
                    const Buffer<double>& limits, const ParallelOptions& options,
                    std::pmr::memory_resource* memory = nullptr);

}  // namespace seawall::debt
