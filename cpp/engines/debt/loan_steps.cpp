#include <algorithm>

#include "engines/debt/level_payment.hpp"
#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

std::size_t position_of(const ScheduledPayment& payment) {
    return payment.position;
}

}  // namespace

void level_instalments(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange::Rows& rows = tile.range.positions;
    const auto& levelled = book.levelled_positions;
    for (auto entry = std::ranges::lower_bound(levelled, rows.begin);
         entry != levelled.end() && *entry < rows.end; ++entry) {
        const std::size_t row = *entry;
        const std::size_t i = row - rows.begin;
        const std::uint8_t begins = book.plan.amortisation_step[row];
        if (begins == 0 || m < begins || !book.plan.pays(m, row)) continue;
        const bool is_floating = book.terms.is_floating[row] != 0;
        const bool is_linear = book.terms.amortisation[row] == Amortisation::linear;
        std::int32_t& left = state.payments_left[i];
        if (m == begins || (is_floating && !is_linear)) {
            const double owed = std::max(state.balance[i] - state.principal_arrears[i], 0.0);
            const double rate = inputs.rate_pct(m, row) / 100.0 * book.plan.interval_years[row];
            state.instalment[i] =
                is_linear ? owed / std::max(left, 1) : level_payment(owed, rate, std::max(left, 1));
        }
        --left;
    }
    const auto& scheduled = book.plan.scheduled;
    for (auto entry = std::ranges::lower_bound(scheduled, rows.begin, {}, position_of);
         entry != scheduled.end() && entry->position < rows.end; ++entry) {
        if (entry->step == m) state.instalment[entry->position - rows.begin] = entry->principal;
    }
}

void fall_due(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile) {
    const PathBook& book = inputs.book;
    const PaymentPlan& plan = book.plan;
    const TileRange::Rows& rows = tile.range.positions;
    PositionSteps& steps = tile.positions;
    for (std::size_t i = 0; i < rows.count(); ++i) {
        const std::size_t row = rows.begin + i;
        const std::size_t cell = tile.position_cell(m, i);
        const std::size_t o = book.obligor_of_position[row] - tile.range.obligors.begin;
        const double pays = plan.pays(m, row) ? state.is_alive[o] : 0.0;
        const double defaults = book.payment_default[row] * pays;
        const double balance = state.balance[i] - state.balance[i] * defaults;
        const double years = plan.years(m, row) * state.is_alive[o];
        const double interest = balance * (inputs.rate_pct(m, row) / 100.0) * years;
        // What is in arrears is due already.
        const double base = std::max(balance - state.principal_arrears[i], 0.0);
        const bool amortises = plan.amortisation_step[row] != 0 && m >= plan.amortisation_step[row];
        const bool is_level = book.terms.amortisation[row] == Amortisation::annuity;
        state.instalment[i] *= 1.0 - defaults;  // the rest pays its part
        const double wanted = state.instalment[i] - (is_level ? interest : 0.0);
        const double principal = amortises ? std::min(std::max(wanted, 0.0), base) * pays : 0.0;
        const double maturity = plan.maturity_step[row] == m ? (base - principal) * pays : 0.0;
        const double prepays = book.payment_prepayment[row] * pays;
        steps.interest_due[cell] = interest;
        steps.principal_due[cell] = principal;
        steps.maturity_due[cell] = maturity;
        steps.prepaid[cell] = (base - principal - maturity) * prepays;
        steps.defaulted[cell] = state.balance[i] * defaults;
        state.balance[i] = balance;
        state.instalment[i] *= 1.0 - prepays;
    }
}

void pay(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile) {
    const PathBook& book = inputs.book;
    const TileRange::Rows& rows = tile.range.positions;
    PositionSteps& steps = tile.positions;
    for (std::size_t i = 0; i < rows.count(); ++i) {
        const std::size_t row = rows.begin + i;
        const std::size_t cell = tile.position_cell(m, i);
        const std::size_t record = book.order.record_of_position[row];
        const PaidParts& paid =
            state.paid[book.obligor_of_position[row] - tile.range.obligors.begin];
        const double interest = steps.interest_due[cell];
        const double principal = steps.principal_due[cell];
        steps.interest_paid[cell] =
            state.interest_arrears[i] * paid.interest_arrears + interest * paid.interest;
        steps.principal_paid[cell] =
            state.principal_arrears[i] * paid.principal_arrears + principal * paid.principal;
        steps.maturity_paid[cell] =
            steps.maturity_due[cell] * state.maturity_paid[record - tile.range.records.begin];
        state.interest_arrears[i] = state.interest_arrears[i] * (1.0 - paid.interest_arrears) +
                                    interest * (1.0 - paid.interest);
        state.principal_arrears[i] = state.principal_arrears[i] * (1.0 - paid.principal_arrears) +
                                     principal * (1.0 - paid.principal);
        const double repaid =
            steps.principal_paid[cell] + steps.maturity_paid[cell] + steps.prepaid[cell];
        state.balance[i] = std::max(state.balance[i] - repaid, 0.0);
        steps.balance[cell] = state.balance[i];
        steps.interest_arrears[cell] = state.interest_arrears[i];
        steps.principal_arrears[cell] = state.principal_arrears[i];
    }
}

}  // namespace seawall::debt
