#include "engines/debt/contract_calendar.hpp"

#include <algorithm>
#include <cstddef>

#include "calendar/day_count.hpp"
#include "calendar/payment_days.hpp"

namespace seawall::debt {
namespace {

constexpr auto none = static_cast<std::size_t>(-1);

/// The last day of a position that may be asked for; no_day where none is.
Day last_day(const LoanTerms& terms, std::size_t position) {
    const Day maturity = terms.maturity_day[position];
    return maturity == no_day ? terms.anticipated_repayment_day[position] : maturity;
}

}  // namespace

ContractCalendar::ContractCalendar(const PathBook& book)
    : book_(book), days_of_class_(book.plan.class_count) {
    // Of each class the position that is wanted for longest.
    std::vector<std::size_t> last(book.plan.class_count, none);
    for (std::size_t i = 0; i < book.order.position_count(); ++i) {
        if (last_day(book.terms, i) == no_day) continue;
        std::size_t& longest = last[book.plan.class_of_position[i]];
        const bool is_longer =
            longest == none || last_day(book.terms, longest) < last_day(book.terms, i);
        if (is_longer) longest = i;
    }
    for (std::size_t c = 0; c < last.size(); ++c) {
        if (last[c] == none) continue;
        const calendar::PaymentTerms days =
            payment_terms(book.terms, last[c], book.horizon.as_of());
        for (const auto& [start, end] : calendar::accrual_periods(
                 days, {.after = book.horizon.as_of(), .up_to = last_day(book.terms, last[c])})) {
            if (end == days.maturity) break;
            days_of_class_[c].push_back(
                {end, calendar::year_fraction(book.terms.day_count[last[c]], start, end)});
        }
    }
}

std::span<const ContractDay> ContractCalendar::before_maturity(std::size_t position) const {
    const auto& days = days_of_class_[book_.plan.class_of_position[position]];
    const Day maturity = book_.terms.maturity_day[position];
    if (maturity == no_day) return days;
    return {days.begin(), std::ranges::lower_bound(days, maturity, {}, &ContractDay::day)};
}

}  // namespace seawall::debt
