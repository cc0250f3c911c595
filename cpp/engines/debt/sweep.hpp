#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engines/debt/sweep_block.hpp"  // max_sweep_quarters
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_sweep_classes = 65'536;
/// Beyond a factor of a million a driver is a mistake of units.
inline constexpr double largest_driver_factor = 1e6;
/// Rates are fractions a year: ±1000 %.
inline constexpr double largest_driver_rate = 10.0;
/// A limit on loan to value that nothing breaks.
inline constexpr double no_ltv_limit = std::numeric_limits<double>::infinity();

/// Instruments as columns, all of shape (instrument_count,). Views: the caller keeps them alive.
/// Amounts are in the instrument's own currency, rates and shares are fractions.
struct SweepColumns {
    std::span<const double> balance;              ///< >= 0
    std::span<const double> scheduled_principal;  ///< a quarter, >= 0
    std::span<const double> spread;               ///< a year, over the index; the fixed rate, >= 0
    std::span<const double> income;               ///< a quarter; below 0 nothing can be paid
    std::span<const double> collateral_value;     ///< >= 0
    std::span<const double> haircut;              ///< of collateral, in [0, 1]
    std::span<const double> sale_cost;            ///< of collateral after haircut, in [0, 1]
    std::span<const double> prior_claims;         ///< paid from collateral before, >= 0
    std::span<const double> unsecured_recovery;   ///< of what collateral leaves, in [0, 1]
    std::span<const double> dscr_limit;           ///< least income / debt service; 0: none
    std::span<const double> ltv_limit;            ///< most balance / collateral; no_ltv_limit: none

    std::span<const std::int64_t> index_class;       ///< 0: fixed; k: row k − 1 of the index cube
    std::span<const std::int64_t> income_class;      ///< row of the income cube
    std::span<const std::int64_t> collateral_class;  ///< row of the collateral cube
    std::span<const std::int64_t> currency_class;    ///< row of the currency cube

    std::size_t instrument_count() const { return balance.size(); }
};

/// One driver of shape (class_count, quarter_count, scenario_count), scenarios contiguous.
struct DriverCube {
    std::size_t class_count = 0;
    std::span<const double> values;
};

/// What each scenario does to each class in each quarter.
struct SweepScenarios {
    std::size_t quarter_count = 0;
    std::size_t scenario_count = 0;
    DriverCube index;       ///< interest rate index, a fraction a year
    DriverCube income;      ///< factors >= 0
    DriverCube collateral;  ///< factors >= 0
    DriverCube currency;    ///< units of the book's currency for one of the instrument's, >= 0
    std::int64_t minor_units_per_unit = 100;  ///< of the book's currency
};

/// All of shape (quarter_count, scenario_count), scenarios contiguous.
struct SweepResult {
    std::size_t quarter_count = 0;
    std::size_t scenario_count = 0;
    std::vector<std::int64_t> loss_minor;     ///< of the instruments that default in the quarter
    std::vector<std::int64_t> breach_count;   ///< instruments in breach of a covenant
    std::vector<std::int64_t> default_count;  ///< instruments that default in the quarter
};

/// Screens every instrument under every scenario, quarter by quarter (docs/explanation/
/// scenario_sweep.md). Same bits on any instruction set, thread count and chunk: losses are summed
/// in integers. Progress counts instruments. Throws Error(invalid_input) on ragged columns and
/// values out of range, Error(limit_exceeded) on more than max_sweep_quarters or max_scenarios, and
/// where one loss could reach 2^51 minor units or a sum pass int64, and Error(cancelled).
SweepResult sweep(const SweepColumns& loans, const SweepScenarios& scenarios,
                  const ParallelOptions& parallel);

}  // namespace seawall::debt
