#include "engines/debt/simulation/decimal_amounts.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <random>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(decimal_amounts_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

std::int64_t share_of(double amount, double percentage, int digits, double factor = 1.0) {
    const std::vector<double> amounts{amount}, percentages{percentage};
    return minor_shares(
        {.amount = amounts, .percentage = percentages, .digits = digits, .factor = factor})[0];
}

}  // namespace

BOOST_AUTO_TEST_CASE(half_a_unit_in_decimals_goes_to_the_even_one) {
    BOOST_TEST(share_of(1.003, 50.0, 3) == 502);  // below the half as doubles
    BOOST_TEST(share_of(1.001, 50.0, 3) == 500);
    BOOST_TEST(share_of(1.15, 30.0, 2) == 34);
    BOOST_TEST(share_of(-1.003, 50.0, 3) == -502);
    BOOST_TEST(share_of(3.0, 100.0, 0, 0.5) == 2);
    BOOST_TEST(share_of(1.0, 100.0, 0, 0.5) == 0);
}

BOOST_AUTO_TEST_CASE(shares_of_whole_cents_and_tenths_of_a_percent_are_those_of_integers) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t cents = random() % 100'000'000'000, tenths = random() % 1001;
        const std::uint64_t product = cents * tenths;
        const std::uint64_t whole = product / 1000, rest = product % 1000;
        const bool is_up = rest > 500 || (rest == 500 && whole % 2 == 1);
        const double amount = static_cast<double>(cents) / 100.0;
        const double percentage = static_cast<double>(tenths) / 10.0;
        BOOST_REQUIRE(share_of(amount, percentage, 2) ==
                      static_cast<std::int64_t>(whole + (is_up ? 1U : 0U)));
    }
}

BOOST_AUTO_TEST_CASE(a_factor_counts_as_the_double_it_is) {
    // 0.1 as a double is more than a tenth: half a unit and a little is rounded up.
    BOOST_TEST(share_of(5.0, 100.0, 0, 0.1) == 1);
    BOOST_TEST(share_of(5.0, 10.0, 0) == 0);
}

BOOST_AUTO_TEST_CASE(collateral_leaves_what_it_does_in_decimals) {
    const std::vector<double> exposure{1000.01, 5.0}, collateral{62.51, 100.0}, recovery{0.0, 0.0};
    const std::vector<double> open = open_after_sale({.exposure = exposure,
                                                      .collateral = collateral,
                                                      .recovery = recovery,
                                                      .haircut_pct = 25.0,
                                                      .sale_cost_pct = 0.0});
    BOOST_TEST(open == (std::vector<double>{953.1275, 0.0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_no_amount_can_be_is_refused) {
    BOOST_CHECK_THROW(share_of(0x1p62, 100.0, 0), Error);
    BOOST_CHECK_THROW(share_of(1.0, 100.0, 5), Error);
    BOOST_CHECK_THROW(share_of(1.0, 100.0, 2, -1.0), Error);
    const std::vector<double> one{1.0}, none;
    BOOST_CHECK_THROW(decimal_products(one, none), Error);
    const std::vector<double> negative{-1.0};
    BOOST_CHECK_THROW(open_after_sale({.exposure = one, .collateral = negative, .recovery = one}),
                      Error);
}

BOOST_AUTO_TEST_SUITE_END()
