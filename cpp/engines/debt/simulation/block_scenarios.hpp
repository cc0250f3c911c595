#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/recovery_units_settlement.hpp"

namespace seawall::debt {

/// Scenarios of a block, in its order.
class BlockScenarios {
  public:
    BlockScenarios(const DefaultedBlock& block, std::span<const std::uint8_t> quarters)
        : asked_(static_cast<std::uint16_t>((1U << block.count) - 1U)) {
        for (unsigned s = 0; s < block.count; ++s) {
            scenarios_[s] = {.seed = block.seed,
                             .scenario = block.states->scenario(block.first + s),
                             .state = block.states->state(block.first + s),
                             .masks = block.masks,
                             .bit = s,
                             .quarters = quarters};
        }
    }
    const RecoveryScenario& operator[](std::size_t s) const { return scenarios_[s]; }

    /// Calls `visit` with each scenario of a mask.
    template <class Visit>
    void visit(std::uint16_t mask, Visit visit) const {
        for (unsigned bits = mask & asked_; bits != 0; bits &= bits - 1) {
            visit(scenarios_[static_cast<std::size_t>(std::countr_zero(bits))]);
        }
    }

  private:
    std::uint16_t asked_;
    std::array<RecoveryScenario, block_scenarios> scenarios_;
};

}  // namespace seawall::debt
