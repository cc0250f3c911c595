#include "calendar/day_count.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "errors/error.hpp"

namespace seawall::calendar {
namespace {

using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::array<std::pair<std::string_view, DayCount>, 5> day_count_names{{
    {"30/360", DayCount::thirty_360_us},
    {"30e/360", DayCount::thirty_e_360},
    {"actual/360", DayCount::actual_360},
    {"actual/365", DayCount::actual_365_fixed},
    {"actual/actual", DayCount::actual_actual_isda},
}};

int actual_days(sys_days start, sys_days end) {
    return static_cast<int>((end - start).count());
}

/// In months of 30 days. A last day 31 counts as 30: always on the Eurobond basis, after a first
/// day of 30 or 31 on the bond basis.
int thirty_day_difference(sys_days start, sys_days end, bool is_eurobond) {
    const year_month_day first{start};
    const year_month_day last{end};
    const int first_day = std::min(static_cast<int>(static_cast<unsigned>(first.day())), 30);
    int last_day = static_cast<int>(static_cast<unsigned>(last.day()));
    if (last_day == 31 && (is_eurobond || first_day == 30)) last_day = 30;
    const int months =
        static_cast<int>((last.year() / last.month() - first.year() / first.month()).count());
    return 30 * months + last_day - first_day;
}

sys_days first_day_of(year y) {
    return y / std::chrono::January / 1;
}

double days_in(year y) {
    return y.is_leap() ? 366.0 : 365.0;
}

double actual_actual_isda(sys_days start, sys_days end) {
    const year first = year_month_day{start}.year();
    const year last = year_month_day{end}.year();
    if (first == last) return actual_days(start, end) / days_in(first);
    const double begun = actual_days(start, first_day_of(first + std::chrono::years{1}));
    const double ended = actual_days(first_day_of(last), end);
    const auto whole_years = static_cast<double>((last - first).count() - 1);
    return begun / days_in(first) + whole_years + ended / days_in(last);
}

}  // namespace

std::optional<DayCount> day_count_named(std::string_view name) {
    const auto* const found =
        std::ranges::find(day_count_names, name, &std::pair<std::string_view, DayCount>::first);
    if (found == day_count_names.end()) return std::nullopt;
    return found->second;
}

int day_difference(DayCount day_count, sys_days start, sys_days end) {
    if (start > end) {
        throw Error(ErrorCode::invalid_input, "start", "must not be after the end");
    }
    switch (day_count) {
        case DayCount::thirty_360_us:
            return thirty_day_difference(start, end, false);
        case DayCount::thirty_e_360:
            return thirty_day_difference(start, end, true);
        case DayCount::actual_360:
        case DayCount::actual_365_fixed:
        case DayCount::actual_actual_isda:
            break;
    }
    return actual_days(start, end);
}

double year_fraction(DayCount day_count, sys_days start, sys_days end) {
    const int days = day_difference(day_count, start, end);
    if (day_count == DayCount::actual_actual_isda) return actual_actual_isda(start, end);
    return days / (day_count == DayCount::actual_365_fixed ? 365.0 : 360.0);
}

double year_fraction_icma(const CouponPeriod& period, sys_days start, sys_days end) {
    if (period.start >= period.end || period.frequency < 1) {
        throw Error(ErrorCode::invalid_input, "period", "must be a part of a year");
    }
    if (start < period.start || start > end || end > period.end) {
        throw Error(ErrorCode::invalid_input, "start", "must be days in order of one period");
    }
    return actual_days(start, end) /
           (static_cast<double>(period.frequency) * actual_days(period.start, period.end));
}

}  // namespace seawall::calendar
