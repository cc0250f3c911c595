#include "engines/debt/simulation/fixed_losses.hpp"

#include <bit>

#include "engines/debt/simulation/position_checks.hpp"
#include "errors/error.hpp"

namespace seawall::debt {

FixedLosses::FixedLosses(const FixedLossColumns& positions)
    : obligor_count_(positions.obligor_count),
      obligor_row_(positions.obligor_row.begin(), positions.obligor_row.end()),
      loss_minor_(positions.loss_minor.begin(), positions.loss_minor.end()) {
    if (obligor_row_.size() != loss_minor_.size()) {
        throw Error(ErrorCode::invalid_input, "positions.obligor_row",
                    "must have a value for each position");
    }
    check_position_rows(obligor_row_, obligor_count_);
    check_position_amounts(loss_minor_, "loss_minor");
}

void FixedLosses::add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                             std::span<std::int64_t> position_minor) const {
    check_mask_count(block.masks.size(), obligor_count_);
    for (std::size_t position = 0; position < loss_minor_.size(); ++position) {
        for (unsigned mask = block.masks[obligor_row_[position]]; mask != 0; mask &= mask - 1) {
            const auto s = static_cast<std::size_t>(std::countr_zero(mask));
            total_minor[s] += loss_minor_[position];
            if (position_minor.empty()) continue;
            position_minor[position * block_scenarios + s] += loss_minor_[position];
        }
    }
}

}  // namespace seawall::debt
