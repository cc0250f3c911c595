#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::debt {

/// How unevenly money is spread over obligors: exposures, or whole contributions to expected
/// shortfall. Of minor units and so of the same bits in any order of the rows, where
/// measure_concentration is of doubles by group. Shares are of the total, NaN where that is 0.
struct ConcentrationMeasures {
    WideInteger total_minor = 0;
    double herfindahl_index = 0.0;       ///< Σ share², from 1 / obligor_count to 1
    double effective_count = 0.0;        ///< 1 / Σ share²: like obligors as concentrated
    double gini_coefficient = 0.0;       ///< 0 where all are alike, 1 − 1 / count with one alone
    std::vector<std::uint32_t> largest;  ///< rows by falling amount, then by rising row
    double largest_share = 0.0;          ///< of the rows in `largest` together
};

/// Amounts of shape (obligor_count,), >= 0; `largest` has at most `largest_count` rows. Throws
/// Error(invalid_input) at "amount_minor" without one and at "amount_minor[i]" below 0.
ConcentrationMeasures concentration_measures(std::span<const std::int64_t> amount_minor,
                                             std::size_t largest_count);

}  // namespace seawall::debt
