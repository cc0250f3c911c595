#include "engines/debt/waterfall.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engines/debt/waterfall_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(waterfall_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Amounts = std::vector<std::int64_t>;

Amounts paid_to_all(const Settlement& settlement) {
    Amounts result;
    for (std::size_t c = 0; c < settlement.claims.unpaid_minor.size(); ++c) {
        result.push_back(paid(settlement, c));
    }
    return result;
}

void check_equal(const Amounts& found, const Amounts& expected) {
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

template <class Act>
void check_refused(Act act, ErrorCode code, const std::string& where) {
    BOOST_CHECK_EXCEPTION(act(), Error, [&](const Error& error) {
        return error.code() == code && error.where() == where;
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(absolute_priority_pays_as_the_reference) {
    // Case waterfall-absolute-priority of the reference figures: exact rational arithmetic.
    const Settlement settlement = liquidated(
        {.claims = {{.amount = 350, .seniority = Seniority::super_senior},
                    {.amount = 150, .seniority = Seniority::super_senior},
                    {.amount = 200, .seniority = Seniority::senior},
                    {.amount = 300, .seniority = Seniority::subordinated},
                    {.amount = 100, .seniority = Seniority::subordinated}},
         .pools = {},
         .estates = {{.free_assets = 620, .administration_cost = 25, .priming_claim = 40}}});
    check_equal(paid_to_all(settlement), {350, 150, 55, 0, 0});
    BOOST_TEST(settlement.estates.administration_paid_minor[0] == 25);
    BOOST_TEST(settlement.estates.priming_paid_minor[0] == 40);
    BOOST_TEST(settlement.estates.equity_minor[0] == 0);
    BOOST_TEST((settlement.groups.fulcrum[0] == WaterfallTier::senior));
}

BOOST_AUTO_TEST_CASE(deficiencies_share_the_free_assets_as_the_reference) {
    // Case waterfall-deficiency of the reference figures, in hundredths.
    const Settlement settlement = liquidated(
        {.claims = {{.amount = 50'000, .pool = 0},
                    {.amount = 20'000, .pool = 1},
                    {.amount = 40'000}},
         .pools = {{.value = 32'000, .sale_cost_pct = 5}, {.value = 26'000, .sale_cost_pct = 5}},
         .estates = {{.free_assets = 15'000}}});
    const Amounts found = paid_to_all(settlement);
    BOOST_TEST(std::abs(static_cast<double>(found[0]) - 50'000.0 * 54'949 / 74'500) < 1.0);
    BOOST_TEST(found[1] == 20'000);
    BOOST_TEST(std::abs(static_cast<double>(found[2]) - 40'000.0 * 197 / 596) < 1.0);
    BOOST_TEST(found[0] + found[1] + found[2] == 70'100);
    BOOST_TEST(settlement.groups.sale_cost_minor[0] == 2'900);
    BOOST_TEST(settlement.groups.value_minor[0] == 73'000);
}

BOOST_AUTO_TEST_CASE(costs_of_administration_are_not_paid_from_collateral) {
    const Settlement settlement = liquidated({.claims = {{.amount = 100, .pool = 0}},
                                              .pools = {{.value = 100}},
                                              .estates = {{.administration_cost = 10}}});
    BOOST_TEST(paid(settlement, 0) == 100);
    BOOST_TEST(settlement.estates.administration_paid_minor[0] == 0);
    BOOST_TEST((settlement.groups.fulcrum[0] == WaterfallTier::administration));
}

BOOST_AUTO_TEST_CASE(a_tier_counts_what_its_claims_got_from_everywhere) {
    const Settlement settlement = liquidated(
        {.claims = {{.amount = 100, .pool = 0}, {.amount = 50, .seniority = Seniority::junior}},
         .pools = {{.value = 70}},
         .estates = {{.free_assets = 35}}});
    check_equal(settlement.groups.tier_amount_minor, {0, 100, 0, 50});
    check_equal(settlement.groups.tier_paid_minor, {0, 100, 0, 5});
    BOOST_TEST((settlement.groups.fulcrum[0] == WaterfallTier::junior));
}

BOOST_AUTO_TEST_CASE(where_all_are_paid_value_breaks_nowhere) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100}}, .pools = {}, .estates = {{.free_assets = 101}}});
    BOOST_TEST((settlement.groups.fulcrum[0] == WaterfallTier::none));
    BOOST_TEST(settlement.estates.equity_minor[0] == 1);
}

BOOST_AUTO_TEST_CASE(value_breaks_in_the_first_tier_that_is_not_full) {
    Rows rows{.claims = {{.amount = 100}},
              .pools = {},
              .estates = {{.administration_cost = 20, .priming_claim = 10}}};
    const auto fulcrum = [&](std::int64_t free_assets) {
        rows.estates[0].free_assets = free_assets;
        return liquidated(rows).groups.fulcrum[0];
    };
    BOOST_TEST((fulcrum(9) == WaterfallTier::priming));
    BOOST_TEST((fulcrum(10) == WaterfallTier::administration));
    BOOST_TEST((fulcrum(30) == WaterfallTier::senior));
    BOOST_TEST((fulcrum(130) == WaterfallTier::none));
}

BOOST_AUTO_TEST_CASE(groups_do_not_touch_each_other) {
    const Settlement settlement =
        liquidated({.claims = {{.amount = 100, .estate = 1}, {.amount = 100, .estate = 0}},
                    .pools = {},
                    .estates = {{.free_assets = 30}, {.free_assets = 250}},
                    .group_offsets = {0, 1, 2}});
    check_equal(paid_to_all(settlement), {100, 30});
    check_equal(settlement.groups.value_minor, {30, 250});
    check_equal(settlement.groups.paid_to_creditors_minor, {30, 100});
}

BOOST_AUTO_TEST_CASE(a_settlement_is_the_same_when_its_memory_is_used_again) {
    const Rows large{.claims = {{.amount = 7, .pool = 0}, {.amount = 9}, {.amount = 3}},
                     .pools = {{.value = 4}},
                     .estates = {{.free_assets = 5, .priming_claim = 2}}};
    const Rows small{.claims = {{.amount = 5}}, .pools = {}, .estates = {{.free_assets = 3}}};
    ClaimRanking ranking;
    SettlementScratch scratch;
    Settlement settlement;
    for (const Rows* rows : {&large, &small}) {
        const Columns columns(*rows);
        rank_claims(columns.batch(), ranking);
        settle_liquidation(columns.batch(), ranking, scratch, settlement);
        check_equal(paid_to_all(settlement), paid_to_all(liquidated(*rows)));
    }
}

BOOST_AUTO_TEST_CASE(a_going_concern_caps_liens_at_their_collateral_without_haircut_or_cost) {
    const Rows rows{.claims = {{.amount = 100, .pool = 0}, {.amount = 100}},
                    .pools = {{.value = 60, .haircut_pct = 50, .sale_cost_pct = 10}},
                    .estates = {{.enterprise_value = 130}}};
    const Settlement settlement = continued(rows);
    BOOST_TEST(settlement.claims.from_collateral_minor[0] == 60);
    check_equal(paid_to_all(settlement), {80, 50});  // 70 free, shared 40 : 100
    BOOST_TEST(settlement.groups.value_minor[0] == 130);
}

BOOST_AUTO_TEST_CASE(pools_worth_more_than_the_enterprise_share_its_value) {
    const Settlement settlement =
        continued({.claims = {{.amount = 100, .pool = 0}, {.amount = 100, .pool = 1}},
                   .pools = {{.value = 60}, {.value = 20}},
                   .estates = {{.enterprise_value = 40}}});
    check_equal(paid_to_all(settlement), {30, 10});
}

BOOST_AUTO_TEST_CASE(the_better_outcome_is_the_one_that_pays_creditors_more) {
    Rows rows{.claims = {{.amount = 100, .pool = 0}},
              .pools = {{.value = 60}},
              .estates = {{.free_assets = 10}}};
    const auto better = [&](std::int64_t enterprise_value) {
        rows.estates[0].enterprise_value = enterprise_value;
        return better_for_creditors(liquidated(rows).groups, continued(rows).groups)[0];
    };
    BOOST_TEST((better(69) == BetterForCreditors::liquidation));
    BOOST_TEST((better(70) == BetterForCreditors::equal));
    BOOST_TEST((better(71) == BetterForCreditors::going_concern));
    BOOST_TEST((better(unknown_value) == BetterForCreditors::unknown));
}

BOOST_AUTO_TEST_CASE(a_group_without_an_enterprise_value_is_passed_over) {
    const Settlement settlement =
        continued({.claims = {{.amount = 100}, {.amount = 100, .estate = 2}},
                   .pools = {},
                   .estates = {{.enterprise_value = 70}, {}, {.enterprise_value = 20}},
                   .group_offsets = {0, 2, 3}});
    BOOST_TEST(settlement.groups.is_known[0] == 0);
    BOOST_TEST(settlement.groups.value_minor[0] == 0);
    BOOST_TEST(settlement.groups.is_known[1] == 1);
    check_equal(paid_to_all(settlement), {0, 20});
    check_equal(settlement.claims.unpaid_minor, {0, 80});
}

BOOST_AUTO_TEST_CASE(amounts_below_0_are_refused_with_their_places) {
    const auto invalid = ErrorCode::invalid_input;
    const Rows rows{.claims = {{.amount = 1}, {.amount = 1}},
                    .pools = {{.value = 1}},
                    .estates = {{.free_assets = 1, .enterprise_value = 1}}};
    const auto refused = [&](auto change, const std::string& where) {
        Rows changed = rows;
        change(changed);
        check_refused([&] { liquidated(changed); }, invalid, where);
    };
    refused([](Rows& r) { r.claims[1].amount = -1; }, "amount_minor[1]");
    refused([](Rows& r) { r.claims[1].limit = -1; }, "guarantee_limit_minor[1]");
    refused([](Rows& r) { r.pools[0].value = -1; }, "value_minor[0]");
    refused([](Rows& r) { r.pools[0].haircut_pct = 101; }, "haircut[0]");
    refused([](Rows& r) { r.pools[0].sale_cost_pct = -1; }, "sale_cost[0]");
    refused([](Rows& r) { r.estates[0].free_assets = -1; }, "free_assets_minor[0]");
    refused([](Rows& r) { r.estates[0].administration_cost = -1; }, "administration_cost_minor[0]");
    refused([](Rows& r) { r.estates[0].priming_claim = -1; }, "priming_claim_minor[0]");
    Rows changed = rows;
    changed.estates[0].enterprise_value = -2;
    check_refused([&] { continued(changed); }, invalid, "enterprise_value_minor[0]");
}

BOOST_AUTO_TEST_CASE(amounts_that_add_up_to_more_than_64_bits_are_refused) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const Rows largest{.claims = {{.amount = most, .pool = 0}, {.amount = 0}},
                       .pools = {{.value = most, .haircut_pct = 10}},
                       .estates = {{.enterprise_value = most}}};
    BOOST_TEST(paid(continued(largest), 0) == most);
    BOOST_TEST(paid(liquidated(largest), 0) == most / 10 * 9 + 6);  // 0.9 · 7 is 6.3
    const auto limit = ErrorCode::limit_exceeded;
    Rows rows = largest;
    rows.claims[1].amount = 1;
    check_refused([&] { liquidated(rows); }, limit, "amount_minor");
    rows = largest;
    rows.estates[0].free_assets = 1;
    check_refused([&] { liquidated(rows); }, limit, "value_minor");
    rows = largest;
    rows.estates.push_back({.enterprise_value = 1});
    check_refused([&] { continued(rows); }, limit, "enterprise_value_minor");
}

BOOST_AUTO_TEST_CASE(a_ranking_of_another_batch_is_refused) {
    const Columns columns({.claims = {{.amount = 1}}, .pools = {}, .estates = {{}}});
    const ClaimRanking ranking = ranked({.claims = {}, .pools = {}, .estates = {{}}});
    SettlementScratch scratch;
    Settlement settlement;
    check_refused([&] { settle_liquidation(columns.batch(), ranking, scratch, settlement); },
                  ErrorCode::invalid_input, "ranking");
}

BOOST_AUTO_TEST_CASE(columns_of_guarantees_may_be_left_out) {
    Columns columns({.claims = {{.amount = 5}}, .pools = {}, .estates = {{.free_assets = 3}}});
    columns.guarantor.clear();
    columns.limit.clear();
    ClaimRanking ranking;
    SettlementScratch scratch;
    Settlement settlement;
    rank_claims(columns.batch(), ranking);
    settle_liquidation(columns.batch(), ranking, scratch, settlement);
    check_equal(paid_to_all(settlement), {3});
}

BOOST_AUTO_TEST_CASE(columns_that_became_ragged_are_refused) {
    const Rows rows{.claims = {{.amount = 1}}, .pools = {}, .estates = {{}}};
    Columns columns(rows);
    const ClaimRanking ranking = ranked(rows);
    columns.cost.clear();
    SettlementScratch scratch;
    Settlement settlement;
    check_refused([&] { settle_liquidation(columns.batch(), ranking, scratch, settlement); },
                  ErrorCode::invalid_input, "administration_cost_minor");
}

BOOST_AUTO_TEST_SUITE_END()
