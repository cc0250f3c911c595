#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace seawall::debt {

/// A step of a book: sums over its obligors, in its currency as it is worth in the step. Flows are
/// of the step, levels at its end; of obligors that have defaulted only the levels count.
struct StepFigures {
    // Flows.
    double receipts = 0.0, operating_payments = 0.0;
    double interest_due = 0.0, principal_due = 0.0, maturity_due = 0.0;
    double interest_paid = 0.0, principal_paid = 0.0;  ///< also of what was in arrears
    double maturity_refinanced = 0.0, maturity_paid_in_cash = 0.0;
    double prepaid = 0.0;
    double defaulted = 0.0;  ///< by the default assumption
    double operating_shortfall = 0.0, debt_service_shortfall = 0.0, refinancing_shortfall = 0.0;
    /// Of obligors that state their income, as all coverage ratios are.
    double income = 0.0, covered_interest_due = 0.0, covered_principal_due = 0.0;
    // Levels.
    double debt = 0.0, interest_arrears = 0.0, cash = 0.0;
    double collateral_value = 0.0;  ///< where known
    double debt_in_default = 0.0;
    double obligors_in_default = 0.0;

    StepFigures& operator+=(const StepFigures& other);
};

/// The figures by name, in the order of a table.
inline constexpr std::array<std::pair<std::string_view, double StepFigures::*>, 23>
    step_figure_names{{
        {"debt", &StepFigures::debt},
        {"interest_due", &StepFigures::interest_due},
        {"principal_due", &StepFigures::principal_due},
        {"maturity_due", &StepFigures::maturity_due},
        {"interest_paid", &StepFigures::interest_paid},
        {"principal_paid", &StepFigures::principal_paid},
        {"maturity_refinanced", &StepFigures::maturity_refinanced},
        {"maturity_paid_in_cash", &StepFigures::maturity_paid_in_cash},
        {"prepaid", &StepFigures::prepaid},
        {"defaulted", &StepFigures::defaulted},
        {"receipts", &StepFigures::receipts},
        {"operating_payments", &StepFigures::operating_payments},
        {"operating_shortfall", &StepFigures::operating_shortfall},
        {"debt_service_shortfall", &StepFigures::debt_service_shortfall},
        {"refinancing_shortfall", &StepFigures::refinancing_shortfall},
        {"income", &StepFigures::income},
        {"covered_interest_due", &StepFigures::covered_interest_due},
        {"covered_principal_due", &StepFigures::covered_principal_due},
        {"interest_arrears", &StepFigures::interest_arrears},
        {"cash", &StepFigures::cash},
        {"collateral_value", &StepFigures::collateral_value},
        {"debt_in_default", &StepFigures::debt_in_default},
        {"obligors_in_default", &StepFigures::obligors_in_default},
    }};

}  // namespace seawall::debt
