#include <algorithm>

#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

std::size_t position_of(const ScheduledPayment& payment) {
    return payment.position;
}

}  // namespace

void set_drivers(const TileStep& step) {
    const CaseFactors& factors = step.inputs.factors;
    if (factors.repeats[step.m - 1] != 0) return;
    TileState& state = step.state;
    const LoanTerms& terms = step.inputs.book.terms;
    const std::size_t begin = step.tile.range.positions.begin;
    const std::uint32_t* segment = step.inputs.book.segment_of_position.data() + begin;
    const StepDrivers* drivers = factors.drivers.data() + factors.at(step.m, 0);
    const std::size_t count = step.tile.range.positions.count();
    for (std::size_t i = 0; i < count; ++i) {
        state.worth[i] = drivers[segment[i]].currency_factor;
    }
    if (step.m > 1 && !step.tile.range.has_floating) return;
    step.kernels.set_rates({.count = count,
                            .rate_pct = terms.rate_pct.data() + begin,
                            .spread_pct = terms.spread_pct.data() + begin,
                            .floor_pct = terms.floor_pct.data() + begin,
                            .cap_pct = terms.cap_pct.data() + begin,
                            .is_floating = step.inputs.book.step_terms.is_floating.data() + begin,
                            .segment = segment,
                            .drivers = drivers,
                            .rate = state.rate.data()});
}

namespace {

struct Level {
    double amount, rate;
    std::int32_t payment_count;
};

void add_level(TileState& state, std::size_t i, const Level& level) {
    state.levels.index.push_back(static_cast<std::uint32_t>(i));
    state.levels.amount.push_back(level.amount);
    state.levels.rate.push_back(level.rate);
    state.levels.payment_count.push_back(static_cast<std::uint64_t>(level.payment_count));
}

void compute_levels(const TileStep& step) {
    TileLevels& levels = step.state.levels;
    if (levels.index.empty()) return;
    const std::size_t count = levels.index.size();
    for (auto* row : {&levels.growth, &levels.power, &levels.payment}) row->resize(count);
    step.kernels.level({.count = count,
                        .amount = levels.amount.data(),
                        .rate = levels.rate.data(),
                        .payment_count = levels.payment_count.data(),
                        .largest_count = std::ranges::max(levels.payment_count),
                        .growth = levels.growth.data(),
                        .power = levels.power.data(),
                        .payment = levels.payment.data()});
    for (std::size_t k = 0; k < count; ++k) {
        step.state.instalment[levels.index[k]] = levels.payment[k];
    }
}

}  // namespace

void level_instalments(const TileStep& step) {
    TileLevels& levels = step.state.levels;
    levels.index.clear();
    for (auto* row : {&levels.amount, &levels.rate}) row->clear();
    levels.payment_count.clear();
    const PathBook& book = step.inputs.book;
    TileState& state = step.state;
    const TileRange::Rows& rows = step.tile.range.positions;
    const auto& levelled = book.levelled_positions;
    for (auto entry = std::ranges::lower_bound(levelled, rows.begin);
         entry != levelled.end() && *entry < rows.end; ++entry) {
        const std::size_t row = *entry;
        const std::size_t i = row - rows.begin;
        const std::uint8_t begins = book.plan.amortisation_step[row];
        if (begins == 0 || step.m < begins || !book.plan.pays(step.m, row)) continue;
        const bool is_floating = book.terms.is_floating[row] != 0;
        const bool is_linear = book.terms.amortisation[row] == Amortisation::linear;
        std::int32_t& left = state.payments_left[i];
        if (step.m == begins || (is_floating && !is_linear)) {
            const double owed = std::max(state.balance[i] - state.principal_arrears[i], 0.0);
            const std::int32_t count = std::max(left, 1);
            if (is_linear) {
                state.instalment[i] = owed / count;
            } else {
                add_level(state, i, {owed, state.rate[i] * book.plan.interval_years[row], count});
            }
        }
        --left;
    }
    compute_levels(step);
    const auto& scheduled = book.plan.scheduled;
    for (auto entry = std::ranges::lower_bound(scheduled, rows.begin, {}, position_of);
         entry != scheduled.end() && entry->position < rows.end; ++entry) {
        if (entry->step == step.m)
            step.state.instalment[entry->position - rows.begin] = entry->principal;
    }
}

