#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engines/debt/covenant.hpp"
#include "engines/debt/loan_terms.hpp"

namespace seawall::debt {

/// What each covenant keeps where an amendment says nothing of it.
constexpr std::array<double, covenant_count> kept_limits() {
    std::array<double, covenant_count> limits{};
    limits.fill(std::numeric_limits<double>::quiet_NaN());
    return limits;
}

/// What lender and borrower agree anew of one position on the first day.
struct Amendment {
    std::size_t position = 0;  ///< row of the book
    /// The maturity moves, and so does an anticipated repayment date that is still to come: it says
    /// when the loan is expected to be repaid, which is what they put off.
    std::int32_t extension_months = 0;
    double rate_change_pct = 0.0;     ///< percentage points, of fixed debt
    double spread_change_pct = 0.0;   ///< percentage points, of floating debt
    double equitised_fraction = 0.0;  ///< becomes equity: every amount owed shrinks by it
    /// Of the position's record, as plain ratios; NaN: as it was.
    std::array<double, covenant_count> limits = kept_limits();
};

/// Changes the terms of a book, in its order. A stated payment of an annuity holds for its rate
/// only: with another rate it is computed anew. An amendment of nothing changes no bit. Throws
/// Error(invalid_input) with a place such as "amendments[1].position" where a change has no meaning
/// for the position, or two are of one.
void amend(std::span<const Amendment> amendments, Day as_of, LoanTerms& terms);

/// Changes the limits of a book, in its order; `record_of_position` likewise. Two amendments of one
/// record may not set one limit.
void amend_limits(std::span<const Amendment> amendments,
                  std::span<const std::size_t> record_of_position, Covenant covenant,
                  std::vector<double>& limits);

}  // namespace seawall::debt
