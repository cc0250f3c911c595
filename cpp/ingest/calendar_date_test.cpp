#include "ingest/calendar_date.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(calendar_date_test)

using seawall::Date;
using seawall::ingest::date_from_civil;
using seawall::ingest::DateFormat;
using seawall::ingest::iso_date;

namespace {

/// The day that a text is under a format, as YYYY-MM-DD; "none" when it is no day.
std::string read(std::string_view format, std::string_view text, int pivot = 0) {
    const auto compiled = DateFormat::compile(format);
    BOOST_REQUIRE(compiled.has_value());
    const auto date = compiled->parse(text, pivot);
    return date ? iso_date(*date) : "none";
}

bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month) {
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_epoch_is_day_zero) {
    BOOST_TEST(date_from_civil(1970, 1, 1)->days_since_epoch == 0);
}

BOOST_AUTO_TEST_CASE(the_first_and_the_last_year_have_their_known_day_numbers) {
    // Python: datetime.date(y, m, d).toordinal() - datetime.date(1970, 1, 1).toordinal()
    BOOST_TEST(date_from_civil(1, 1, 1)->days_since_epoch == -719'162);
    BOOST_TEST(date_from_civil(2000, 2, 29)->days_since_epoch == 11'016);
    BOOST_TEST(date_from_civil(9999, 12, 31)->days_since_epoch == 2'932'896);
}

BOOST_AUTO_TEST_CASE(every_day_of_four_centuries_follows_the_one_before) {
    int next = date_from_civil(1700, 1, 1)->days_since_epoch;
    int wrong = 0;
    for (int year = 1700; year < 2100; ++year) {
        for (int month = 1; month <= 12; ++month) {
            for (int day = 1; day <= days_in_month(year, month); ++day, ++next) {
                const auto date = date_from_civil(year, month, day);
                if (!date || date->days_since_epoch != next) ++wrong;
                if (read("%Y-%m-%d", iso_date(Date{next})) != iso_date(Date{next})) ++wrong;
            }
            if (date_from_civil(year, month, days_in_month(year, month) + 1)) ++wrong;
        }
    }
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(a_century_has_a_leap_day_only_when_400_divides_it) {
    BOOST_TEST(read("%Y-%m-%d", "2000-02-29") == "2000-02-29");
    BOOST_TEST(read("%Y-%m-%d", "2024-02-29") == "2024-02-29");
    BOOST_TEST(read("%Y-%m-%d", "1900-02-29") == "none");
    BOOST_TEST(read("%Y-%m-%d", "2100-02-29") == "none");
    BOOST_TEST(read("%Y-%m-%d", "2023-02-29") == "none");
}

BOOST_AUTO_TEST_CASE(a_day_that_no_month_has_is_no_date) {
    for (const auto* text :
         {"2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "2023-01-32", "0000-01-01"}) {
        BOOST_TEST(read("%Y-%m-%d", text) == "none");
    }
}

BOOST_AUTO_TEST_CASE(a_two_digit_year_below_the_pivot_is_of_this_century) {
    BOOST_TEST(read("%d-%b-%y", "24-Jun-68", 69) == "2068-06-24");
    BOOST_TEST(read("%d-%b-%y", "24-Jun-69", 69) == "1969-06-24");
    BOOST_TEST(read("%d-%b-%y", "24-Jun-99", 69) == "1999-06-24");
    BOOST_TEST(read("%d-%b-%y", "24-Jun-00", 69) == "2000-06-24");
}

BOOST_AUTO_TEST_CASE(the_outermost_pivots_put_every_year_into_one_century) {
    BOOST_TEST(read("%y%m%d", "000101", 0) == "1900-01-01");
    BOOST_TEST(read("%y%m%d", "991231", 100) == "2099-12-31");
}

BOOST_AUTO_TEST_CASE(a_two_digit_year_is_known_as_such) {
    BOOST_TEST(DateFormat::compile("%d-%b-%y")->has_two_digit_year());
    BOOST_TEST(!DateFormat::compile("%d-%b-%Y")->has_two_digit_year());
}

BOOST_AUTO_TEST_CASE(month_names_are_read_in_any_case) {
    for (const auto* text : {"5-JUN-1991", "5-jun-1991", "5-Jun-1991", "5-jUn-1991"}) {
        BOOST_TEST(read("%d-%b-%Y", text) == "1991-06-05");
    }
    for (const auto* text : {"5 SEPTEMBER 1991", "5 september 1991", "5 September 1991"}) {
        BOOST_TEST(read("%d %B %Y", text) == "1991-09-05");
    }
}

BOOST_AUTO_TEST_CASE(every_month_name_is_its_month) {
    const std::string_view names[] = {"January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December"};
    int month = 0;
    for (const std::string_view name : names) {
        const std::string expected = iso_date(*date_from_civil(2001, ++month, 2));
        BOOST_TEST(read("%B %d, %Y", std::string(name) + " 2, 2001") == expected);
        BOOST_TEST(read("%b %d, %Y", std::string(name.substr(0, 3)) + " 2, 2001") == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_whole_month_name_does_not_fit_an_abbreviation) {
    BOOST_TEST(read("%d-%b-%Y", "5-June-1991") == "none");
    BOOST_TEST(read("%d-%B-%Y", "5-Jun-1991") == "none");
    BOOST_TEST(read("%d-%b-%Y", "5-Jux-1991") == "none");
}

BOOST_AUTO_TEST_CASE(months_and_days_may_have_one_digit_and_years_may_not) {
    BOOST_TEST(read("%m/%d/%Y", "2/8/1997") == "1997-02-08");
    BOOST_TEST(read("%m/%d/%Y", "02/08/1997") == "1997-02-08");
    BOOST_TEST(read("%m/%d/%Y", "2/8/97") == "none");
    BOOST_TEST(read("%m/%d/%y", "2/8/7", 69) == "none");
    BOOST_TEST(read("%m/%d/%Y", "002/8/1997") == "none");
}

BOOST_AUTO_TEST_CASE(the_whole_text_must_fit_the_format) {
    for (const auto* text : {"2023-01-02T00:00", "2023-01-02 ", "x2023-01-02", "2023-01", "",
                             "2023", "20230102", "2023/01/02", "+2023-01-02"}) {
        BOOST_TEST(read("%Y-%m-%d", text) == "none");
    }
}

BOOST_AUTO_TEST_CASE(a_doubled_percent_sign_is_a_percent_sign) {
    BOOST_TEST(read("%Y%%%m%%%d", "2023%01%02") == "2023-01-02");
    BOOST_TEST(read("%Y%%%m%%%d", "2023-01-02") == "none");
}

BOOST_AUTO_TEST_CASE(sas_counts_days_from_the_first_of_january_1960) {
    // SAS documentation, "About SAS Date, Time, and Datetime Values": day 0 is 1960-01-01.
    BOOST_TEST(read("sas_days", "0") == "1960-01-01");
    BOOST_TEST(read("sas_days", "-1") == "1959-12-31");
    BOOST_TEST(read("sas_days", "3653") == "1970-01-01");
    BOOST_TEST(read("sas_days", "15074") == "2001-04-09");
}

BOOST_AUTO_TEST_CASE(a_sas_day_outside_the_years_1_to_9999_is_no_date) {
    // Python: (datetime.date(1, 1, 1) - datetime.date(1960, 1, 1)).days, and of 9999-12-31
    BOOST_TEST(read("sas_days", "-715509") == "0001-01-01");
    BOOST_TEST(read("sas_days", "2936549") == "9999-12-31");
    for (const auto* text : {"-715510", "2936550", "20010409", "99999999999999999999"}) {
        BOOST_TEST(read("sas_days", text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(a_sas_day_is_a_whole_number) {
    BOOST_TEST(read("sas_days", "15074.0") == "2001-04-09");
    BOOST_TEST(read("sas_days", "15074.00") == "2001-04-09");
    for (const auto* text :
         {"", "-", "15074.", "15074.5", "15074x", "15074.0x", "1e4", "+1", " 1"}) {
        BOOST_TEST(read("sas_days", text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(a_format_needs_one_year_one_month_and_one_day) {
    for (const auto* format : {"", "%Y-%m", "%Y-%d", "%m-%d", "%Y-%y-%m-%d", "%Y-%m-%b-%d",
                               "%Y-%m-%d-%d", "%Y-%m-%d %H", "%Y-%m-%d%", "%j"}) {
        BOOST_TEST(!DateFormat::compile(format).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
