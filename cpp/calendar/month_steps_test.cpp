#include "calendar/month_steps.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(month_steps_test)

using namespace seawall::calendar;
using std::chrono::sys_days;

namespace {

sys_days day(int year, unsigned month, unsigned number) {
    return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{number};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_shorter_month_ends_the_step_on_its_last_day) {
    BOOST_CHECK(add_months(day(2025, 1, 31), 1) == day(2025, 2, 28));
    BOOST_CHECK(add_months(day(2024, 1, 31), 1) == day(2024, 2, 29));
    BOOST_CHECK(add_months(day(2025, 1, 30), 1) == day(2025, 2, 28));
    BOOST_CHECK(add_months(day(2025, 3, 31), 1) == day(2025, 4, 30));
}

BOOST_AUTO_TEST_CASE(the_31st_comes_back_after_a_shorter_month) {
    BOOST_CHECK(add_months(day(2025, 1, 31), 2) == day(2025, 3, 31));
}

BOOST_AUTO_TEST_CASE(steps_back_cross_years) {
    BOOST_CHECK(add_months(day(2025, 1, 15), -1) == day(2024, 12, 15));
    BOOST_CHECK(add_months(day(2025, 3, 31), -13) == day(2024, 2, 29));
    BOOST_CHECK(add_months(day(2025, 3, 31), 0) == day(2025, 3, 31));
}

BOOST_AUTO_TEST_CASE(without_the_rule_a_february_28th_stays_the_28th) {
    BOOST_CHECK(add_months(day(2025, 2, 28), 1) == day(2025, 3, 28));
}

BOOST_AUTO_TEST_CASE(with_the_rule_month_ends_lead_to_month_ends) {
    BOOST_CHECK(add_months_from_month_end(day(2025, 2, 28), 1) == day(2025, 3, 31));
    BOOST_CHECK(add_months_from_month_end(day(2025, 4, 30), -2) == day(2025, 2, 28));
    BOOST_CHECK(add_months_from_month_end(day(2023, 2, 28), 12) == day(2024, 2, 29));
}

BOOST_AUTO_TEST_CASE(the_rule_leaves_other_days_alone) {
    BOOST_CHECK(add_months_from_month_end(day(2024, 2, 28), 1) == day(2024, 3, 28));
    BOOST_CHECK(add_months_from_month_end(day(2025, 1, 30), 1) == day(2025, 2, 28));
}

BOOST_AUTO_TEST_CASE(every_step_lands_in_the_month_it_names) {
    using std::chrono::months;
    using std::chrono::year_month_day;
    for (sys_days anchor = day(2023, 1, 1); anchor < day(2025, 1, 1);
         anchor += std::chrono::days{1}) {
        const year_month_day from{anchor};
        for (int step = -30; step <= 30; ++step) {
            const year_month_day to{add_months(anchor, step)};
            BOOST_REQUIRE(to.year() / to.month() == from.year() / from.month() + months{step});
            BOOST_REQUIRE(to.day() <= from.day());
            BOOST_REQUIRE((to.day() == from.day() ||
                           sys_days{to} == sys_days{to.year() / to.month() / std::chrono::last}));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
