#include "calendar/business_day.hpp"

#include <boost/test/unit_test.hpp>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(business_day_test)

using namespace seawall;
using namespace seawall::calendar;
using std::chrono::days;
using std::chrono::sys_days;

namespace {

sys_days day(int year, unsigned month, unsigned number) {
    return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{number};
}

constexpr auto following = BusinessDayConvention::following;
constexpr auto modified_following = BusinessDayConvention::modified_following;
constexpr auto preceding = BusinessDayConvention::preceding;
constexpr auto unadjusted = BusinessDayConvention::unadjusted;

/// Easter 2025: Good Friday and Easter Monday.
HolidayCalendar easter() {
    return HolidayCalendar({day(2025, 4, 18), day(2025, 4, 21)});
}

}  // namespace

BOOST_AUTO_TEST_CASE(weekends_are_no_business_days) {
    const HolidayCalendar calendar;
    BOOST_TEST(calendar.is_business_day(day(2025, 8, 29)));
    BOOST_TEST(!calendar.is_business_day(day(2025, 8, 30)));
    BOOST_TEST(!calendar.is_business_day(day(2025, 8, 31)));
}

BOOST_AUTO_TEST_CASE(holidays_are_no_business_days) {
    BOOST_TEST(!easter().is_business_day(day(2025, 4, 21)));
    BOOST_TEST(easter().is_business_day(day(2025, 4, 22)));
}

BOOST_AUTO_TEST_CASE(a_day_moves_over_a_weekend_with_holidays_around_it) {
    BOOST_CHECK(easter().adjust(day(2025, 4, 19), following) == day(2025, 4, 22));
    BOOST_CHECK(easter().adjust(day(2025, 4, 19), preceding) == day(2025, 4, 17));
}

BOOST_AUTO_TEST_CASE(modified_following_stays_in_its_month) {
    const HolidayCalendar calendar;
    BOOST_CHECK(calendar.adjust(day(2025, 8, 30), modified_following) == day(2025, 8, 29));
    BOOST_CHECK(calendar.adjust(day(2025, 8, 30), following) == day(2025, 9, 1));
    BOOST_CHECK(calendar.adjust(day(2025, 8, 23), modified_following) == day(2025, 8, 25));
}

BOOST_AUTO_TEST_CASE(an_unadjusted_day_may_be_a_holiday) {
    BOOST_CHECK(easter().adjust(day(2025, 4, 20), unadjusted) == day(2025, 4, 20));
}

BOOST_AUTO_TEST_CASE(a_business_day_does_not_move) {
    for (const auto convention : {unadjusted, following, modified_following, preceding}) {
        for (sys_days at = day(2025, 4, 1); at < day(2025, 5, 1); at += days{1}) {
            const sys_days moved = easter().adjust(at, convention);
            if (convention != unadjusted) BOOST_TEST(easter().is_business_day(moved));
            BOOST_CHECK(easter().adjust(moved, convention) == moved);
            if (easter().is_business_day(at)) BOOST_CHECK(moved == at);
        }
    }
}

BOOST_AUTO_TEST_CASE(holidays_out_of_order_are_refused_at_their_place) {
    BOOST_CHECK_EXCEPTION(HolidayCalendar({day(2025, 4, 18), day(2025, 4, 21), day(2025, 4, 21)}),
                          Error, [](const Error& error) { return error.where() == "holidays[2]"; });
}

BOOST_AUTO_TEST_CASE(a_convention_has_its_name_and_no_other) {
    BOOST_CHECK((business_day_convention_named("unadjusted") == unadjusted));
    BOOST_CHECK((business_day_convention_named("following") == following));
    BOOST_CHECK((business_day_convention_named("modified_following") == modified_following));
    BOOST_CHECK((business_day_convention_named("preceding") == preceding));
    BOOST_TEST(!business_day_convention_named("nearest").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
