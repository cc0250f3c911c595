#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/lane_products.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/positions_by_obligor.hpp"
#include "engines/debt/simulation/quarter_filter.hpp"
#include "engines/debt/simulation/standard_obligors.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_quarters = 40;

/// Probabilities of default by quarter. A view.
struct QuarterColumns {
    std::size_t quarter_count = 0;  ///< from 1 to max_quarters
    /// Of default by the end of each quarter, of shape (obligor_count, quarter_count): not falling,
    /// and in the last quarter that of the obligor's threshold.
    std::span<const double> cumulative_default_probability{};
};

/// When an obligor defaults that does by the end of the last quarter: one draw an obligor, which
/// each quarter's conditional probability is held against (docs/explanation/default_simulation.md,
/// "Quarters").
class DefaultQuarters {
  public:
    /// The obligors must live as long. Throws Error(invalid_input) on columns out of range.
    DefaultQuarters(const StandardObligors& obligors, const FactorModel& factors,
                    const QuarterColumns& quarters);

    std::size_t quarter_count() const { return quarter_count_; }
    const StandardObligors& obligors() const { return *obligors_; }

    /// Sets the quarter, from 0, of each of at most most_lanes defaults, whose products are given.
    void find(const DefaultedBlock& block, std::span<const DefaultedLane> lanes,
              const LaneProducts& products, std::span<std::uint8_t> quarter) const;

    /// Whether a block has so many defaults that find_all() is faster.
    bool are_many(std::span<const std::uint16_t> masks) const;
    /// Sets the quarter of all defaults of a block, and quarter_count() where none is: `quarter` is
    /// of shape (obligor_count, block_scenarios).
    void find_all(const DefaultedBlock& block, std::span<std::uint8_t> quarter) const;

  private:
    const StandardObligors* obligors_;
    std::size_t quarter_count_;
    std::vector<double> threshold_;  ///< A, of shape (obligor_count, quarter_count), not falling
    QuarterFilter filter_;
};

}  // namespace seawall::debt
