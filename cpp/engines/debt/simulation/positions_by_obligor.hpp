#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "numeric/canonical_lanes_units.hpp"

namespace seawall::debt {

/// The positions of each obligor: of row r, position[first[r]] … position[first[r + 1] − 1].
struct PositionsByObligor {
    std::vector<std::uint32_t> first;     ///< of shape (obligor_count + 1,)
    std::vector<std::uint32_t> position;  ///< of shape (position_count,), in the book's order each

    std::size_t obligor_count() const { return first.size() - 1; }
};

/// Of positions whose rows are obligors'.
PositionsByObligor positions_by_obligor(std::span<const std::uint32_t> obligor_row,
                                        std::size_t obligor_count);

/// A default: an obligor in a scenario of a block.
struct DefaultedLane {
    std::uint32_t row;
    std::uint32_t scenario;  ///< from the block's first
};
inline constexpr std::size_t most_lanes = subtracted_lanes;

/// Calls `visit` with the defaults of obligors that have positions, at most most_lanes a call.
template <class Visit>
void visit_lanes(std::span<const std::uint16_t> masks, const PositionsByObligor& positions,
                 const Visit& visit) {
    std::array<DefaultedLane, most_lanes> lanes;
    std::size_t count = 0;
    for (std::uint32_t row = 0; row < masks.size(); ++row) {
        if (masks[row] == 0 || positions.first[row] == positions.first[row + 1]) continue;
        for (unsigned mask = masks[row]; mask != 0; mask &= mask - 1) {
            lanes[count++] = {row, static_cast<std::uint32_t>(std::countr_zero(mask))};
            if (count < most_lanes) continue;
            visit(std::span<const DefaultedLane>(lanes));
            count = 0;
        }
    }
    if (count > 0) visit(std::span<const DefaultedLane>(lanes).first(count));
}

}  // namespace seawall::debt
