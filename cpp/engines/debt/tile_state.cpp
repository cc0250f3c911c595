#include "engines/debt/tile_state.hpp"

#include <limits>
#include <span>

namespace seawall::debt {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

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
    for (auto* row :
         {&amortises_from, &matures_in, &includes_interest, &is_floating, &rate, &worth}) {
        row->resize(count);
    }
    maturing.clear();
    has_assumptions = false;
    has_floating = false;
    has_one_position_a_record = count == tile.range.records.count();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t row = rows.begin + i;
        const std::uint8_t begins = book.plan.amortisation_step[row];
        const std::uint8_t matures = book.plan.maturity_step[row];
        amortises_from[i] = begins == 0 ? infinity : begins;
        matures_in[i] = matures;
        if (matures != 0) maturing.push_back(static_cast<std::uint32_t>(i));
        includes_interest[i] = book.terms.amortisation[row] == Amortisation::annuity ? 1.0 : 0.0;
        is_floating[i] = book.terms.is_floating[row];
        has_floating = has_floating || is_floating[i] != 0.0;
        has_assumptions = has_assumptions || book.payment_default[row] != 0.0 ||
                          book.payment_prepayment[row] != 0.0;
        // As many positions as records may still be two of one and none of another.
        has_one_position_a_record =
            has_one_position_a_record &&
            book.order.record_of_position[row] - tile.range.records.begin == i;
    }
}

void TileState::begin_obligors(const TileInputs& inputs, PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange& range = tile.range;
    const std::size_t count = range.obligors.count();
    obligor_is_alive.assign(count, 1.0);
    is_defaulted.assign(count, 0.0);
    in_arrears.assign(count, 0.0);
    is_settled.assign(count, 1.0);
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

void TileState::begin_business(const TileInputs& inputs, const PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange& range = tile.range;
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
    const std::size_t count = business.obligor.size();
    business.is_alive.assign(count, 1.0);
    for (auto* row : {&business.receipts, &business.payments, &business.income}) row->resize(count);
    business.is_obligor = count == range.obligors.count();  // each has a record
}

}  // namespace seawall::debt