void fall_due(const TileStep& step) {
    const PathBook& book = step.inputs.book;
    const std::size_t begin = step.tile.range.positions.begin;
    const std::size_t cell = step.tile.position_cell(step.m, 0);
    TileState& state = step.state;
    PositionSteps& steps = step.tile.positions;
    const bool has_assumptions = step.tile.range.has_assumptions;
    step.kernels.fall_due(
        {.count = step.tile.range.positions.count(),
         .step = static_cast<double>(step.m),
         .years_of_class = book.plan.payment_years.data() + (step.m - 1) * book.plan.class_count,
         .class_of_position = book.plan.class_of_position.data() + begin,
         .is_alive = state.is_alive.data(),
         .rate = state.rate.data(),
         .amortises_from = book.step_terms.amortises_from.data() + begin,
         .matures_in = book.step_terms.matures_in.data() + begin,
         .includes_interest = book.step_terms.includes_interest.data() + begin,
         .principal_arrears = state.principal_arrears.data(),
         .payment_default = has_assumptions ? book.payment_default.data() + begin : nullptr,
         .payment_prepayment = has_assumptions ? book.payment_prepayment.data() + begin : nullptr,
         .balance = state.balance.data(),
         .instalment = state.instalment.data(),
         .interest_due = steps.interest_due.data() + cell,
         .principal_due = steps.principal_due.data() + cell,
         .maturity_due = steps.maturity_due.data() + cell,
         .prepaid = steps.prepaid.data() + cell,
         .defaulted = steps.defaulted.data() + cell});
}

void pay(const TileStep& step) {
    const std::size_t count = step.tile.range.positions.count();
    const std::size_t cell = step.tile.position_cell(step.m, 0);
    const bool keeps = step.tile.keeps_steps;
    TileState& state = step.state;
    PositionSteps& steps = step.tile.positions;
    PositionSums& sums = step.tile.position_sums;
    step.kernels.pay({.count = count,
                      .pays_all = state.unsettled.empty(),
                      .has_assumptions = step.tile.range.has_assumptions,
                      .interest_due = steps.interest_due.data() + cell,
                      .principal_due = steps.principal_due.data() + cell,
                      .maturity_due = steps.maturity_due.data() + cell,
                      .prepaid = steps.prepaid.data() + cell,
                      .interest_part = state.paid.interest.data(),
                      .principal_part = state.paid.principal.data(),
                      .maturity_part = state.paid.maturity.data(),
                      .interest_arrears_part = state.paid.interest_arrears.data(),
                      .principal_arrears_part = state.paid.principal_arrears.data(),
                      .balance = state.balance.data(),
                      .interest_arrears = state.interest_arrears.data(),
                      .principal_arrears = state.principal_arrears.data(),
                      .interest_paid = keeps ? steps.interest_paid.data() + cell : nullptr,
                      .principal_paid = keeps ? steps.principal_paid.data() + cell : nullptr,
                      .maturity_paid = keeps ? steps.maturity_paid.data() + cell : nullptr,
                      .sum_interest_due = sums.interest_due.data(),
                      .sum_interest_paid = sums.interest_paid.data(),
                      .sum_principal_paid = sums.principal_paid.data(),
                      .sum_maturity_due = sums.maturity_due.data(),
                      .sum_maturity_paid = sums.maturity_paid.data()});
    if (keeps || step.m == step.tile.month_count) {
        std::ranges::copy(state.balance, steps.balance.data() + cell);
        std::ranges::copy(state.interest_arrears, steps.interest_arrears.data() + cell);
        std::ranges::copy(state.principal_arrears, steps.principal_arrears.data() + cell);
    }
    if (!step.tile.range.has_assumptions) return;
    step.kernels.add(count, steps.prepaid.data() + cell, sums.prepaid.data());
    step.kernels.add(count, steps.defaulted.data() + cell, sums.defaulted.data());
}

}  // namespace seawall::debt
