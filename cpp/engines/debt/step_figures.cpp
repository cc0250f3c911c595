#include "engines/debt/step_figures.hpp"

#include "engines/debt/tile_state.hpp"

namespace seawall::debt {

StepFigures& StepFigures::operator+=(const StepFigures& other) {
    for (const auto& [name, figure] : step_figure_names) this->*figure += other.*figure;
    return *this;
}

void sum_step(const TileStep& step) {
    const TileState& state = step.state;
    const ObligorSteps& o = step.tile.obligors;
    const std::size_t count = step.tile.range.obligors.count();
    const TestedSteps& tested = step.tile.tested;
    const std::size_t cell = step.tile.obligor_cell(step.m, 0);
    const std::size_t tested_cell = step.tile.tested_cell(step.m, 0);
    const auto total = [&](const std::vector<double>& cells) {
        return step.kernels.sum(count, cells.data() + cell);
    };
    StepFigures& sum = step.tile.steps[step.m - 1];
    const double* const interest_due = tested.interest_due.data() + tested_cell;
    const double* const principal_due = tested.principal_due.data() + tested_cell;
    const double* const debt = tested.debt.data() + tested_cell;
    const double* const known = state.income_known.data();
    const double* const is_defaulted = state.is_defaulted.data();
    step.kernels.sum_rows(
        {.count = count,
         .row = {interest_due, principal_due, debt, o.interest_paid.data() + cell,
                 o.principal_paid.data() + cell, o.receipts.data() + cell,
                 o.operating_payments.data() + cell, o.operating_shortfall.data() + cell,
                 o.interest_arrears.data() + cell, o.cash.data() + cell, is_defaulted},
         .sum = {&sum.interest_due, &sum.principal_due, &sum.debt, &sum.interest_paid,
                 &sum.principal_paid, &sum.receipts, &sum.operating_payments,
                 &sum.operating_shortfall, &sum.interest_arrears, &sum.cash,
                 &sum.obligors_in_default},
         .weighted = {tested.income.data() + tested_cell, interest_due, principal_due, debt},
         .weight = {known, known, known, is_defaulted},
         .weighted_sum = {&sum.income, &sum.covered_interest_due, &sum.covered_principal_due,
                          &sum.debt_in_default}});
    if (step.tile.range.has_assumptions) {
        sum.prepaid = total(o.prepaid);
        sum.defaulted = total(o.defaulted);
    }
    ObligorSums& sums = step.tile.obligor_sums;
    const auto months_before = static_cast<double>(step.m - 1);
    // All others pay all, and nothing of theirs matures.
    for (const std::uint32_t i : state.unsettled) {
        const double service = o.debt_service_shortfall[cell + i];
        const double refinancing = o.refinancing_shortfall[cell + i];
        sum.maturity_due += o.maturity_due[cell + i];
        sum.maturity_refinanced += o.refinanced[cell + i];
        sum.maturity_paid_in_cash += o.maturity_paid[cell + i] - o.refinanced[cell + i];
        sum.debt_service_shortfall += service;
        sum.refinancing_shortfall += refinancing;
        sums.debt_service_shortfall[i] += service;
        sums.refinancing_shortfall[i] += refinancing;
        if (service > 0.0 && sums.runway_months[i] < 0.0) sums.runway_months[i] = months_before;
    }
    const bool repeats = step.inputs.factors.repeats[step.m - 1] != 0;  // never the first step
    sum.collateral_value = repeats
                               ? step.tile.steps[step.m - 2].collateral_value
                               : step.kernels.sum_of_known(step.tile.range.records.count(),
                                                           step.tile.records.collateral.data() +
                                                               step.tile.record_cell(step.m, 0));
    step.kernels.sum_obligors({.count = count,
                               .months_before = months_before,
                               .operating_shortfall = o.operating_shortfall.data() + cell,
                               .cash = o.cash.data() + cell,
                               .operating_sum = sums.operating_shortfall.data(),
                               .lowest_cash = sums.lowest_cash.data(),
                               .runway = sums.runway_months.data()});
}

}  // namespace seawall::debt
