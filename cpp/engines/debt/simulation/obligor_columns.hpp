#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/factor_model.hpp"

namespace seawall::debt {

/// Obligors as columns, of shape (obligor_count,) but where noted. Views: the caller keeps them
/// alive. The order of the rows does not matter to any figure.
struct ObligorColumns {
    /// The obligor's number in an append-only register, which its draws belong to; no two alike.
    std::span<const std::uint32_t> slot;
    /// x of default_thresholds: -infinity never defaults, infinity always.
    std::span<const double> default_threshold;
    std::span<const double> factor_weight;     ///< a, of shape (obligor_count, factor_count)
    std::span<const std::int64_t> loss_minor;  ///< at default, in minor units, >= 0

    std::size_t obligor_count() const { return slot.size(); }
};

/// x = Φ⁻¹(PD) of each probability of default, t_ν⁻¹(PD) under Student's t copula. Throws
/// Error(invalid_input) on one outside [0, 1].
std::vector<double> default_thresholds(std::span<const double> default_probability,
                                       const FactorModel& factors);

/// Φ(Φ⁻¹(PD) + shift) of each: what a macroeconomic path makes of probabilities of default, while
/// the factors stay what they are. 0 and 1 stay. Throws Error(invalid_input) on columns of unlike
/// lengths, a probability outside [0, 1] and a shift that is not finite.
std::vector<double> shifted_default_probabilities(std::span<const double> default_probability,
                                                  std::span<const double> shift);

/// Throws Error(invalid_input) on ragged columns, values out of range and a slot given twice, and
/// Error(limit_exceeded) where the sum of the losses passes 2⁶² minor units. Whether a'Ca < 1 is
/// for who computes b to say.
void check(const ObligorColumns& obligors, const FactorModel& factors);

}  // namespace seawall::debt
