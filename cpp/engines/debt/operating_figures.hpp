#pragma once

#include <cstdint>
#include <vector>

#include "engines/debt/book.hpp"
#include "engines/debt/book_tables.hpp"

namespace seawall::debt {

/// What each record's obligor has of it, all of shape (record_count,), in the order of the book, in
/// its currency. Flows are of a year.
struct OperatingFigures {
    std::vector<double> revenue;  ///< or income as one figure where that is above 0
    std::vector<double> costs;
    std::vector<double> losses;  ///< income as one figure below 0, its sign taken off
    std::vector<std::uint8_t> income_known;
    std::vector<double> cash;
    std::vector<double> unencumbered_assets_value;
};

/// Income is the first of net cash flow, net operating income, EBITDA, and revenue less operating
/// expenses; costs are what it leaves of a stated revenue, and without one income is one figure. Of
/// collateral that a record shares, it has the same share of the income; where that share is
/// withheld, its income is the stated coverage ratio times its own debt service of a year. Throws
/// Error(invalid_input) with a place such as "cash[17]" (by record).
OperatingFigures read_operating_figures(const BookTables& tables, const Book& book);

}  // namespace seawall::debt
