#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_block.hpp"
#include "engines/debt/simulation/default_rule.hpp"
#include "engines/debt/simulation/obligor_columns.hpp"

namespace seawall::debt {

inline constexpr std::uint32_t no_obligor = 0xFFFFFFFF;

/// Obligors as the kernels read them: in groups of eight consecutive slots, ascending. Places of a
/// group whose slot nobody has, or whose obligor is certain to default or not to, have a loss of 0
/// and need no decision.
struct ObligorGroups {
    std::size_t obligor_count = 0;
    std::size_t factor_count = 0;
    std::size_t limb_count = 2;
    MixingVariable mixing{std::numeric_limits<double>::infinity()};  ///< of the thresholds' copula
    std::vector<std::uint32_t> stream_block;                         ///< slot / 8, a group each
    std::vector<double> threshold;                                   ///< A, of shape (group, 8)
    std::vector<float> rounded_threshold;                            ///< the same
    std::vector<float> loading;               ///< b, of shape (group, factor, 8)
    std::vector<float> largest_threshold;     ///< |A| at most, a group each
    std::vector<float> largest_loading;       ///< |b| at most, a group each
    std::vector<std::int64_t> loss_minor;     ///< of shape (group, 8)
    std::vector<std::int16_t> loss_limb;      ///< minus the limbs, of shape (group, 4, limb, 2)
    std::vector<std::uint32_t> row;           ///< of shape (group, 8), or no_obligor
    std::vector<std::uint32_t> certain_rows;  ///< of the obligors that default in any scenario
    std::int64_t certain_loss_minor = 0;      ///< of these

    std::size_t group_count() const { return stream_block.size(); }
    /// b of an obligor by its place in (group, 8).
    void copy_loading(std::size_t place, std::span<float> loading_of_one) const;
    std::uint32_t slot(std::size_t place) const {
        return static_cast<std::uint32_t>(stream_block[place / group_obligors] * group_obligors +
                                          place % group_obligors);
    }
};

/// Throws as check does, and Error(invalid_input) on an obligor with a'Ca >= 1.
ObligorGroups group_obligors_by_slot(const ObligorColumns& obligors, const FactorModel& factors);

}  // namespace seawall::debt
