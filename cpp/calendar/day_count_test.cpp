#include "calendar/day_count.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(day_count_test)

using namespace seawall;
using namespace seawall::calendar;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

sys_days day(int year, unsigned month, unsigned number) {
    return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{number};
}

constexpr DayCount all_day_counts[] = {DayCount::thirty_360_us, DayCount::thirty_e_360,
                                       DayCount::actual_360, DayCount::actual_365_fixed,
                                       DayCount::actual_actual_isda};

/// Day by day, as the ISDA Definitions say it.
double isda_by_days(sys_days start, sys_days end) {
    int leap_days = 0;
    int other_days = 0;
    for (sys_days at = start; at < end; at += std::chrono::days{1}) {
        const bool is_leap = std::chrono::year_month_day{at}.year().is_leap();
        ++(is_leap ? leap_days : other_days);
    }
    return leap_days / 366.0 + other_days / 365.0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(actual_actual_isda_has_the_figures_of_the_isda_memorandum) {
    // ISDA, "EMU and market conventions: recent developments" (1998), to the ten decimals that all
    // of them have.
    struct Example {
        sys_days start, end;
        double fraction;
    };
    const Example examples[] = {
        {day(2003, 11, 1), day(2004, 5, 1), 0.497724380567},
        {day(1999, 2, 1), day(1999, 7, 1), 0.410958904110},
        {day(1999, 7, 1), day(2000, 7, 1), 1.001377348600},
        {day(2002, 8, 15), day(2003, 7, 15), 0.915068493151},
        {day(2003, 7, 15), day(2004, 1, 15), 0.504004790778},
        {day(1999, 7, 30), day(2000, 1, 30), 0.503892506924},
        {day(2000, 1, 30), day(2000, 6, 30), 0.415300546448},
    };
    for (const Example& example : examples) {
        const double found =
            year_fraction(DayCount::actual_actual_isda, example.start, example.end);
        BOOST_CHECK_SMALL(found - example.fraction, 1e-11);
    }
}

BOOST_AUTO_TEST_CASE(actual_actual_isda_counts_each_day_by_its_year) {
    for (int length = 0; length < 3000; length += 37) {
        const sys_days start = day(1998, 12, 30) + std::chrono::days{length / 3};
        const sys_days end = start + std::chrono::days{length};
        BOOST_CHECK_SMALL(
            year_fraction(DayCount::actual_actual_isda, start, end) - isda_by_days(start, end),
            1e-14);
    }
}

BOOST_AUTO_TEST_CASE(icma_periods_have_the_figures_of_the_isda_memorandum) {
    BOOST_TEST(year_fraction_icma({day(2003, 11, 1), day(2004, 5, 1), 2}, day(2003, 11, 1),
                                  day(2004, 5, 1)) == 0.5);
    BOOST_CHECK_SMALL(year_fraction_icma({day(1998, 7, 1), day(1999, 7, 1), 1}, day(1999, 2, 1),
                                         day(1999, 7, 1)) -
                          0.410958904110,
                      5.1e-13);
    BOOST_CHECK_SMALL(year_fraction_icma({day(2000, 1, 30), day(2000, 7, 30), 2}, day(2000, 1, 30),
                                         day(2000, 6, 30)) -
                          0.417582417582,
                      5.1e-13);
}

BOOST_AUTO_TEST_CASE(the_bond_basis_cuts_a_last_31st_only_after_a_30th_or_31st) {
    const auto days = [](sys_days start, sys_days end) {
        return day_difference(DayCount::thirty_360_us, start, end);
    };
    BOOST_TEST(days(day(2007, 1, 31), day(2007, 3, 31)) == 60);
    BOOST_TEST(days(day(2007, 1, 30), day(2007, 3, 31)) == 60);
    BOOST_TEST(days(day(2007, 1, 29), day(2007, 3, 31)) == 62);
    BOOST_TEST(days(day(2007, 1, 31), day(2007, 2, 28)) == 28);
}

BOOST_AUTO_TEST_CASE(the_bond_basis_has_no_rule_for_the_end_of_february) {
    // ISDA's own 30/360 examples; a rule for February would give 180.
    BOOST_TEST(day_difference(DayCount::thirty_360_us, day(2007, 2, 28), day(2007, 8, 31)) == 183);
    BOOST_TEST(day_difference(DayCount::thirty_360_us, day(2008, 2, 29), day(2008, 8, 31)) == 182);
}

BOOST_AUTO_TEST_CASE(the_eurobond_basis_cuts_every_31st) {
    BOOST_TEST(day_difference(DayCount::thirty_e_360, day(2007, 1, 29), day(2007, 3, 31)) == 61);
    BOOST_TEST(day_difference(DayCount::thirty_e_360, day(2007, 2, 28), day(2007, 8, 31)) == 182);
}

BOOST_AUTO_TEST_CASE(a_year_of_365_days_is_more_than_a_year_of_360) {
    const sys_days start = day(2025, 1, 1);
    const sys_days end = day(2026, 1, 1);
    BOOST_TEST(year_fraction(DayCount::actual_365_fixed, start, end) == 1.0);
    BOOST_TEST(year_fraction(DayCount::actual_360, start, end) == 365.0 / 360.0);
    BOOST_TEST(year_fraction(DayCount::actual_actual_isda, start, end) == 1.0);
    BOOST_TEST(year_fraction(DayCount::thirty_360_us, start, end) == 1.0);
}

BOOST_AUTO_TEST_CASE(a_leap_day_counts_where_days_are_actual) {
    BOOST_TEST(year_fraction(DayCount::actual_365_fixed, day(2024, 1, 1), day(2025, 1, 1)) ==
               366.0 / 365.0);
    BOOST_TEST(year_fraction(DayCount::actual_actual_isda, day(2024, 1, 1), day(2025, 1, 1)) ==
               1.0);
}

BOOST_AUTO_TEST_CASE(a_later_end_never_gives_a_smaller_fraction) {
    for (const DayCount day_count : all_day_counts) {
        const sys_days start = day(2023, 8, 30);
        double before = 0.0;
        for (int length = 0; length < 800; ++length) {
            const double now = year_fraction(day_count, start, start + std::chrono::days{length});
            BOOST_REQUIRE(now >= before);
            before = now;
        }
    }
}

BOOST_AUTO_TEST_CASE(an_end_before_its_start_is_refused) {
    for (const DayCount day_count : all_day_counts) {
        BOOST_CHECK_EXCEPTION(year_fraction(day_count, day(2025, 1, 2), day(2025, 1, 1)), Error,
                              [](const Error& error) { return error.where() == "start"; });
    }
}

BOOST_AUTO_TEST_CASE(days_outside_their_coupon_period_are_refused) {
    const CouponPeriod period{day(2025, 1, 1), day(2025, 7, 1), 2};
    BOOST_CHECK_THROW(year_fraction_icma(period, day(2024, 12, 31), day(2025, 2, 1)), Error);
    BOOST_CHECK_THROW(year_fraction_icma(period, day(2025, 1, 1), day(2025, 7, 2)), Error);
    BOOST_CHECK_THROW(
        year_fraction_icma({period.end, period.start, 2}, day(2025, 2, 1), day(2025, 2, 1)), Error);
}

BOOST_AUTO_TEST_CASE(a_day_count_has_its_name_and_no_other) {
    BOOST_CHECK((day_count_named("30/360") == DayCount::thirty_360_us));
    BOOST_CHECK((day_count_named("30e/360") == DayCount::thirty_e_360));
    BOOST_CHECK((day_count_named("actual/360") == DayCount::actual_360));
    BOOST_CHECK((day_count_named("actual/365") == DayCount::actual_365_fixed));
    BOOST_CHECK((day_count_named("actual/actual") == DayCount::actual_actual_isda));
    for (const char* name : {"", "simple", "30E/360", "actual/364"}) {
        BOOST_TEST(!day_count_named(name).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
