#include "engines/debt/tile_state.hpp"

#include <numeric>
#include <span>

#include "numeric/special_values.hpp"

namespace seawall::debt {
namespace {

template <class T>
void assign_part(const std::vector<T>& values, const TileRange::Rows& rows,
                 std::vector<T>& result) {
    const auto part = std::span(values).subspan(rows.begin, rows.count());
    result.assign(part.begin(), part.end());
}

}  // namespace

void TileState::begin(const TileInputs& inputs, PathTile& tile) {
    begin_positions(inputs, tile);
    begin_obligors(inputs, tile);
    begin_business(inputs, tile);
}

void TileState::begin_positions(const TileInputs& inputs, const PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange::Rows& rows = tile.range.positions;
    const std::size_t count = rows.count();
    assign_part(book.terms.balance, rows, balance);
    assign_part(book.terms.arrears, rows, interest_arrears);
    principal_arrears.assign(count, 0.0);
    assign_part(book.plan.instalment, rows, instalment);
    assign_part(book.plan.payments_left, rows, payments_left);
    is_alive.assign(count, 1.0);
    for (auto* part : {&paid.interest_arrears, &paid.interest, &paid.principal_arrears,
                       &paid.principal, &paid.maturity}) {
        part->assign(count, 1.0);
    }
    for (auto* row : {&rate, &worth}) row->resize(count);
    maturing.clear();
    const auto& of_book = book.maturing_positions;
    for (auto next = std::ranges::lower_bound(of_book, rows.begin);
         next != of_book.end() && *next < rows.end; ++next) {
        maturing.push_back(static_cast<std::uint32_t>(*next - rows.begin));
    }
}

void TileState::begin_obligors(const TileInputs& inputs, PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange& range = tile.range;
    const std::size_t count = range.obligors.count();
    obligor_is_alive.assign(count, 1.0);
    is_defaulted.assign(count, 0.0);
    in_arrears.assign(count, 0.0);
    is_settled.assign((count + settled_block - 1) / settled_block * settled_block, 1.0);
    months_in_arrears.assign(count, 0);
    cash.assign(count, 0.0);
    for (std::size_t row = range.records.begin; row < range.records.end; ++row) {
        const std::size_t o = book.order.obligor_of_record[row] - range.obligors.begin;
        cash[o] += book.cash[row] * inputs.factors.liquidity_factor;
        tile.capacity_known[o] |= book.income_known[row];
    }
    cash_limit = cash;
    if (inputs.terms.retains_surplus) cash_limit.assign(count, infinity);
    income_known.assign(tile.capacity_known.begin(), tile.capacity_known.end());
    position_begin.clear();
    further_positions.clear();
    obligor_of_further.clear();
    for (std::size_t o = 0; o < count; ++o) {
        const auto& order = book.order;
        const std::size_t first = order.record_offsets[range.obligors.begin + o];
        position_begin.push_back(
            static_cast<std::uint32_t>(order.position_offsets[first] - range.positions.begin));
    }
    position_begin.push_back(static_cast<std::uint32_t>(range.positions.count()));
    unsettled.clear();
    arrears_count = 0;
    for (std::size_t o = 0; o < count; ++o) {
        for (std::size_t i = position_begin[o]; i < position_begin[o + 1]; ++i) {
            if (interest_arrears[i] != 0.0) in_arrears[o] = 1.0;
            if (i == position_begin[o]) continue;
            further_positions.push_back(static_cast<std::uint32_t>(i));
            obligor_of_further.push_back(static_cast<std::uint32_t>(o));
        }
        arrears_count += in_arrears[o] != 0.0 ? 1 : 0;
    }
}

void TileState::add_businesses(const TileInputs& inputs, const TileRange& range) {
    const PathBook& book = inputs.book;
    for (auto* row : {&business.revenue, &business.costs, &business.losses}) row->clear();
    for (auto* row : {&business.segment, &business.obligor}) row->clear();
    for (std::size_t row = range.records.begin; row < range.records.end; ++row) {
        const auto o =
            static_cast<std::uint32_t>(book.order.obligor_of_record[row] - range.obligors.begin);
        const std::uint32_t segment = book.segment_of_record[row];
        if (!business.obligor.empty() && business.obligor.back() == o &&
            business.segment.back() == segment) {
            business.revenue.back() += book.revenue[row];
            business.costs.back() += book.costs[row];
            business.losses.back() += book.losses[row];
            continue;
        }
        business.revenue.push_back(book.revenue[row]);
        business.costs.push_back(book.costs[row]);
        business.losses.push_back(book.losses[row]);
        business.segment.push_back(segment);
        business.obligor.push_back(o);
    }
}

void TileState::begin_business(const TileInputs& inputs, const PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange& range = tile.range;
    if (range.records.count() == range.obligors.count()) {  // one each, since each has one
        assign_part(book.revenue, range.records, business.revenue);
        assign_part(book.costs, range.records, business.costs);
        assign_part(book.losses, range.records, business.losses);
        assign_part(book.segment_of_record, range.records, business.segment);
        business.obligor.resize(range.obligors.count());
        std::iota(business.obligor.begin(), business.obligor.end(), 0U);
    } else {
        add_businesses(inputs, range);
    }
    const std::size_t count = business.obligor.size();
    business.is_alive.assign(count, 1.0);
    for (auto* row : {&business.receipts, &business.payments, &business.income}) row->resize(count);
    business.is_obligor = count == range.obligors.count();  // each has a record
}

}  // namespace seawall::debt
