#include "engines/debt/step_figures.hpp"

namespace seawall::debt {

StepFigures& StepFigures::operator+=(const StepFigures& other) {
    for (const auto& [name, figure] : step_figure_names) this->*figure += other.*figure;
    return *this;
}

std::vector<StepFigures> step_figures(const PathTile& tile) {
    std::vector<StepFigures> result(tile.month_count);
    const ObligorSteps& o = tile.obligors;
    for (std::size_t m = 1; m <= tile.month_count; ++m) {
        StepFigures& sum = result[m - 1];
        for (std::size_t i = 0; i < tile.range.obligors.count(); ++i) {
            const std::size_t cell = tile.obligor_cell(m, i);
            sum.interest_due += o.interest_due[cell];
            sum.principal_due += o.principal_due[cell];
            sum.maturity_due += o.maturity_due[cell];
            sum.interest_paid += o.interest_paid[cell];
            sum.principal_paid += o.principal_paid[cell];
            sum.maturity_refinanced += o.refinanced[cell];
            sum.maturity_paid_in_cash += o.maturity_paid[cell] - o.refinanced[cell];
            sum.prepaid += o.prepaid[cell];
            sum.defaulted += o.defaulted[cell];
            sum.receipts += o.receipts[cell];
            sum.operating_payments += o.operating_payments[cell];
            sum.operating_shortfall += o.operating_shortfall[cell];
            sum.debt_service_shortfall += o.debt_service_shortfall[cell];
            sum.refinancing_shortfall += o.refinancing_shortfall[cell];
            sum.debt += o.debt[cell];
            sum.interest_arrears += o.interest_arrears[cell];
            sum.cash += o.cash[cell];
            if (tile.capacity_known[i] != 0) {
                sum.income += o.income[cell];
                sum.covered_interest_due += o.interest_due[cell];
                sum.covered_principal_due += o.principal_due[cell];
            }
            const auto default_step = static_cast<std::size_t>(tile.default_step[i]);
            if (default_step == 0 || default_step > m) continue;
            sum.debt_in_default += o.debt[cell];
            sum.obligors_in_default += 1.0;
        }
        for (std::size_t r = 0; r < tile.range.records.count(); ++r) {
            const double value = tile.records.collateral[tile.record_cell(m, r)];
            if (value == value) sum.collateral_value += value;
        }
    }
    return result;
}

}  // namespace seawall::debt
