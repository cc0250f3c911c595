#pragma once

#include <chrono>

namespace seawall::calendar {

/// The anchor's day of the month `months` later (earlier where negative), or the last day of a
/// shorter month. Steps are taken from the anchor, never from one step to the next: the 31st comes
/// back after a February. The result must be of the years that std::chrono::year holds.
std::chrono::sys_days add_months(std::chrono::sys_days anchor, int months);

/// The same, but from the last day of a month to last days of months.
std::chrono::sys_days add_months_from_month_end(std::chrono::sys_days anchor, int months);

}  // namespace seawall::calendar
