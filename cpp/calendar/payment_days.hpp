#pragma once

#include <chrono>
#include <optional>
#include <vector>

namespace seawall::calendar {

/// The days on which a position pays: those of the grid of `interval_months` through the anchor, in
/// both directions, that are before the maturity, and the maturity, whatever its day.
struct PaymentTerms {
    std::chrono::sys_days anchor;
    int interval_months = 1;  ///< 0: the maturity is the only payment day
    std::chrono::sys_days maturity;
    /// No day of the grid before it is a payment day.
    std::optional<std::chrono::sys_days> first_payment{};
    /// Where interest begins, mostly the origination: payment days are after it. Needed where the
    /// interval is 0.
    std::optional<std::chrono::sys_days> accrual_start{};
};

/// Interest of the days from accrual_start up to accrual_end is due on accrual_end, before any move
/// to a business day.
struct AccrualPeriod {
    std::chrono::sys_days accrual_start, accrual_end;
    friend bool operator==(const AccrualPeriod&, const AccrualPeriod&) = default;
};

struct PaymentWindow {
    std::chrono::sys_days after, up_to;
};

/// The periods that end in the window, in order. A period begins on the payment day before its end;
/// the first of a position at its accrual_start, or one interval before its end where there is
/// none. Periods of adjoining windows are those of the whole. Throws Error(invalid_input) on an
/// interval outside 0 .. 12, one of 0 without accrual_start, and an accrual_start that is not
/// before the maturity.
std::vector<AccrualPeriod> accrual_periods(const PaymentTerms& terms, const PaymentWindow& window);

}  // namespace seawall::calendar
