#include "engines/debt/estate.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <vector>

#include "engines/debt/waterfall_fixture.hpp"

BOOST_AUTO_TEST_SUITE(estate_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

void check_equal(const std::vector<std::int64_t>& found,
                 const std::vector<std::int64_t>& expected) {
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tier_is_full_before_the_next_is_paid) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 10, .seniority = Seniority::junior},
                               {.amount = 10, .seniority = Seniority::senior},
                               {.amount = 10, .seniority = Seniority::super_senior},
                               {.amount = 10, .seniority = Seniority::subordinated}},
                    .pools = {},
                    .estates = {{.free_assets = 26, .administration_cost = 1}}});
    check_equal(settlement.claims.from_estate_minor, {0, 10, 10, 5});
}

BOOST_AUTO_TEST_CASE(what_a_subsidiary_leaves_pays_its_parent_s_creditors_before_equity) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 30, .estate = 0}, {.amount = 20, .estate = 1}},
                    .pools = {},
                    .estates = {{.free_assets = 5}, {.free_assets = 60, .parent = 0}}});
    check_equal(settlement.claims.from_estate_minor, {30, 20});
    check_equal(settlement.estates.passed_to_parent_minor, {0, 40});
    check_equal(settlement.estates.equity_minor, {15, 0});
}

BOOST_AUTO_TEST_CASE(what_is_missing_of_a_priming_claim_comes_first_from_subsidiaries) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 30, .pool = 0}},
                    .pools = {{.value = 10}},
                    .estates = {{.administration_cost = 5, .priming_claim = 40},
                                {.free_assets = 33, .parent = 0}}});
    BOOST_TEST(settlement.estates.priming_paid_minor[0] == 40);
    BOOST_TEST(settlement.estates.administration_paid_minor[0] == 3);
}

BOOST_AUTO_TEST_CASE(a_guaranteed_claim_proves_in_both_estates_for_what_collateral_left) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100, .estate = 0, .pool = 0, .guarantor = 1},
                               {.amount = 40, .estate = 1}},
                    .pools = {{.value = 40}},
                    .estates = {{.free_assets = 6}, {.free_assets = 50}}});
    check_equal(settlement.claims.from_estate_minor, {6, 20});  // 50 are shared 60 : 40
    check_equal(settlement.claims.from_guarantee_minor, {30, 0});
}

BOOST_AUTO_TEST_CASE(a_guarantor_pays_no_more_than_is_missing) {
    const Settlement settlement = liquidated(
        {.claims = {{.amount = 100, .estate = 0, .guarantor = 1}, {.amount = 100, .estate = 1}},
         .pools = {},
         .estates = {{.free_assets = 90}, {.free_assets = 50}}});
    check_equal(settlement.claims.from_guarantee_minor, {10, 0});
    check_equal(settlement.claims.from_estate_minor, {90, 40});
}

BOOST_AUTO_TEST_CASE(a_guarantee_is_paid_up_to_its_limit) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100, .estate = 0, .guarantor = 1, .limit = 25}},
                    .pools = {},
                    .estates = {{.free_assets = 10}, {.free_assets = 500}}});
    BOOST_TEST(settlement.claims.from_guarantee_minor[0] == 25);
    BOOST_TEST(settlement.claims.unpaid_minor[0] == 65);
}

BOOST_AUTO_TEST_CASE(a_guarantee_ranks_as_a_senior_claim_whatever_its_claim_does) {
    const Settlement settlement = liquidated(
        {.claims = {{.amount = 50, .estate = 0, .seniority = Seniority::junior, .guarantor = 1},
                    {.amount = 50, .estate = 1, .seniority = Seniority::subordinated},
                    {.amount = 50, .estate = 1, .seniority = Seniority::super_senior}},
         .pools = {},
         .estates = {{}, {.free_assets = 90}}});
    check_equal(settlement.claims.from_guarantee_minor, {40, 0, 0});
    check_equal(settlement.claims.from_estate_minor, {0, 0, 50});
}

BOOST_AUTO_TEST_CASE(a_solvent_guarantor_makes_its_claim_whole_though_others_share_its_estate) {
    // Estate 0 also stands in for estate 2: what claim 0 gets there is not what it would alone.
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100, .estate = 0, .guarantor = 1},
                               {.amount = 100, .estate = 2, .guarantor = 0}},
                    .pools = {},
                    .estates = {{.free_assets = 60}, {.free_assets = 500}, {}}});
    check_equal(settlement.claims.from_estate_minor, {30, 0});
    check_equal(settlement.claims.from_guarantee_minor, {70, 30});
}

BOOST_AUTO_TEST_CASE(a_subsidiary_s_guarantee_of_its_parent_s_debt_is_settled) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100, .estate = 0, .guarantor = 1}},
                    .pools = {},
                    .estates = {{.free_assets = 70}, {.free_assets = 50, .parent = 0}}});
    BOOST_TEST(settlement.claims.unpaid_minor[0] == 0);
    BOOST_TEST(settlement.estates.equity_minor[0] == 20);
}

BOOST_AUTO_TEST_CASE(estates_that_guarantee_each_other_pay_both_claims_from_what_both_have) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100, .estate = 0, .guarantor = 1},
                               {.amount = 100, .estate = 1, .guarantor = 0}},
                    .pools = {},
                    .estates = {{.free_assets = 80}, {.free_assets = 150}}});
    check_equal(settlement.claims.unpaid_minor, {0, 0});
    BOOST_TEST(settlement.estates.equity_minor[0] + settlement.estates.equity_minor[1] == 30);
}

BOOST_AUTO_TEST_CASE(rounds_that_do_not_end_pay_in_full_what_there_is_value_for) {
    // Each round moves the split by the one unit that is not needed.
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100'000, .estate = 0, .guarantor = 1},
                               {.amount = 100'000, .estate = 1, .guarantor = 0}},
                    .pools = {},
                    .estates = {{.free_assets = 80'000}, {.free_assets = 120'001}}});
    check_equal(settlement.claims.unpaid_minor, {0, 0});
    BOOST_TEST(settlement.estates.equity_minor[0] + settlement.estates.equity_minor[1] == 1);
}

BOOST_AUTO_TEST_SUITE_END()
