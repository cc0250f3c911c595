#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_rule.hpp"
#include "numeric/sobol.hpp"

namespace seawall::debt {

/// Independent randomisations of a Sobol sequence: their spread is the error of a run.
inline constexpr std::size_t scramble_count = 32;
/// Scenarios from here on are beyond the points of the scrambles.
inline constexpr std::uint64_t sobol_scenario_count = largest_sobol_point_count * scramble_count;

/// The scrambled Sobol sequences of a seed. Scenario s is point s / 32 of scramble s mod 32, so
/// that any prefix of a run is made of prefixes of all scrambles, and any scenario is found alone.
/// Dimension k is factor k, and the one after the factors is the mixing variable.
class SobolScrambles {
  public:
    SobolScrambles(std::uint64_t seed, std::size_t factor_count);

    std::uint64_t seed() const { return seed_; }
    std::size_t factor_count() const { return scrambles_.front().dimension_count() - 1; }

    /// z of a scenario below sobol_scenario_count; returns √(W/ν).
    double draw(std::uint64_t scenario, const MixingVariable& mixing,
                std::span<double> factor) const;

  private:
    std::uint64_t seed_;
    std::vector<ScrambledSobol> scrambles_;
};

}  // namespace seawall::debt
