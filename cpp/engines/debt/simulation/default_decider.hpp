#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_block.hpp"
#include "engines/debt/simulation/default_variants.hpp"
#include "engines/debt/simulation/obligor_groups.hpp"
#include "engines/debt/simulation/systematic_states.hpp"

namespace seawall::debt {

/// Thresholds of the places of groups, where they are not the groups' own.
struct GroupThresholds {
    std::span<const double> exact;   ///< A, of shape (group, 8)
    std::span<const float> rounded;  ///< the same
    std::span<const float> largest;  ///< |A| at most, a group each
};

/// Decides tiles of obligors under blocks of scenarios: by a kernel, then the canonical rule. It
/// keeps memory between calls, so that each thread needs its own.
class DefaultDecider {
  public:
    /// The groups and the states must live as long.
    DefaultDecider(const ObligorGroups& groups, const SystematicStates& states, std::uint64_t seed,
                   InstructionSet set);

    /// Of the tile from `first_group`, adds to the losses of a block's scenarios; unless
    /// `defaults`, of shape (group, 8), is null: then sets bits of it instead.
    void decide(std::size_t first_group, std::size_t block, std::int64_t* loss_sum,
                std::uint16_t* defaults);

    /// By other thresholds: sets bits of `defaults`, of shape (group of the tile, 8).
    void decide(std::size_t first_group, std::size_t block, const GroupThresholds& thresholds,
                std::uint16_t* defaults);

  private:
    void decide(std::size_t first_group, std::size_t block, const GroupThresholds& thresholds,
                std::int64_t* loss_sum, std::uint16_t* defaults);
    bool decide_open(const OpenLane& lane, std::size_t first_place, std::size_t block,
                     double threshold) const;

    const ObligorGroups& groups_;
    const SystematicStates& states_;
    std::uint64_t seed_;
    std::size_t (*decide_block_)(const DefaultBlock&);
    float table_error_;
    float float_error_;
    std::vector<StreamWords> stream_;
    std::unique_ptr<OpenLane[]> open_lanes_;
};

}  // namespace seawall::debt
