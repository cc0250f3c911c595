#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_variants.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/obligor_groups.hpp"
#include "engines/debt/simulation/standard_obligors.hpp"

namespace seawall::debt {

/// Finds the quarters of all obligors at once: the filter of defaults decides those by the end of
/// each quarter, as it does those by the end of the last (docs/explanation/default_simulation.md).
class QuarterFilter {
  public:
    /// `threshold` is A, of shape (obligor_count, quarter_count), not falling from one quarter to
    /// the next.
    QuarterFilter(const StandardObligors& obligors, std::span<const double> threshold,
                  std::size_t quarter_count);

    /// Decisions that find() takes, a scenario of a block.
    std::size_t decision_count() const { return by_quarter_.size() * groups_.row.size(); }

    /// Sets the quarter of each default of a block, from 0, and quarter_count where none is:
    /// `quarter` is of shape (obligor_count, block_scenarios).
    void find(const DefaultedBlock& block, InstructionSet set,
              std::span<std::uint8_t> quarter) const;

  private:
    /// Of a quarter, by place.
    struct Thresholds {
        std::vector<double> exact;
        std::vector<float> rounded;
        std::vector<float> largest;                ///< a group each
        std::vector<std::uint32_t> never, always;  ///< places that need no draw
    };

    ObligorGroups groups_;                ///< without thresholds of their own
    std::vector<Thresholds> by_quarter_;  ///< of all but the last
};

}  // namespace seawall::debt
