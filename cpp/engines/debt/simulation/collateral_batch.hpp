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

    void push(std::uint32_t pool, std::uint64_t scenario, const ScenarioState& state) {
        if (count_ == values_.size()) grow();
        if (shocks_->moves(pool)) {
            draws_[draw_count_] = {pool, scenario, state};
            places_[draw_count_++] = static_cast<std::uint32_t>(count_++);
        } else {
            values_[count_++] = shocks_->largest_value_minor(pool);
        }
    }
    bool is_full() const { return count_ >= most_values; }
    /// Of all pools that were pushed, in their order; as by CollateralShocks::value_minor.
    std::span<const std::int64_t> draw(std::uint64_t seed);
    void clear() { count_ = draw_count_ = 0; }

  private:
    void grow();

    const CollateralShocks* shocks_;
    std::size_t count_ = 0, draw_count_ = 0;
    std::vector<CollateralDraw> draws_;
    std::vector<std::uint32_t> places_;  ///< of the draws among the values
    std::vector<std::int64_t> values_;
};

}  // namespace seawall::debt
