#include "engines/debt/simulation/collateral_batch.hpp"

#include <algorithm>
#include <array>

namespace seawall::debt {

void CollateralBatch::grow() {
    const std::size_t size = std::max(most_values, 2 * values_.size());
    draws_.resize(size);
    places_.resize(size);
    values_.resize(size);
}

std::span<const std::int64_t> CollateralBatch::draw(std::uint64_t seed) {
    std::array<std::int64_t, draw_batch> drawn;
    for (std::size_t first = 0; first < draw_count_; first += draw_batch) {
        const std::size_t count = std::min(draw_batch, draw_count_ - first);
        shocks_->values_minor(seed, std::span(draws_).subspan(first, count), drawn);
        for (std::size_t i = 0; i < count; ++i) values_[places_[first + i]] = drawn[i];
    }
    return std::span(values_).first(count_);
}

}  // namespace seawall::debt
