#include "engines/debt/contractual_balance.hpp"

#include <algorithm>

#include "calendar/payment_days.hpp"
#include "engines/debt/level_payment.hpp"
#include "table/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t positions_a_task = 256;

/// Principal of one payment of a position, by its instalment.
double principal_of(Amortisation kind, double instalment, double interest, double balance) {
    const double wanted = kind == Amortisation::annuity ? instalment - interest : instalment;
    return std::min(std::max(wanted, 0.0), balance);
}

double balance_at(const PathBook& book, std::size_t i, Day day) {
    const LoanTerms& terms = book.terms;
    const PaymentPlan& plan = book.plan;
    double balance = terms.balance[i];
    const bool amortises = terms.amortisation[i] == Amortisation::annuity ||
                           terms.amortisation[i] == Amortisation::linear;
    if (!amortises || plan.payments_left[i] == 0) return balance;
    std::int32_t left = plan.payments_left[i];
    double instalment = plan.instalment[i];
    const double rate = terms.rate_pct[i] / 100.0;
    for (const auto& [start, end] :
         calendar::accrual_periods(payment_terms(terms, i, book.horizon.as_of()),
                                   {.after = book.horizon.as_of(), .up_to = day})) {
        if (end <= terms.interest_only_until_day[i]) continue;
        if (instalment != instalment) {
            instalment = terms.amortisation[i] == Amortisation::linear
                             ? balance / left
                             : level_payment(balance, rate * plan.interval_years[i], left);
        }
        const double interest =
            balance * rate * calendar::year_fraction(terms.day_count[i], start, end);
        balance -= principal_of(terms.amortisation[i], instalment, interest, balance);
        left = std::max(left - 1, 1);
    }
    return balance;
}

}  // namespace

Day expected_repayment(const LoanTerms& terms, std::size_t position, Day as_of) {
    const Day anticipated = terms.anticipated_repayment_day[position];
    return anticipated != no_day && anticipated > as_of ? anticipated
                                                        : terms.maturity_day[position];
}

Buffer<double> contractual_balances(const PathBook& book, const ParallelOptions& options) {
    const std::size_t count = book.order.position_count();
    Buffer<double> balances(count);
    const std::size_t tasks = (count + positions_a_task - 1) / positions_a_task;
    const bool complete = parallel_for(tasks, options, [&](std::size_t task) {
        const std::size_t end = std::min((task + 1) * positions_a_task, count);
        for (std::size_t i = task * positions_a_task; i < end; ++i) {
            const Day day = expected_repayment(book.terms, i, book.horizon.as_of());
            const bool is_past = day == no_day || day <= book.horizon.as_of();
            balances[i] = is_past ? book.terms.balance[i] : balance_at(book, i, day);
        }
    });
    if (!complete) throw Error(ErrorCode::cancelled, "wall", "stopped by the caller");
    return balances;
}

}  // namespace seawall::debt
