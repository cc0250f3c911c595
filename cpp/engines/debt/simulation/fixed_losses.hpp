#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_quarters.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/positions_by_obligor.hpp"

namespace seawall::debt {

/// Positions whose losses at default are fixed, as columns of shape (position_count,) but where
/// noted. Views: the caller keeps them alive until the rule is made.
struct FixedLossColumns {
    std::size_t obligor_count = 0;
    std::span<const std::uint32_t> obligor_row{};  ///< whose default it is
    /// At default in minor units, >= 0; of shape (position_count, quarter_count) with quarters.
    std::span<const std::int64_t> loss_minor{};
};

/// Each position loses the same in every default of its obligor, or in every one in a quarter.
class FixedLosses final : public LossRule {
  public:
    /// Throws Error(invalid_input) on ragged columns and values out of range, and
    /// Error(limit_exceeded) where the losses can add up to more than 2⁶² minor units.
    explicit FixedLosses(const FixedLossColumns& positions);

    /// With losses by the quarter of default.
    FixedLosses(const FixedLossColumns& positions, DefaultQuarters quarters);

    std::size_t position_count() const override { return obligor_row_.size(); }
    const DefaultQuarters* default_quarters() const override {
        return quarters_ ? &*quarters_ : nullptr;
    }
    void add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                    std::span<std::int64_t> position_minor) const override;

  private:
    FixedLosses(const FixedLossColumns& positions, std::optional<DefaultQuarters> quarters);
    void add_by_quarter(const DefaultQuarters& quarters, const DefaultedBlock& block,
                        std::span<std::int64_t> total_minor,
                        std::span<std::int64_t> position_minor) const;
    void add_of_many(const DefaultQuarters& quarters, const DefaultedBlock& block,
                     std::span<std::int64_t> total_minor,
                     std::span<std::int64_t> position_minor) const;

    std::optional<DefaultQuarters> quarters_;
    std::size_t obligor_count_;
    std::vector<std::uint32_t> obligor_row_;
    std::vector<std::int64_t> loss_minor_;
    PositionsByObligor by_obligor_;  ///< with quarters
};

}  // namespace seawall::debt
