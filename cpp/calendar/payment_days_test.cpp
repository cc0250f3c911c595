#include "calendar/payment_days.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

#include "calendar/month_steps.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(payment_days_test)

using namespace seawall;
using namespace seawall::calendar;
using std::chrono::days;
using std::chrono::sys_days;
using Periods = std::vector<AccrualPeriod>;

namespace {

sys_days day(int year, unsigned month, unsigned number) {
    return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{number};
}

const PaymentWindow always{day(1900, 1, 1), day(2200, 1, 1)};

/// Monthly on the 31st, to 15 June 2026.
PaymentTerms monthly() {
    return {.anchor = day(2026, 1, 31), .interval_months = 1, .maturity = day(2026, 6, 15)};
}

/// Day by day: is it a payment day by the words of the declaration?
bool is_payment_day(const PaymentTerms& terms, sys_days at) {
    if (at == terms.maturity) return true;
    if (at > terms.maturity || terms.interval_months == 0) return false;
    if (terms.first_payment && at < *terms.first_payment) return false;
    if (terms.accrual_start && at <= *terms.accrual_start) return false;
    for (int k = -400; k <= 400; ++k) {
        if (add_months(terms.anchor, k * terms.interval_months) == at) return true;
    }
    return false;
}

/// One interval before a first payment: the day of the grid before it, where it is one.
sys_days interval_before(const PaymentTerms& terms, sys_days first) {
    for (int k = -400; k <= 400 && first != terms.maturity; ++k) {
        if (add_months(terms.anchor, k * terms.interval_months) == first) {
            return add_months(terms.anchor, (k - 1) * terms.interval_months);
        }
    }
    return add_months(first, -terms.interval_months);
}

Periods slow_periods(const PaymentTerms& terms, const PaymentWindow& window) {
    std::optional<sys_days> before;
    Periods periods;
    for (sys_days at = terms.maturity - days{4000}; at <= window.up_to; at += days{1}) {
        if (!is_payment_day(terms, at)) continue;
        if (!before) before = terms.accrual_start.value_or(interval_before(terms, at));
        if (at > window.after) periods.push_back({*before, at});
        before = at;
    }
    return periods;
}

}  // namespace

BOOST_AUTO_TEST_CASE(payment_days_keep_the_anchor_s_day_and_end_on_the_maturity) {
    const Periods expected{
        {day(2026, 2, 28), day(2026, 3, 31)},
        {day(2026, 3, 31), day(2026, 4, 30)},
        {day(2026, 4, 30), day(2026, 5, 31)},
        {day(2026, 5, 31), day(2026, 6, 15)},
    };
    BOOST_CHECK(accrual_periods(monthly(), {day(2026, 2, 28), day(2026, 12, 31)}) == expected);
}

BOOST_AUTO_TEST_CASE(the_first_period_may_begin_before_the_window) {
    const Periods found = accrual_periods(monthly(), {day(2026, 2, 10), day(2026, 3, 1)});
    BOOST_CHECK(found == (Periods{{day(2026, 1, 31), day(2026, 2, 28)}}));
}

BOOST_AUTO_TEST_CASE(a_window_holds_its_last_day_and_not_the_day_it_follows) {
    BOOST_TEST(accrual_periods(monthly(), {day(2026, 2, 27), day(2026, 2, 28)}).size() == 1U);
    BOOST_TEST(accrual_periods(monthly(), {day(2026, 2, 28), day(2026, 3, 30)}).empty());
}

BOOST_AUTO_TEST_CASE(the_grid_goes_backwards_from_the_maturity) {
    PaymentTerms terms = monthly();
    terms.anchor = terms.maturity;
    terms.interval_months = 3;
    BOOST_CHECK(
        accrual_periods(terms, {day(2026, 1, 1), day(2026, 12, 31)}) ==
        (Periods{{day(2025, 12, 15), day(2026, 3, 15)}, {day(2026, 3, 15), day(2026, 6, 15)}}));
}

BOOST_AUTO_TEST_CASE(a_payment_day_on_the_maturity_is_one_payment) {
    PaymentTerms terms = monthly();
    terms.maturity = day(2026, 3, 31);
    BOOST_CHECK(accrual_periods(terms, {day(2026, 2, 28), day(2027, 1, 1)}) ==
                (Periods{{day(2026, 2, 28), day(2026, 3, 31)}}));
}

BOOST_AUTO_TEST_CASE(the_first_period_begins_at_the_accrual_start) {
    PaymentTerms terms = monthly();
    terms.accrual_start = day(2025, 11, 7);
    terms.first_payment = day(2026, 1, 31);
    const Periods found = accrual_periods(terms, {day(2025, 1, 1), day(2026, 2, 28)});
    BOOST_CHECK(found == (Periods{{day(2025, 11, 7), day(2026, 1, 31)},
                                  {day(2026, 1, 31), day(2026, 2, 28)}}));
}

