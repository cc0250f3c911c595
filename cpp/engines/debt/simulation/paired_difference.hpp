#pragma once

#include <cstdint>
#include <span>

#include "engines/debt/simulation/weighted_tail.hpp"

namespace seawall::debt {

/// What a change does to a book's figures, of the same scenarios before and after, in minor units.
/// Standard errors are of the paired differences, which the common draws make small.
struct PairedDifference {
    double expected_minor = 0.0;  ///< of the mean loss, after less before
    double expected_standard_error_minor = 0.0;
    double es_minor = 0.0;
    double es_standard_error_minor = 0.0;  ///< sd of the differences of (L − VaR)⁺ / ((1 − α)·√S)
};

/// `before` and `after` are the losses of the same scenarios in the same order, the tails theirs at
/// one level. Sums are of blocks in the order of the scenarios. Throws Error(invalid_input) on
/// losses of unlike counts, and on tails that are not of so many at one level.
PairedDifference paired_difference(std::span<const std::int64_t> before,
                                   const TailRisk& tail_before, std::span<const std::int64_t> after,
                                   const TailRisk& tail_after);

/// The same of scenarios that weigh differently; the weights of both must be the same.
PairedDifference paired_difference(const WeightedScenarios& before, const WeightedTail& tail_before,
                                   const WeightedScenarios& after, const WeightedTail& tail_after);

}  // namespace seawall::debt
