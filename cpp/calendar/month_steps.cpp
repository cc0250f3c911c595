#include "calendar/month_steps.hpp"

namespace seawall::calendar {

using std::chrono::sys_days;
using std::chrono::year_month_day;

sys_days add_months(sys_days anchor, int months) {
    const year_month_day moved = year_month_day{anchor} + std::chrono::months{months};
    return moved.ok() ? sys_days{moved}
                      : sys_days{moved.year() / moved.month() / std::chrono::last};
}

sys_days add_months_from_month_end(sys_days anchor, int months) {
    const year_month_day day{anchor};
    const auto month_end = day.year() / day.month() / std::chrono::last;
    if (day.day() != month_end.day()) return add_months(anchor, months);
    return sys_days{month_end + std::chrono::months{months}};
}

}  // namespace seawall::calendar
