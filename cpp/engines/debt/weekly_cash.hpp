#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "calendar/business_day.hpp"
#include "engines/debt/case_days.hpp"
#include "engines/debt/path_tables.hpp"
#include "engines/debt/tile_rerun.hpp"
#include "table/column.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_weekly_rows = std::size_t{1} << 26U;

/// On which days payments are made that fall due on others.
struct PaymentCalendar {
    calendar::BusinessDayConvention convention = calendar::BusinessDayConvention::unadjusted;
    calendar::HolidayCalendar holidays{};
};

/// The money of an obligor in a week, in the book's currency. Closing cash is opening cash and
/// receipts, less what is paid and distributed, and with the operating shortfall, which is unpaid.
struct WeekFigures {
    double opening_cash = 0.0, receipts = 0.0, operating_payments = 0.0;
    double interest_due = 0.0, interest_paid = 0.0;
    double principal_due = 0.0, principal_paid = 0.0;  ///< scheduled
    double maturity_due = 0.0, refinanced = 0.0, maturity_paid_in_cash = 0.0;
    double operating_shortfall = 0.0, debt_service_shortfall = 0.0, refinancing_shortfall = 0.0;
    double distributed = 0.0, closing_cash = 0.0;

    bool is_short() const {
        return operating_shortfall > 0.0 || debt_service_shortfall > 0.0 ||
               refinancing_shortfall > 0.0;
    }
};

/// In the order of tables.
inline constexpr std::array<std::pair<const char*, double WeekFigures::*>, 15> week_figure_names{
    {{"opening_cash", &WeekFigures::opening_cash},
     {"receipts", &WeekFigures::receipts},
     {"operating_payments", &WeekFigures::operating_payments},
     {"interest_due", &WeekFigures::interest_due},
     {"interest_paid", &WeekFigures::interest_paid},
     {"principal_due", &WeekFigures::principal_due},
     {"principal_paid", &WeekFigures::principal_paid},
     {"maturity_due", &WeekFigures::maturity_due},
     {"refinanced", &WeekFigures::refinanced},
     {"maturity_paid_in_cash", &WeekFigures::maturity_paid_in_cash},
     {"operating_shortfall", &WeekFigures::operating_shortfall},
     {"debt_service_shortfall", &WeekFigures::debt_service_shortfall},
     {"refinancing_shortfall", &WeekFigures::refinancing_shortfall},
     {"distributed", &WeekFigures::distributed},
     {"closing_cash", &WeekFigures::closing_cash}}};

/// The days 1 … 91 of a case by weeks. What falls due in them is what the months of the case let
/// fall due, on its day as the calendar moves it, but not before day 1; business accrues by the
/// day, at the drivers of the day's month. What a week leaves unpaid is due in the next, first of
/// its class. Surplus is distributed in the weeks in which months end, or a month of debt service
/// would be paid out before it is due. After a default nothing moves.

/// One row a week: sums of the obligors whose income is known, and how many of them fall short.
/// Throws Error(invalid_input) unless the horizon has 91 days, and what rerun_tiles throws.
Table weekly_cash_table(const CaseView& view, const CaseRerun& rerun, const PaymentCalendar& days);

/// One row an obligor and week, in the order of the book. Throws also Error(limit_exceeded) beyond
/// max_weekly_rows.
Table obligor_weekly_cash_table(const CaseView& view, const CaseRerun& rerun,
                                const PaymentCalendar& days);

}  // namespace seawall::debt
