#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engines/debt/analytic/lattice_distribution.hpp"

namespace seawall::debt {

/// Obligors as columns of shape (obligor_count,), whose default rates move with gamma sectors of
/// mean 1.
struct CreditRiskPlusBook {
    std::span<const double> default_probabilities;  ///< a year, from 0 to 1
    std::span<const double> exposures;              ///< lost on default, > 0
    double unit = 1.0;                              ///< of exposure, > 0
    /// (obligor_count, sector_count) by rows, each from 0 to 1; what a row's sum leaves of 1 moves
    /// with no sector.
    std::span<const double> sector_shares;
    std::span<const double> sector_variances;  ///< (sector_count,), >= 0: 0 does not move
};

struct CreditRiskPlusLoss {
    LatticeDistribution units;   ///< of the banded exposures, until next to no probability is left
    double expected_loss = 0.0;  ///< in the unit of the exposures; banding keeps it
    double standard_deviation = 0.0;           ///< as the units have it
    double unbanded_standard_deviation = 0.0;  ///< as the exposures have it
};

/// The loss distribution of CreditRisk+ (Credit Suisse First Boston, 1997). An exposure is rounded
/// to the nearest number of units, at least 1, its default rate scaled so that its expected loss
/// stays. The recursion adds positive terms alone (H. Haaf, O. Reiss, J. Schoenmakers, "Numerically
/// Stable Computation of CreditRisk+", Journal of Risk 6, 2004). Throws Error(invalid_input) on
/// columns of different lengths and values out of range, Error(limit_exceeded) where the
/// distribution needs more than 100,000 units or no loss has a probability below 1e-290.
CreditRiskPlusLoss credit_risk_plus(const CreditRiskPlusBook& book);

}  // namespace seawall::debt
