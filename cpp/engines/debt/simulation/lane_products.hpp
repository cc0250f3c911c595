#pragma once

#include <memory>
#include <span>

#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/positions_by_obligor.hpp"
#include "engines/debt/simulation/standard_obligors.hpp"

namespace seawall::debt {

/// b₁z₁ … b_Kz_K of some defaults: what the distances of all their thresholds have in common.
class LaneProducts {
  public:
    explicit LaneProducts(std::size_t factor_count);

    /// At most most_lanes defaults of a block.
    void set(const StandardObligors& obligors, const DefaultedBlock& block,
             std::span<const DefaultedLane> lanes);

    /// Subtracts them from each default's value, in the order of the factors. `values` has
    /// most_lanes elements, of which those beyond the defaults come out as any number.
    void subtract_from(std::span<double> values) const;

  private:
    std::size_t factor_count_;
    std::unique_ptr<double[]> product_;  ///< of shape (factor, most_lanes)
};

}  // namespace seawall::debt
