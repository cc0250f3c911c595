#include "engines/debt/path_tile.hpp"

#include <span>

#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

void lay_out(const TileRange& range, std::size_t month_count, PathTile& tile) {
    tile.range = range;
    tile.month_count = month_count;
    PositionSteps& p = tile.positions;
    for (auto* cells : {&p.interest_due, &p.principal_due, &p.maturity_due, &p.interest_paid,
                        &p.principal_paid, &p.maturity_paid, &p.prepaid, &p.defaulted, &p.balance,
                        &p.interest_arrears, &p.principal_arrears}) {
        cells->resize(month_count * range.positions.count());
    }
    ObligorSteps& o = tile.obligors;
    for (auto* cells :
         {&o.receipts, &o.operating_payments, &o.income, &o.interest_due, &o.principal_due,
          &o.maturity_due, &o.interest_paid, &o.principal_paid, &o.maturity_paid, &o.prepaid,
          &o.defaulted, &o.refinanced, &o.operating_shortfall, &o.debt_service_shortfall,
          &o.refinancing_shortfall, &o.cash, &o.debt, &o.interest_arrears}) {
        cells->assign(month_count * range.obligors.count(), 0.0);
    }
    tile.records.balance.assign(month_count * range.records.count(), 0.0);
    tile.records.collateral.resize(month_count * range.records.count());
    tile.maturities.clear();
    tile.default_step.assign(range.obligors.count(), 0);
    tile.capacity_known.assign(range.obligors.count(), 0);
}

template <class T>
void assign_part(const std::vector<T>& values, const TileRange::Rows& rows,
                 std::vector<T>& result) {
    const auto part = std::span(values).subspan(rows.begin, rows.count());
    result.assign(part.begin(), part.end());
}

}  // namespace

void TileState::begin(const TileInputs& inputs, PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange& range = tile.range;
    assign_part(book.terms.balance, range.positions, balance);
    assign_part(book.terms.arrears, range.positions, interest_arrears);
    principal_arrears.assign(range.positions.count(), 0.0);
    assign_part(book.plan.instalment, range.positions, instalment);
    assign_part(book.plan.payments_left, range.positions, payments_left);
    is_alive.assign(range.obligors.count(), 1.0);
    months_in_arrears.assign(range.obligors.count(), 0);
    paid.resize(range.obligors.count());
    maturity_paid.resize(range.records.count());
    opening_cash.assign(range.obligors.count(), 0.0);
    for (std::size_t row = range.records.begin; row < range.records.end; ++row) {
        const std::size_t o = book.order.obligor_of_record[row] - range.obligors.begin;
        opening_cash[o] += book.cash[row] * inputs.factors.liquidity_factor;
        tile.capacity_known[o] |= book.income_known[row];
    }
    cash = opening_cash;
}

void run_tile(const PathBook& book, const CaseFactors& factors, const PathTerms& terms,
              const TileRange& range, PathTile& tile) {
    const TileInputs inputs{.book = book, .factors = factors, .terms = terms};
    lay_out(range, book.horizon.month_count(), tile);
    TileState state;
    state.begin(inputs, tile);
    for (std::size_t m = 1; m <= tile.month_count; ++m) {
        level_instalments(inputs, m, state, tile);
        fall_due(inputs, m, state, tile);
        operate(inputs, m, state, tile);
        settle(inputs, m, state, tile);
        pay(inputs, m, state, tile);
        close_step(inputs, m, state, tile);
    }
}

}  // namespace seawall::debt
