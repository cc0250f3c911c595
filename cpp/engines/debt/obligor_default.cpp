#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

bool breaks(const TileInputs& inputs, std::size_t m, std::size_t o, const TileState& state,
            const PathTile& tile) {
    return state.is_alive[o] != 0.0 &&
           (state.months_in_arrears[o] >= inputs.terms.default_after_months ||
            tile.obligors.refinancing_shortfall[tile.obligor_cell(m, o)] > 0.0);
}

/// An obligor that breaks takes those along that are tied to it by cross-default.
void default_group(const TileInputs& inputs, std::size_t m, const TileRange::Rows& group,
                   TileState& state, PathTile& tile) {
    const auto& tied = inputs.book.order.cross_default;
    const std::size_t begin = tile.range.obligors.begin;
    for (std::size_t row = group.begin; row < group.end; ++row) {
        if (!breaks(inputs, m, row - begin, state, tile)) continue;
        for (std::size_t other = group.begin; other < group.end; ++other) {
            if (tied[other] != tied[row] || state.is_alive[other - begin] == 0.0) continue;
            state.is_alive[other - begin] = 0.0;
            tile.default_step[other - begin] = static_cast<std::int32_t>(m);
        }
    }
}

}  // namespace

void close_step(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile) {
    const PathBook& book = inputs.book;
    for (std::size_t row = tile.range.positions.begin; row < tile.range.positions.end; ++row) {
        const std::size_t i = row - tile.range.positions.begin;
        const std::size_t record = book.order.record_of_position[row];
        const double worth = inputs.drivers_of_record(m, record).currency_factor;
        const double owed = state.balance[i] * worth;
        const std::size_t cell =
            tile.obligor_cell(m, book.obligor_of_position[row] - tile.range.obligors.begin);
        tile.obligors.debt[cell] += owed;
        tile.obligors.interest_arrears[cell] += state.interest_arrears[i] * worth;
        tile.records.balance[tile.record_cell(m, record - tile.range.records.begin)] += owed;
    }
    for (std::size_t r = 0; r < tile.range.records.count(); ++r) {
        tile.records.collateral[tile.record_cell(m, r)] =
            inputs.collateral_value(m, tile.range.records.begin + r);
    }
    const auto& offsets = book.order.group_offsets;
    for (std::size_t g = tile.range.groups.begin; g < tile.range.groups.end; ++g) {
        default_group(inputs, m, {.begin = offsets[g], .end = offsets[g + 1]}, state, tile);
    }
}

}  // namespace seawall::debt
