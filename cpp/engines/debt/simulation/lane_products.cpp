#include "engines/debt/simulation/lane_products.hpp"

#include <algorithm>

#include "numeric/canonical_lanes.hpp"

namespace seawall::debt {
namespace {

/// Defaults ahead whose loadings are fetched: they lie far apart.
constexpr std::size_t fetched_ahead = 16;

}  // namespace

LaneProducts::LaneProducts(std::size_t factor_count)
    : factor_count_(factor_count),
      product_(std::make_unique<double[]>(factor_count * most_lanes)) {}

void LaneProducts::set(const StandardObligors& obligors, const DefaultedBlock& block,
                       std::span<const DefaultedLane> lanes) {
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        const std::size_t ahead = std::min(i + fetched_ahead, lanes.size() - 1);
        const float* const fetched = obligors.loading_of(lanes[ahead].row).data();
        __builtin_prefetch(fetched);
        __builtin_prefetch(fetched + 16);
        const float* const loading = obligors.loading_of(lanes[i].row).data();
        const double* const factor =
            block.states->state(block.first + lanes[i].scenario).factor.data();
        double* const product = product_.get() + i;
        for (std::size_t k = 0; k < factor_count_; ++k) {
            product[k * most_lanes] = static_cast<double>(loading[k]) * factor[k];
        }
    }
}

void LaneProducts::subtract_from(std::span<double> values) const {
    subtract_rows_lanes(std::span(product_.get(), factor_count_ * most_lanes), values);
}

}  // namespace seawall::debt
