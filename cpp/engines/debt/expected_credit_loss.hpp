#pragma once

#include <span>
#include <vector>

namespace seawall::debt {

/// One exposure over the years ahead. A default falls on the end of a year.
struct CreditLossTerms {
    std::span<const double> hazards;    ///< probability of default in a year after surviving to it
    std::span<const double> exposures;  ///< at default in that year; of the same length
    double loss_given_default = 0.0;    ///< fraction
    double effective_interest_rate = 0.0;  ///< a year, > -1
};

struct ExpectedCreditLoss {
    std::vector<double> by_year;
    double lifetime = 0.0;
    double twelve_months = 0.0;  ///< the part of defaults in the first year; 0 without years
};

/// Expected credit losses of IFRS 9, 5.5.17 and B5.5.28: in year t, survival to t · hazard ·
/// exposure · loss given default, discounted by t years at the effective interest rate. Throws
/// Error(invalid_input) on columns of different lengths, fractions outside 0 .. 1 and exposures
/// that are negative.
ExpectedCreditLoss expected_credit_loss(const CreditLossTerms& terms);

}  // namespace seawall::debt
