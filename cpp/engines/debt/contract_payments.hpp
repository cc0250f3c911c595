#pragma once

#include <algorithm>
#include <cstddef>

#include "calendar/day_count.hpp"
#include "calendar/payment_days.hpp"
#include "engines/debt/level_payment.hpp"
#include "engines/debt/path_book.hpp"

namespace seawall::debt {

/// What a position pays on a day by its terms.
struct ContractPayment {
    Day day;
    double interest = 0.0, principal = 0.0;
    double maturity = 0.0;  ///< what the scheduled payments leave, on the last of these days
    double balance = 0.0;   ///< before it
};

/// Shows every payment of a position (a row of the path order) after the first day and up to a day,
/// at the rates of the first day, without prepayments and defaults.
template <class Visit>
void visit_contract_payments(const PathBook& book, std::size_t i, Day up_to, const Visit& visit) {
    const LoanTerms& terms = book.terms;
    const PaymentPlan& plan = book.plan;
    const bool is_linear = terms.amortisation[i] == Amortisation::linear;
    const bool is_annuity = terms.amortisation[i] == Amortisation::annuity;
    const bool amortises = (is_linear || is_annuity) && plan.payments_left[i] != 0;
    const double rate = terms.rate_pct[i] / 100.0;
    std::int32_t left = plan.payments_left[i];
    double instalment = plan.instalment[i];
    double balance = terms.balance[i];
    for (const auto& [start, end] :
         calendar::accrual_periods(payment_terms(terms, i, book.horizon.as_of()),
                                   {.after = book.horizon.as_of(), .up_to = up_to})) {
        ContractPayment payment{
            .day = end,
            .interest = balance * rate * calendar::year_fraction(terms.day_count[i], start, end),
            .principal = 0.0,
            .maturity = 0.0,
            .balance = balance};
        if (amortises && end > terms.interest_only_until_day[i]) {
            if (instalment != instalment) {
                instalment = is_linear
                                 ? balance / left
                                 : level_payment(balance, rate * plan.interval_years[i], left);
            }
            const double wanted = is_annuity ? instalment - payment.interest : instalment;
            payment.principal = std::min(std::max(wanted, 0.0), balance);
            left = std::max(left - 1, 1);
        }
        if (end == terms.maturity_day[i]) payment.maturity = balance - payment.principal;
        visit(payment);
        balance -= payment.principal + payment.maturity;
    }
}

}  // namespace seawall::debt
