#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/collateral_shocks.hpp"

namespace seawall::debt {

/// Values of collateral that wait to be drawn together.
class CollateralBatch {
  public:
    /// As many as are worth waiting for.
    static constexpr std::size_t most_values = 4 * draw_batch;

    /// The shocks must live as long.
    explicit CollateralBatch(const CollateralShocks& shocks) : shocks_(&shocks) {}

    void push(std::uint32_t pool, std::uint64_t scenario, const ScenarioState& state);
    bool is_full() const { return values_.size() >= most_values; }
    /// Of all pools that were pushed, in their order; as by CollateralShocks::value_minor.
    std::span<const std::int64_t> draw(std::uint64_t seed);
    void clear();

  private:
    const CollateralShocks* shocks_;
    std::vector<CollateralDraw> draws_;
    std::vector<std::uint32_t> places_;  ///< of the draws among the values
    std::vector<std::int64_t> values_;
};

}  // namespace seawall::debt
