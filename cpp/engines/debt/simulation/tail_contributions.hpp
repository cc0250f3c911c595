#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_simulation.hpp"
#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::debt {

/// How often each obligor defaults in the scenarios of a tail, of shape (obligor_count,).
struct TailDefaults {
    std::vector<std::uint32_t> above_count;  ///< in those with L > VaR
    std::vector<std::uint32_t> at_count;     ///< in those with L = VaR
};

/// Adds to counts[i] the bits of masks[i] that are set in `lanes` too: defaults in those scenarios
/// of a block.
void count_defaults(std::span<const std::uint16_t> masks, unsigned lanes,
                    std::span<std::uint32_t> counts);

/// What each position loses in all scenarios of a tail together, of shape (position_count,).
struct TailLosses {
    std::vector<std::int64_t> above_minor;  ///< in those with L > VaR
    std::vector<std::int64_t> at_minor;     ///< in those with L = VaR
};

/// Replays the scenarios of a tail. `loss_minor` are the losses of the range. Integers: the same
/// for any number of threads. Throws Error(invalid_input) where the tail is not of these losses,
/// and Error(cancelled). Progress counts scenarios.
TailDefaults replay_tail(const ObligorGroups& groups, const SimulationRange& range,
                         std::span<const std::int64_t> loss_minor, const TailRisk& tail,
                         const ParallelOptions& parallel);

/// What each obligor adds to expected shortfall (docs/explanation/default_simulation.md, "Tail"):
/// loss · (above + κ · at) / ((1 − α)·S), in minor units; scenarios at VaR count by the share κ
/// that makes the tail as large as 1 − α. In exact rationals they add up to expected shortfall.
std::vector<double> contributions_minor(const TailDefaults& defaults,
                                        std::span<const std::int64_t> loss_minor_at_default,
                                        const TailRisk& tail);

/// The same of positions whose losses vary: (above + κ · at) / ((1 − α)·S).
std::vector<double> contributions_minor(const TailLosses& losses, const TailRisk& tail);

/// The same in whole minor units that add up to expected shortfall, rounded half up: each is
/// rounded down, and the units that are missing go to the largest remainders.
std::vector<std::int64_t> whole_contributions_minor(
    const TailDefaults& defaults, std::span<const std::int64_t> loss_minor_at_default,
    const TailRisk& tail);
std::vector<std::int64_t> whole_contributions_minor(const TailLosses& losses, const TailRisk& tail);

}  // namespace seawall::debt
