#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_quarters.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/positions_by_obligor.hpp"

namespace seawall::debt {

/// What claims are by the quarter of their default, and what a loss then is worth today. Views.
struct ClaimQuarterColumns {
    std::span<const std::int64_t> amount_minor{};  ///< of shape (position_count, quarter_count)
    std::span<const double> discount_factor{};     ///< of shape (quarter_count,), from 0
};

/// The quarters in which debts of a waterfall fall due.
class ClaimQuarters {
  public:
    /// Copies what it needs; the obligors of the quarters must live as long. Throws
    /// Error(invalid_input) on ragged columns and values out of range, and Error(limit_exceeded)
    /// where the claims, or what they are worth today, can add up to more than 2⁶² minor units.
    ClaimQuarters(DefaultQuarters quarters, const ClaimQuarterColumns& claims,
                  std::span<const std::uint32_t> obligor_row);

    std::size_t obligor_count() const { return quarters_.obligors().obligor_count(); }
    std::size_t position_count() const { return by_obligor_.position.size(); }

    const DefaultQuarters& quarters() const { return quarters_; }

    /// Sets the quarter, from 0, of each default of a block of an obligor that has debts:
    /// `quarter` is of shape (obligor_count, block_scenarios).
    void find(const DefaultedBlock& block, std::span<std::uint8_t> quarter) const;

    std::int64_t amount_minor(std::size_t position, std::size_t quarter) const {
        return amount_minor_[position * quarters_.quarter_count() + quarter];
    }
    /// Rounded half to even.
    std::int64_t worth_today(std::int64_t loss_minor, std::size_t quarter) const;

  private:
    DefaultQuarters quarters_;
    std::vector<std::int64_t> amount_minor_;
    std::vector<double> discount_factor_;
    PositionsByObligor by_obligor_;
};

}  // namespace seawall::debt
