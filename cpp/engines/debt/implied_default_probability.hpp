#pragma once

#include <optional>
#include <span>

namespace seawall::debt {

/// What a price is paid for, in amounts and years from the day of the price.
struct PricedClaim {
    std::span<const double> flow_years;     ///< when the contract pays, > 0, rising
    std::span<const double> flows;          ///< of the same length
    std::span<const double> default_years;  ///< one day a year on which a default may fall, rising
    std::span<const double> recoveries;     ///< paid on default that day; of the same length
    double risk_free_rate = 0.0;            ///< a year, compounded yearly, > -1
    double price = 0.0;                     ///< with accrued interest, > 0
};

/// Nothing where no probability explains the price: above the risk-free value, or below what sure
/// default in the first year would leave.
struct ImpliedDefaultProbability {
    /// Of default in each year, seen from today: the same in all of them, their sum at most 1.
    std::optional<double> yearly;
    /// Of default in each year after surviving to it.
    std::optional<double> hazard;
    double risk_free_value = 0.0;
};

/// The default probability at which risk-free discounting of flows and recoveries gives the price
/// (J. C. Hull, "Options, Futures, and Other Derivatives", chapter "Credit Risk"). A default on a
/// day stops the flows of that day and all later ones. Throws Error(invalid_input) on columns of
/// different lengths, values that are not finite, times out of order and rates of -1 or below.
ImpliedDefaultProbability implied_default_probability(const PricedClaim& claim);

}  // namespace seawall::debt
