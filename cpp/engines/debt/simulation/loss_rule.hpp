#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engines/debt/simulation/default_block.hpp"
#include "engines/debt/simulation/systematic_states.hpp"

namespace seawall::debt {

class DefaultQuarters;

/// A block of at most block_scenarios scenarios, of which the defaults are decided.
struct DefaultedBlock {
    const SystematicStates* states = nullptr;
    std::size_t first = 0;  ///< of the states
    std::size_t count = 0;  ///< of scenarios, from first
    std::uint64_t seed = 0;
    std::span<const std::uint16_t> masks;  ///< by obligor row: bit s is scenario first + s
};

/// What defaults cost, scenario by scenario. Pure: may be called from any thread.
class LossRule {
  public:
    virtual ~LossRule() = default;
    /// Of what losses are told apart: positions (instruments), in the book's order.
    virtual std::size_t position_count() const = 0;
    /// Adds each scenario's loss to total_minor[s], s < block.count, and, where `position_minor` is
    /// not empty, each position's to position_minor[position * block_scenarios + s]. No loss is
    /// below 0, and those of a scenario sum up to at most 2⁶².
    virtual void add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                            std::span<std::int64_t> position_minor) const = 0;
    /// When those who default do; null over one period.
    virtual const DefaultQuarters* default_quarters() const { return nullptr; }
};

}  // namespace seawall::debt