BOOST_AUTO_TEST_CASE(an_accrual_start_long_ago_leaves_later_periods_alone) {
    PaymentTerms terms = monthly();
    terms.accrual_start = day(2015, 5, 5);
    BOOST_CHECK(accrual_periods(terms, {day(2026, 1, 30), day(2026, 2, 1)}) ==
                (Periods{{day(2025, 12, 31), day(2026, 1, 31)}}));
}

BOOST_AUTO_TEST_CASE(a_first_payment_without_an_accrual_start_has_one_interval) {
    PaymentTerms terms = monthly();
    terms.first_payment = terms.anchor;
    const Periods found = accrual_periods(terms, always);
    BOOST_REQUIRE_EQUAL(found.size(), 6U);
    BOOST_CHECK((found.front() == AccrualPeriod{day(2025, 12, 31), day(2026, 1, 31)}));
}

BOOST_AUTO_TEST_CASE(a_maturity_before_the_first_payment_is_paid_after_one_interval) {
    PaymentTerms terms = monthly();
    terms.first_payment = day(2026, 12, 31);
    BOOST_CHECK(accrual_periods(terms, always) == (Periods{{day(2026, 5, 15), day(2026, 6, 15)}}));
}

BOOST_AUTO_TEST_CASE(an_interval_of_0_pays_once_at_maturity) {
    PaymentTerms terms = monthly();
    terms.interval_months = 0;
    terms.accrual_start = day(2020, 2, 29);
    BOOST_CHECK(accrual_periods(terms, always) == (Periods{{day(2020, 2, 29), day(2026, 6, 15)}}));
    BOOST_TEST(accrual_periods(terms, {day(2026, 6, 15), day(2030, 1, 1)}).empty());
    BOOST_TEST(accrual_periods(terms, {day(2020, 1, 1), day(2026, 6, 14)}).empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_due_after_the_maturity) {
    BOOST_TEST(accrual_periods(monthly(), {day(2026, 6, 15), day(2030, 1, 1)}).empty());
}

BOOST_AUTO_TEST_CASE(the_periods_are_those_found_day_by_day) {
    const sys_days anchors[] = {day(2026, 1, 31), day(2024, 2, 29), day(2027, 6, 15)};
    const std::optional<sys_days> firsts[] = {{}, day(2025, 3, 31), day(2027, 9, 1)};
    const std::optional<sys_days> starts[] = {{}, day(2025, 2, 28), day(2019, 7, 1)};
    for (const sys_days anchor : anchors) {
        for (const int interval : {1, 2, 3, 4, 6, 12}) {
            for (const auto& first : firsts) {
                for (const auto& start : starts) {
                    const PaymentTerms terms{.anchor = anchor,
                                             .interval_months = interval,
                                             .maturity = day(2027, 2, 28),
                                             .first_payment = first,
                                             .accrual_start = start};
                    const PaymentWindow window{day(2025, 1, 30), day(2027, 2, 27)};
                    const PaymentWindow whole{day(2025, 6, 30), day(2028, 1, 1)};
                    BOOST_CHECK(accrual_periods(terms, window) == slow_periods(terms, window));
                    BOOST_CHECK(accrual_periods(terms, whole) == slow_periods(terms, whole));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(periods_of_adjoining_windows_are_those_of_the_whole) {
    const PaymentTerms terms = monthly();
    Periods joined;
    for (int step = 0; step < 12; ++step) {
        const PaymentWindow window{add_months(day(2025, 10, 13), step),
                                   add_months(day(2025, 10, 13), step + 1)};
        for (const AccrualPeriod& period : accrual_periods(terms, window)) {
            joined.push_back(period);
        }
    }
    BOOST_CHECK(joined == accrual_periods(terms, {day(2025, 10, 13), day(2026, 10, 13)}));
}

BOOST_AUTO_TEST_CASE(terms_that_contradict_themselves_are_refused_at_their_place) {
    const auto place = [](const PaymentTerms& terms) {
        try {
            accrual_periods(terms, always);
        } catch (const Error& error) {
            return error.where();
        }
        return std::string("none");
    };
    PaymentTerms terms = monthly();
    terms.interval_months = -1;
    BOOST_TEST(place(terms) == "interval_months");
    terms.interval_months = 13;
    BOOST_TEST(place(terms) == "interval_months");
    terms.interval_months = 0;
    BOOST_TEST(place(terms) == "accrual_start");
    terms.accrual_start = terms.maturity;
    BOOST_TEST(place(terms) == "accrual_start");
}

BOOST_AUTO_TEST_SUITE_END()
