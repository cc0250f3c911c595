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
    const auto total_of_known = [&](const std::vector<double>& cells) {
        return step.kernels.sum_of_products(count, cells.data() + tested_cell,
                                            state.income_known.data());
    };
    StepFigures& sum = step.tile.steps[step.m - 1];
    step.kernels.sum_rows(
        {.count = count,
         .row = {tested.interest_due.data() + tested_cell,
                 tested.principal_due.data() + tested_cell, tested.debt.data() + tested_cell,
                 o.interest_paid.data() + cell, o.principal_paid.data() + cell,
                 o.receipts.data() + cell, o.operating_payments.data() + cell,
                 o.operating_shortfall.data() + cell, o.interest_arrears.data() + cell,
                 o.cash.data() + cell},
         .sum = {&sum.interest_due, &sum.principal_due, &sum.debt, &sum.interest_paid,
                 &sum.principal_paid, &sum.receipts, &sum.operating_payments,
                 &sum.operating_shortfall, &sum.interest_arrears, &sum.cash}});
    sum.income = total_of_known(tested.income);
    sum.covered_interest_due = total_of_known(tested.interest_due);
    sum.covered_principal_due = total_of_known(tested.principal_due);
    sum.debt_in_default = step.kernels.sum_of_products(count, tested.debt.data() + tested_cell,
                                                       state.is_defaulted.data());
    sum.obligors_in_default = step.kernels.sum(count, state.is_defaulted.data());
    if (step.tile.range.has_assumptions) {
        sum.prepaid = total(o.prepaid);
        sum.defaulted = total(o.defaulted);
    }
    // All others pay all, and nothing of theirs matures.
    for (const std::uint32_t i : state.unsettled) {
        sum.maturity_due += o.maturity_due[cell + i];
        sum.maturity_refinanced += o.refinanced[cell + i];
        sum.maturity_paid_in_cash += o.maturity_paid[cell + i] - o.refinanced[cell + i];
        sum.debt_service_shortfall += o.debt_service_shortfall[cell + i];
        sum.refinancing_shortfall += o.refinancing_shortfall[cell + i];
    }
    sum.collateral_value = step.kernels.sum_of_known(
        step.tile.range.records.count(),
        step.tile.records.collateral.data() + step.tile.record_cell(step.m, 0));
    ObligorSums& sums = step.tile.obligor_sums;
    step.kernels.sum_obligors({.count = count,
                               .months_before = static_cast<double>(step.m - 1),
                               .operating_shortfall = o.operating_shortfall.data() + cell,
                               .debt_service_shortfall = o.debt_service_shortfall.data() + cell,
                               .refinancing_shortfall = o.refinancing_shortfall.data() + cell,
                               .cash = o.cash.data() + cell,
                               .operating_sum = sums.operating_shortfall.data(),
                               .debt_service_sum = sums.debt_service_shortfall.data(),
                               .refinancing_sum = sums.refinancing_shortfall.data(),
                               .lowest_cash = sums.lowest_cash.data(),
                               .runway = sums.runway_months.data()});
}

}  // namespace seawall::debt
