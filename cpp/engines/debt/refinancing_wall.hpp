#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/refinancing.hpp"

namespace seawall::debt {

/// The most calendar quarters from the first to the last: a thousand years.
inline constexpr std::size_t max_wall_quarters = 4000;

/// Amounts that fall due, all of shape (maturity_count,). Views: the caller keeps them alive.
struct Maturities {
    std::span<const std::chrono::sys_days> due_date;
    std::span<const double> due;               ///< >= 0, in the book's currency, as the next
    std::span<const double> gap;               ///< refinancing_gap of it, from 0 to due
    std::span<const RefinancingTest> binding;  ///< none: untested, and its gap is 0
};

/// What falls due in one calendar quarter. due = refinanced + gap + untested, but for the rounding
/// of the sums.
struct WallQuarter {
    std::chrono::year year{};
    unsigned quarter = 1;  ///< 1 … 4
    std::int64_t maturity_count = 0;
    double due = 0.0;
    double refinanced = 0.0;  ///< what tested new debt repays
    double gap = 0.0;
    double untested = 0.0;                                     ///< due where no test could be made
    std::array<double, refinancing_test_count> gap_by_test{};  ///< by the test that binds
};

/// The quarters in which something falls due, by rising date. The terms of a quarter are added in
/// the order of the maturities, each sum as ordered_sum does. Throws Error(invalid_input) on ragged
/// spans, Error(limit_exceeded) beyond max_wall_quarters.
std::vector<WallQuarter> refinancing_wall(const Maturities& maturities);

}  // namespace seawall::debt
