#pragma once

#include <cstddef>

#include "engines/debt/path_tables.hpp"

namespace seawall::debt {

/// What a claim recovers, by when it comes: amounts, or fractions of the claim. NaN: not known,
/// since collateral is withheld.
struct ClaimRecovery {
    double collateral = 0.0;
    double dividends = 0.0;  ///< of its obligor's estate and its guarantor's
};

struct SaleTerms {
    double haircut = 0.0, sale_cost = 0.0;
};

/// What the liquidation pays a position (a row of the path order), in the book's currency.
ClaimRecovery recovered(const CaseView& view, std::size_t position);

/// The same per unit of its claim. A position without one has its part, by balances of the first
/// day, of the record's collateral less haircut and sale cost.
ClaimRecovery recovery_rate(const CaseView& view, std::size_t position, const SaleTerms& sale);

}  // namespace seawall::debt
