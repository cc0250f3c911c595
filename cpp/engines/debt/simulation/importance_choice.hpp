#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engines/debt/simulation/importance.hpp"
#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::debt {

/// What a pilot needs of a book: the losses of a range, by whichever rule they are made.
using LossesOfRange = std::function<std::vector<std::int64_t>(const SimulationRange&)>;

/// A search for a shift, of the seed and at the level of the run that follows.
struct ShiftSearch {
    std::uint64_t seed = 0;
    ConfidenceLevel level;
    std::size_t pilot_scenarios = 8192;  ///< of each round; a multiple of 8
};

/// Scenarios of pilots begin here: no run shares their draws.
inline constexpr std::uint64_t first_pilot_scenario = std::uint64_t{1} << 63U;

/// μ and θ with which losses at the level are frequent: those of all shifts that come nearest to
/// the distribution of the plain state given a loss in the tail (the cross-entropy method, R. Y.
/// Rubinstein, D. P. Kroese, "The Cross-Entropy Method", 2004, 3.2): the mean of z, and θ from the
/// mean of W. Rounds go to the level in steps of ten, each under the shift before. In multiples of
/// 2⁻¹⁰, so that few digits say them; the same bits on any machine. Where large losses have
/// several distant causes one shift may do harm: what would raise the variance of the tail of the
/// first, plain round is shortened, to nothing if need be. Throws Error(invalid_input) at "level"
/// and "pilot_scenarios", and what the losses throw.
ImportanceShift choose_importance_shift(const ObligorGroups& groups, const LossesOfRange& losses_of,
                                        const ShiftSearch& search, const ParallelOptions& parallel);

}  // namespace seawall::debt
