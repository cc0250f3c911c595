#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace seawall::calendar {

/// Where a day goes that is no business day (2006 ISDA Definitions, 4.12).
enum class BusinessDayConvention {
    unadjusted,
    following,           ///< the next business day
    modified_following,  ///< the next one of the same month, else the one before
    preceding,           ///< the business day before
};

/// The convention of its own name; nothing for another one.
std::optional<BusinessDayConvention> business_day_convention_named(std::string_view name);

/// Saturdays, Sundays and the holidays of a caller are no business days.
class HolidayCalendar {
  public:
    HolidayCalendar() = default;

    /// Throws Error(invalid_input) at "holidays[i]" unless each day is after the one before.
    explicit HolidayCalendar(std::vector<std::chrono::sys_days> rising_holidays);

    bool is_business_day(std::chrono::sys_days day) const;

    std::chrono::sys_days adjust(std::chrono::sys_days day, BusinessDayConvention convention) const;

  private:
    std::vector<std::chrono::sys_days> holidays_;
};

}  // namespace seawall::calendar
