#pragma once

#include <algorithm>
#include <cstddef>

#include "calendar/day_count.hpp"
#include "calendar/payment_days.hpp"
#include "engines/debt/contract_calendar.hpp"
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
/// at the rates of the first day, without prepayments and defaults. The position states its
/// maturity or that day.
template <class Visit>
void visit_contract_payments(const PathBook& book, const ContractCalendar& contract, std::size_t i,
                             Day up_to, const Visit& visit) {
    const LoanTerms& terms = book.terms;
    const PaymentPlan& plan = book.plan;
    const bool is_linear = terms.amortisation[i] == Amortisation::linear;
    const bool is_annuity = terms.amortisation[i] == Amortisation::annuity;
    const bool amortises = (is_linear || is_annuity) && plan.payments_left[i] != 0;
    const double rate = terms.rate_pct[i] / 100.0;
    std::int32_t left = plan.payments_left[i];
    double instalment = plan.instalment[i];
    double balance = terms.balance[i];
    Day paid_until = book.horizon.as_of();
    const auto pay = [&](Day end, double years) {
        ContractPayment payment{.day = end,
                                .interest = balance * rate * years,
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
        if (terms.amortisation[i] == Amortisation::custom &&
            end > terms.interest_only_until_day[i]) {
            payment.principal = std::min(terms.scheduled_principal(i, paid_until, end), balance);
        }
        paid_until = end;
        if (end == terms.maturity_day[i]) payment.maturity = balance - payment.principal;
        visit(payment);
        balance -= payment.principal + payment.maturity;
    };
    const Day maturity = terms.maturity_day[i];
    const auto days = contract.before_maturity(i);
    for (const auto& [day, years] : days) {
        if (day > up_to) return;
        pay(day, years);
    }
    if (maturity == no_day || maturity > up_to) return;
    const Day last = days.empty() ? book.horizon.as_of() : days.back().day;
    for (const auto& [start, end] : calendar::accrual_periods(
             payment_terms(terms, i, book.horizon.as_of()), {.after = last, .up_to = maturity})) {
        pay(end, calendar::year_fraction(terms.day_count[i], start, end));
    }
}

}  // namespace seawall::debt
