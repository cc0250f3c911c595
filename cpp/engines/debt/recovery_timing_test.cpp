#include "engines/debt/recovery_timing.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engines/debt/minor_digits.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(recovery_timing_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

struct Recovery {
    std::int64_t from_collateral = 0, from_estate = 0, from_guarantee = 0;
    double rate = 0.0;
};

RecoveryValue valued(const Recovery& recovery, const RecoveryTiming& timing) {
    const std::vector collateral{recovery.from_collateral}, estate{recovery.from_estate};
    const std::vector guarantee{recovery.from_guarantee};
    const std::vector rate{recovery.rate};
    RecoveryValue value;
    value_recoveries({.from_collateral_minor = collateral,
                      .from_estate_minor = estate,
                      .from_guarantee_minor = guarantee,
                      .rate = rate},
                     timing, value);
    return value;
}

void check_refused(const Recovery& recovery, const RecoveryTiming& timing, ErrorCode code,
                   const std::string& where) {
    BOOST_CHECK_EXCEPTION(valued(recovery, timing), Error, [&](const Error& error) {
        return error.code() == code && error.where() == where;
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(collateral_is_discounted_from_the_sale_and_dividends_from_the_distribution) {
    const RecoveryValue value = valued(
        {.from_collateral = 100'000, .from_estate = 40'000, .from_guarantee = 10'000, .rate = 0.12},
        {.months_to_sale = 12, .months_to_distribution = 24});
    BOOST_TEST(value.collateral_minor[0] == std::llround(100'000.0 / std::pow(1.01, 12)));
    BOOST_TEST(value.dividends_minor[0] == std::llround(50'000.0 / std::pow(1.01, 24)));
    BOOST_TEST(value.cost_of_carry_minor[0] ==
               150'000 - value.collateral_minor[0] - value.dividends_minor[0]);
}

BOOST_AUTO_TEST_CASE(at_once_or_without_interest_nothing_is_lost) {
    const Recovery recovery{.from_collateral = 123, .from_estate = 45, .rate = 0.3};
    BOOST_TEST(valued(recovery, {}).cost_of_carry_minor[0] == 0);
    BOOST_TEST(valued({.from_collateral = 123}, {.months_to_sale = 600}).collateral_minor[0] ==
               123);
}

BOOST_AUTO_TEST_CASE(a_present_value_is_rounded_half_to_even) {
    // A rate of 1,200 % doubles the factor in a month.
    BOOST_TEST(
        valued({.from_collateral = 5, .rate = 12.0}, {.months_to_sale = 1}).collateral_minor[0] ==
        2);
    BOOST_TEST(
        valued({.from_collateral = 7, .rate = 12.0}, {.months_to_sale = 1}).collateral_minor[0] ==
        4);
}

BOOST_AUTO_TEST_CASE(a_negative_rate_makes_waiting_pay) {
    const RecoveryValue value =
        valued({.from_collateral = 1'000, .rate = -6.0}, {.months_to_sale = 1});
    BOOST_TEST(value.collateral_minor[0] == 2'000);
    BOOST_TEST(value.cost_of_carry_minor[0] == -1'000);
}

BOOST_AUTO_TEST_CASE(months_and_rates_out_of_range_are_refused) {
    const auto invalid = ErrorCode::invalid_input;
    check_refused({}, {.months_to_sale = -1}, invalid, "months_to_sale");
    check_refused({}, {.months_to_distribution = 1'201}, invalid, "months_to_distribution");
    check_refused({.rate = -12.0}, {}, invalid, "rate[0]");
    check_refused({.rate = std::numeric_limits<double>::quiet_NaN()}, {}, invalid, "rate[0]");
}

BOOST_AUTO_TEST_CASE(what_a_double_does_not_hold_is_refused) {
    const auto limit = ErrorCode::limit_exceeded;
    check_refused({.rate = 1e10}, {.months_to_sale = 1'200}, limit, "rate[0]");
    check_refused({.from_collateral = largest_minor_units + 2}, {}, limit,
                  "from_collateral_minor[0]");
    check_refused({.from_estate = 1, .rate = -11.9}, {.months_to_distribution = 100}, limit,
                  "from_estate_minor[0]");
}

BOOST_AUTO_TEST_SUITE_END()
