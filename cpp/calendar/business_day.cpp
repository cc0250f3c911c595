#include "calendar/business_day.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "errors/error.hpp"

namespace seawall::calendar {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::weekday;

constexpr std::array<std::pair<std::string_view, BusinessDayConvention>, 4> convention_names{{
    {"unadjusted", BusinessDayConvention::unadjusted},
    {"following", BusinessDayConvention::following},
    {"modified_following", BusinessDayConvention::modified_following},
    {"preceding", BusinessDayConvention::preceding},
}};

/// Ends: a calendar has finitely many holidays, and weekends last two days.
sys_days nearest_business_day(const HolidayCalendar& calendar, sys_days day, days step) {
    while (!calendar.is_business_day(day)) day += step;
    return day;
}

std::chrono::month month_of(sys_days day) {
    return std::chrono::year_month_day{day}.month();
}

}  // namespace

std::optional<BusinessDayConvention> business_day_convention_named(std::string_view name) {
    const auto* const found = std::ranges::find(
        convention_names, name, &std::pair<std::string_view, BusinessDayConvention>::first);
    if (found == convention_names.end()) return std::nullopt;
    return found->second;
}

HolidayCalendar::HolidayCalendar(std::vector<sys_days> rising_holidays)
    : holidays_(std::move(rising_holidays)) {
    for (std::size_t i = 1; i < holidays_.size(); ++i) {
        if (holidays_[i - 1] >= holidays_[i]) {
            throw Error(ErrorCode::invalid_input, "holidays[" + std::to_string(i) + "]",
                        "must be after the holiday before it");
        }
    }
}

bool HolidayCalendar::is_business_day(sys_days day) const {
    const weekday name{day};
    if (name == std::chrono::Saturday || name == std::chrono::Sunday) return false;
    return !std::ranges::binary_search(holidays_, day);
}

sys_days HolidayCalendar::adjust(sys_days day, BusinessDayConvention convention) const {
    if (convention == BusinessDayConvention::unadjusted) return day;
    if (convention != BusinessDayConvention::preceding) {
        const sys_days following = nearest_business_day(*this, day, days{1});
        if (convention == BusinessDayConvention::following ||
            month_of(following) == month_of(day)) {
            return following;
        }
    }
    return nearest_business_day(*this, day, days{-1});
}

}  // namespace seawall::calendar
