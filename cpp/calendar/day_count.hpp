#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace seawall::calendar {

/// How the days between two dates become a fraction of a year; section numbers are of the 2006 ISDA
/// Definitions.
enum class DayCount {
    thirty_360_us,       ///< 4.16(f), the bond basis; no rule for the end of February
    thirty_e_360,        ///< 4.16(g), the Eurobond basis
    actual_360,          ///< 4.16(e)
    actual_365_fixed,    ///< 4.16(d)
    actual_actual_isda,  ///< 4.16(b): days of leap years over 366, all others over 365
};

/// "30/360", "30e/360", "actual/360", "actual/365" or "actual/actual"; nothing for another name.
std::optional<DayCount> day_count_named(std::string_view name);

/// Days from start to end as the 30/360 rules count them, or as they are. Throws
/// Error(invalid_input) at "start" when start is after end.
int day_difference(DayCount day_count, std::chrono::sys_days start, std::chrono::sys_days end);

/// Throws as day_difference does.
double year_fraction(DayCount day_count, std::chrono::sys_days start, std::chrono::sys_days end);

/// A regular coupon period, start < end, of a bond with `frequency` coupons a year.
struct CouponPeriod {
    std::chrono::sys_days start, end;
    int frequency = 1;
};

/// Actual/actual of ICMA rule 251 within one coupon period: the whole period is 1 / frequency.
/// Throws Error(invalid_input) unless period.start <= start <= end <= period.end.
double year_fraction_icma(const CouponPeriod& period, std::chrono::sys_days start,
                          std::chrono::sys_days end);

}  // namespace seawall::calendar
