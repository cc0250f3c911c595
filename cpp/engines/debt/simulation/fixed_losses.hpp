#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/loss_rule.hpp"

namespace seawall::debt {

/// Positions whose losses at default are fixed, as columns of shape (position_count,). Views.
struct FixedLossColumns {
    std::size_t obligor_count = 0;
    std::span<const std::uint32_t> obligor_row{};  ///< whose default it is
    std::span<const std::int64_t> loss_minor{};    ///< at default, in minor units, >= 0
};

/// Each position loses the same in every default of its obligor.
class FixedLosses final : public LossRule {
  public:
    /// Throws Error(invalid_input) on ragged columns and values out of range, and
    /// Error(limit_exceeded) where the sum of the losses passes 2⁶² minor units.
    explicit FixedLosses(const FixedLossColumns& positions);

    std::size_t position_count() const override { return loss_minor_.size(); }
    void add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                    std::span<std::int64_t> position_minor) const override;

  private:
    std::size_t obligor_count_;
    std::vector<std::uint32_t> obligor_row_;
    std::vector<std::int64_t> loss_minor_;
};

}  // namespace seawall::debt
