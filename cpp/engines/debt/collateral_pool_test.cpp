#include "engines/debt/collateral_pool.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <vector>

#include "engines/debt/waterfall_fixture.hpp"

BOOST_AUTO_TEST_SUITE(collateral_pool_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

void check_equal(const std::vector<std::int64_t>& found,
                 const std::vector<std::int64_t>& expected) {
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(proceeds_round_down_and_the_cost_bears_the_rest) {
    const SaleProceeds proceeds = sell(999, 0.1, 0.05);  // 899.1, 854.145
    BOOST_TEST(proceeds.sold_minor == 899);
    BOOST_TEST(proceeds.net_minor == 854);
}

BOOST_AUTO_TEST_CASE(a_decimal_fraction_is_taken_as_it_is_written) {
    BOOST_TEST(sell(1'000, 0.9, 0.0).sold_minor == 100);  // 1000 · (1 − 0.9) in binary is below
    constexpr std::int64_t part = 1'000'000'000;
    for (int points = 0; points <= 10'000; ++points) {
        const std::int64_t left = (10'000 - points) * part;
        BOOST_REQUIRE_EQUAL(sell(10'000 * part, points / 1e4, 0.0).sold_minor, left);
        BOOST_REQUIRE_EQUAL(sell(10'000 * part, 0.0, points / 1e4).net_minor, left);
    }
}

BOOST_AUTO_TEST_CASE(first_liens_are_full_before_second_ones_and_a_surplus_is_free) {
    Rows rows{.claims = {{.amount = 50, .pool = 0, .lien = 1},
                         {.amount = 40, .pool = 0, .lien = 0},
                         {.amount = 10, .pool = 0, .lien = 2},
                         {.amount = 100}},
              .pools = {{.value = 60}},
              .estates = {{}}};
    check_equal(liquidated(rows).claims.from_collateral_minor, {20, 40, 0, 0});
    rows.pools[0].value = 120;
    check_equal(liquidated(rows).claims.from_collateral_minor, {50, 40, 10, 0});
    check_equal(liquidated(rows).claims.from_estate_minor, {0, 0, 0, 20});
}

BOOST_AUTO_TEST_CASE(a_lien_is_shared_by_the_claims_of_several_obligors) {
    const Settlement settlement = liquidated(
        {.claims = {{.amount = 30, .estate = 0, .pool = 0}, {.amount = 60, .estate = 1, .pool = 0}},
         .pools = {{.value = 45, .owner = 1}},
         .estates = {{.free_assets = 100}, {}}});
    check_equal(settlement.claims.from_collateral_minor, {15, 30});
    check_equal(settlement.claims.from_estate_minor, {15, 0});
}

BOOST_AUTO_TEST_CASE(a_priming_claim_takes_free_assets_then_pools_in_proportion) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100, .pool = 0}, {.amount = 100, .pool = 1}},
                    .pools = {{.value = 60}, {.value = 20}},
                    .estates = {{.free_assets = 10, .priming_claim = 50}}});
    BOOST_TEST(settlement.estates.priming_paid_minor[0] == 50);
    check_equal(settlement.claims.from_collateral_minor, {30, 10});
}

BOOST_AUTO_TEST_CASE(a_priming_claim_leaves_the_pools_of_other_estates_alone) {
    const Settlement settlement = liquidated({.claims = {{.amount = 100, .estate = 1, .pool = 0}},
                                              .pools = {{.value = 60, .owner = 1}},
                                              .estates = {{.priming_claim = 50}, {}}});
    BOOST_TEST(settlement.estates.priming_paid_minor[0] == 0);
    BOOST_TEST(settlement.claims.from_collateral_minor[0] == 60);
    BOOST_TEST((settlement.groups.fulcrum[0] == WaterfallTier::priming));
}

BOOST_AUTO_TEST_SUITE_END()
