#include "engines/debt/contractual_balance.hpp"

#include <algorithm>

#include "engines/debt/contract_payments.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t positions_a_task = 256;

double balance_at(const PathBook& book, const ContractCalendar& contract, std::size_t i, Day day) {
    const LoanTerms& terms = book.terms;
    double balance = terms.balance[i];
    const bool amortises = terms.amortisation[i] == Amortisation::annuity ||
                           terms.amortisation[i] == Amortisation::linear;
    const bool is_custom = terms.amortisation[i] == Amortisation::custom;
    if (!is_custom && (!amortises || book.plan.payments_left[i] == 0)) return balance;
    visit_contract_payments(book, contract, i, day, [&](const ContractPayment& payment) {
        balance = payment.balance - payment.principal;
    });
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
    const ContractCalendar contract(book);
    const std::size_t tasks = (count + positions_a_task - 1) / positions_a_task;
    const bool complete = parallel_for(tasks, options, [&](std::size_t task) {
        const std::size_t end = std::min((task + 1) * positions_a_task, count);
        for (std::size_t i = task * positions_a_task; i < end; ++i) {
            const Day day = expected_repayment(book.terms, i, book.horizon.as_of());
            const bool is_past = day == no_day || day <= book.horizon.as_of();
            balances[i] = is_past ? book.terms.balance[i] : balance_at(book, contract, i, day);
        }
    });
    if (!complete) throw Error(ErrorCode::cancelled, "wall", "stopped by the caller");
    return balances;
}

}  // namespace seawall::debt
