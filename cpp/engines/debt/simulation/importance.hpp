#pragma once

#include <cstdint>
#include <vector>

#include "engines/debt/simulation/default_simulation.hpp"

namespace seawall::debt {

/// Weights are integers of 2⁻²⁴, so that their sums are exact in any order.
inline constexpr unsigned weight_bits = 24;
inline constexpr std::uint32_t unit_weight = std::uint32_t{1} << weight_bits;

/// How much more likely the plain draw gives a state than the mixture of one plain scenario in
/// eight and seven shifted ones does (T. Hesterberg, "Weighted Average Importance Sampling and
/// Defensive Mixture Distributions", 1995), rounded half to even:
/// 1 / (⅛ + ⅞·exp(μ'z − |μ|²/2)·(1 + 2θ)^(ν/2)·e^(−θW)), at most 8.
std::uint32_t importance_weight(const ImportanceShift& shift, const MixingVariable& mixing,
                                const ScenarioState& state);

/// The weight of each scenario of a range; unit_weight unless by importance sampling. Same bits on
/// any thread count and split. Throws as check of the sampling, and Error(cancelled).
std::vector<std::uint32_t> scenario_weights(const ObligorGroups& groups,
                                            const SimulationRange& range,
                                            const ParallelOptions& parallel);

}  // namespace seawall::debt
