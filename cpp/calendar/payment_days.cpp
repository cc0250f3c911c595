#include "calendar/payment_days.hpp"

#include <algorithm>

#include "calendar/month_steps.hpp"
#include "errors/error.hpp"

namespace seawall::calendar {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

void check(const PaymentTerms& terms) {
    if (terms.interval_months < 0 || terms.interval_months > 12) {
        throw Error(ErrorCode::invalid_input, "interval_months", "must be from 0 to 12");
    }
    if (!terms.accrual_start) {
        if (terms.interval_months > 0) return;
        throw Error(ErrorCode::invalid_input, "accrual_start",
                    "is needed where the maturity is the only payment day");
    }
    if (*terms.accrual_start >= terms.maturity) {
        throw Error(ErrorCode::invalid_input, "accrual_start", "must be before the maturity");
    }
}

/// Day k of the grid is k intervals from the anchor.
class PaymentGrid {
  public:
    explicit PaymentGrid(const PaymentTerms& terms) : terms_(terms), anchor_(terms.anchor) {}

    /// As add_months has it, of an anchor that is taken apart once.
    sys_days operator[](int k) const {
        const year_month_day moved = anchor_ + std::chrono::months{k * terms_.interval_months};
        constexpr std::chrono::day in_every_month{28};
        return moved.day() <= in_every_month || moved.ok()
                   ? sys_days{moved}
                   : sys_days{moved.year() / moved.month() / std::chrono::last};
    }

    /// The first day of the grid after a day.
    int first_after(sys_days day) const {
        const year_month_day to{day};
        const auto months =
            static_cast<int>((to.year() / to.month() - anchor_.year() / anchor_.month()).count());
        int k = months / terms_.interval_months;  // rounded towards the anchor
        while ((*this)[k] <= day) ++k;            // at most twice
        return k;
    }

    /// The first day of the grid that is a payment day, if it is before the maturity.
    std::optional<int> first_payment() const {
        std::optional<sys_days> after = terms_.accrual_start;
        if (terms_.first_payment) {
            const sys_days before = *terms_.first_payment - std::chrono::days{1};
            after = after ? std::max(*after, before) : before;
        }
        if (!after) return std::nullopt;
        return first_after(*after);
    }

  private:
    const PaymentTerms& terms_;
    year_month_day anchor_;
};

}  // namespace

std::vector<AccrualPeriod> accrual_periods(const PaymentTerms& terms, const PaymentWindow& window) {
    check(terms);
    std::vector<AccrualPeriod> periods;
    if (terms.maturity <= window.after) return periods;
    const bool is_paid_off = terms.maturity <= window.up_to;
    if (terms.interval_months == 0) {
        if (is_paid_off && terms.accrual_start) {  // check has seen that there is one
            periods.push_back({*terms.accrual_start, terms.maturity});
        }
        return periods;
    }
    const PaymentGrid grid(terms);
    const std::optional<int> first = grid.first_payment();
    int k = grid.first_after(window.after);
    if (first) k = std::max(k, *first);
    const auto previous_payment = [&](int next) {
        if (first && next <= *first && terms.accrual_start) return *terms.accrual_start;
        return grid[next - 1];
    };
    sys_days start = previous_payment(k);
    sys_days end = grid[k];
    for (; end <= window.up_to && end < terms.maturity; end = grid[++k]) {
        periods.push_back({start, end});
        start = end;
    }
    if (!is_paid_off) return periods;
    if (first && grid[*first] >= terms.maturity) {  // the maturity is the only payment day
        start = terms.accrual_start.value_or(add_months(terms.maturity, -terms.interval_months));
    }
    periods.push_back({start, terms.maturity});
    return periods;
}

}  // namespace seawall::calendar
