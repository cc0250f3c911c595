#include "engines/debt/simulation/fixed_losses.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "engines/debt/simulation/position_checks.hpp"
#include "errors/error.hpp"

namespace seawall::debt {

FixedLosses::FixedLosses(const FixedLossColumns& positions)
    : FixedLosses(positions, std::optional<DefaultQuarters>()) {}

FixedLosses::FixedLosses(const FixedLossColumns& positions, DefaultQuarters quarters)
    : FixedLosses(positions, std::optional(std::move(quarters))) {}

FixedLosses::FixedLosses(const FixedLossColumns& positions, std::optional<DefaultQuarters> quarters)
    : quarters_(std::move(quarters)),
      obligor_count_(positions.obligor_count),
      obligor_row_(positions.obligor_row.begin(), positions.obligor_row.end()),
      loss_minor_(positions.loss_minor.begin(), positions.loss_minor.end()) {
    if (quarters_ && quarters_->obligors().obligor_count() != obligor_count_) {
        throw Error(ErrorCode::invalid_input, "quarters", "must be of the positions' obligors");
    }
    const std::size_t quarter_count = quarters_ ? quarters_->quarter_count() : 1;
    if (loss_minor_.size() != obligor_row_.size() * quarter_count) {
        throw Error(ErrorCode::invalid_input, "positions.loss_minor",
                    "must have a value for each position and quarter");
    }
    check_position_rows(obligor_row_, obligor_count_);
    check_position_amounts(loss_minor_, quarter_count, "loss_minor");
    if (quarters_) by_obligor_ = positions_by_obligor(obligor_row_, obligor_count_);
}

void FixedLosses::add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                             std::span<std::int64_t> position_minor) const {
    check_mask_count(block.masks.size(), obligor_count_);
    if (quarters_) {
        add_by_quarter(*quarters_, block, total_minor, position_minor);
        return;
    }
    for (std::size_t position = 0; position < loss_minor_.size(); ++position) {
        for (unsigned mask = block.masks[obligor_row_[position]]; mask != 0; mask &= mask - 1) {
            const auto s = static_cast<std::size_t>(std::countr_zero(mask));
            total_minor[s] += loss_minor_[position];
            if (position_minor.empty()) continue;
            position_minor[position * block_scenarios + s] += loss_minor_[position];
        }
    }
}

void FixedLosses::add_by_quarter(const DefaultQuarters& quarters, const DefaultedBlock& block,
                                 std::span<std::int64_t> total_minor,
                                 std::span<std::int64_t> position_minor) const {
    if (quarters.are_many(block.masks)) {
        add_of_many(quarters, block, total_minor, position_minor);
        return;
    }
    std::array<std::uint8_t, most_lanes> quarter;
    LaneProducts products(quarters.obligors().factor_count);
    visit_lanes(block.masks, by_obligor_, [&](std::span<const DefaultedLane> lanes) {
        products.set(quarters.obligors(), block, lanes);
        quarters.find(block, lanes, products, quarter);
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            const auto [row, s] = lanes[i];
            for (std::uint32_t j = by_obligor_.first[row]; j < by_obligor_.first[row + 1]; ++j) {
                const std::size_t position = by_obligor_.position[j];
                const std::int64_t loss =
                    loss_minor_[position * quarters.quarter_count() + quarter[i]];
                total_minor[s] += loss;
                if (position_minor.empty()) continue;
                position_minor[position * block_scenarios + s] += loss;
            }
        }
    });
}

/// All lanes, in the same steps: those that do not default lose 0.
void FixedLosses::add_of_many(const DefaultQuarters& quarters, const DefaultedBlock& block,
                              std::span<std::int64_t> total_minor,
                              std::span<std::int64_t> position_minor) const {
    const std::size_t quarter_count = quarters.quarter_count();
    std::vector<std::uint8_t> quarter(obligor_count_ * block_scenarios);
    quarters.find_all(block, quarter);
    std::array<std::int64_t, block_scenarios> totals{};
    std::array<std::int64_t, max_quarters + 1> loss;
    for (std::size_t position = 0; position < obligor_row_.size(); ++position) {
        if (block.masks[obligor_row_[position]] == 0) continue;
        std::copy_n(loss_minor_.data() + position * quarter_count, quarter_count, loss.data());
        loss[quarter_count] = 0;
        const std::uint8_t* const of_lane =
            quarter.data() + obligor_row_[position] * block_scenarios;
        for (std::size_t s = 0; s < block_scenarios; ++s) totals[s] += loss[of_lane[s]];
        if (position_minor.empty()) continue;
        for (std::size_t s = 0; s < block_scenarios; ++s) {
            position_minor[position * block_scenarios + s] += loss[of_lane[s]];
        }
    }
    for (std::size_t s = 0; s < block.count; ++s) total_minor[s] += totals[s];
}

}  // namespace seawall::debt
