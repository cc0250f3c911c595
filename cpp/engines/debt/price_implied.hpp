#pragma once

#include <cstddef>
#include <optional>

#include "engines/debt/claim_recovery.hpp"
#include "engines/debt/contract_calendar.hpp"
#include "engines/debt/implied_default_probability.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/recovery_timing.hpp"

namespace seawall::debt {

struct PricedPosition {
    std::size_t position = 0;  ///< row of the path order
    double price = 0.0;        ///< with accrued interest
    ClaimRecovery recovery_rate;
};

/// The default probability that explains a price, by the position's contractual payments. A default
/// falls on the middle of a year after the first day, in a life of half a year or less on its
/// middle, and recovers of the balance of that day. Nothing where the recovery is not known, the
/// price is 0, or the position states no maturity after the first day.
std::optional<ImpliedDefaultProbability> price_implied(const PathBook& book,
                                                       const ContractCalendar& contract,
                                                       const PricedPosition& priced,
                                                       const RecoveryTiming& timing,
                                                       double risk_free_rate_pct);

}  // namespace seawall::debt
