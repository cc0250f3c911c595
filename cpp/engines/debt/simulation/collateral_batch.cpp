#include "engines/debt/simulation/collateral_batch.hpp"

#include <algorithm>
#include <array>

namespace seawall::debt {

void CollateralBatch::push(std::uint32_t pool, std::uint64_t scenario, const ScenarioState& state) {
    if (!shocks_->moves(pool)) {
        values_.push_back(shocks_->largest_value_minor(pool));
        return;
    }
    draws_.push_back({pool, scenario, state});
    places_.push_back(static_cast<std::uint32_t>(values_.size()));
    values_.push_back(0);
}

std::span<const std::int64_t> CollateralBatch::draw(std::uint64_t seed) {
    std::array<std::int64_t, draw_batch> drawn;
    for (std::size_t first = 0; first < draws_.size(); first += draw_batch) {
        const std::size_t count = std::min(draw_batch, draws_.size() - first);
        shocks_->values_minor(seed, std::span(draws_).subspan(first, count), drawn);
        for (std::size_t i = 0; i < count; ++i) values_[places_[first + i]] = drawn[i];
    }
    return values_;
}

void CollateralBatch::clear() {
    draws_.clear();
    places_.clear();
    values_.clear();
}

}  // namespace seawall::debt
