#include <algorithm>

#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

bool breaks(const TileStep& step, std::size_t o) {
    const TileState& state = step.state;
    return state.obligor_is_alive[o] != 0.0 &&
           (state.months_in_arrears[o] >= step.inputs.terms.default_after_months ||
            step.tile.obligors.refinancing_shortfall[step.tile.obligor_cell(step.m, o)] > 0.0);
}

/// The parts that an obligor's positions pay until it is looked at again.
void set_parts(TileState& state, std::size_t o) {
    const std::size_t begin = state.position_begin[o];
    const std::size_t count = state.position_begin[o + 1] - begin;
    PaidParts& paid = state.paid;
    for (auto* parts :
         {&paid.interest_arrears, &paid.interest, &paid.principal_arrears, &paid.principal}) {
        std::fill_n(parts->data() + begin, count, state.obligor_is_alive[o]);
    }
    std::fill_n(paid.maturity.data() + begin, count, 1.0);
}

void default_obligor(const TileStep& step, std::size_t o) {
    TileState& state = step.state;
    state.obligor_is_alive[o] = 0.0;
    state.is_defaulted[o] = 1.0;
    step.tile.default_step[o] = static_cast<std::int32_t>(step.m);
    std::fill(state.is_alive.data() + state.position_begin[o],
              state.is_alive.data() + state.position_begin[o + 1], 0.0);
    const auto business = std::ranges::equal_range(state.business.obligor, o);
    std::fill_n(
        state.business.is_alive.begin() + (business.begin() - state.business.obligor.begin()),
        business.size(), 0.0);
    set_parts(state, o);
}

/// An obligor that breaks takes those along that are tied to it by cross-default.
void default_group(const TileStep& step, const TileRange::Rows& group) {
    const auto& tied = step.inputs.book.order.cross_default;
    const std::size_t begin = step.tile.range.obligors.begin;
    for (std::size_t row = group.begin; row < group.end; ++row) {
        if (!breaks(step, row - begin)) continue;
        for (std::size_t other = group.begin; other < group.end; ++other) {
            const bool follows =
                tied[other] == tied[row] && step.state.obligor_is_alive[other - begin] != 0.0;
            if (follows) default_obligor(step, other - begin);
        }
    }
}

/// Of each record, unless the obligors' debts say the same.
void note_balances(const TileStep& step) {
    TileState& state = step.state;
    PathTile& tile = step.tile;
    if (has_one_position_an_obligor(tile.range)) return;
    double* const balance = tile.records.balance.data() + tile.record_cell(step.m, 0);
    if (tile.range.has_one_position_a_record) {
        return step.kernels.multiply(tile.range.positions.count(), state.balance.data(),
                                     state.worth.data(), balance);
    }
    const auto& offsets = step.inputs.book.order.position_offsets;
    const TileRange::Rows& records = tile.range.records;
    for (std::size_t r = 0; r < records.count(); ++r) {
        const std::size_t begin = offsets[records.begin + r] - tile.range.positions.begin;
        const std::size_t end = offsets[records.begin + r + 1] - tile.range.positions.begin;
        balance[r] = 0.0;
        for (std::size_t i = begin; i < end; ++i) balance[r] += state.balance[i] * state.worth[i];
    }
}

void note_debt(const TileStep& step) {
    TileState& state = step.state;
    PathTile& tile = step.tile;
    const std::size_t cell = tile.obligor_cell(step.m, 0);
    sum_by_obligor(step, state.balance.data(),
                   tile.tested.debt.data() + tile.tested_cell(step.m, 0));
    note_balances(step);
    double* const arrears = tile.obligors.interest_arrears.data() + cell;
    std::fill_n(arrears, tile.range.obligors.count(), 0.0);
    if (state.arrears_count == 0) return;
    for (std::size_t o = 0; o < tile.range.obligors.count(); ++o) {
        if (state.in_arrears[o] == 0.0) continue;
        for (std::size_t i = state.position_begin[o]; i < state.position_begin[o + 1]; ++i) {
            arrears[o] += state.interest_arrears[i] * state.worth[i];
        }
    }
}

void note_collateral(const TileStep& step) {
    const TileRange::Rows& records = step.tile.range.records;
    double* const values = step.tile.records.collateral.data() + step.tile.record_cell(step.m, 0);
    if (step.inputs.factors.repeats[step.m - 1] != 0) {
        std::copy_n(values - records.count(), records.count(), values);
        return;
    }
    for (std::size_t r = 0; r < records.count(); ++r) {
        values[r] = step.inputs.collateral_value(step.m, records.begin + r);
    }
}

}  // namespace

void close_step(const TileStep& step) {
    note_debt(step);
    note_collateral(step);
    const auto& unsettled = step.state.unsettled;
    const bool any_breaks =
        std::ranges::any_of(unsettled, [&](std::uint32_t o) { return breaks(step, o); });
    if (any_breaks) {
        const auto& offsets = step.inputs.book.order.group_offsets;
        const TileRange::Rows& groups = step.tile.range.groups;
        for (std::size_t g = groups.begin; g < groups.end; ++g) {
            default_group(step, {.begin = offsets[g], .end = offsets[g + 1]});
        }
    }
    for (const std::uint32_t o : unsettled) set_parts(step.state, o);
}

}  // namespace seawall::debt
