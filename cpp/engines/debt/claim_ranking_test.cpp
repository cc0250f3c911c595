#include "engines/debt/claim_ranking.hpp"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engines/debt/waterfall_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(claim_ranking_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Places = std::vector<std::uint32_t>;

void check_equal(std::span<const std::uint32_t> found, const Places& expected) {
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

/// Two groups of two estates, a pool in each.
Rows two_groups() {
    return {.claims = {{.amount = 1, .estate = 0, .pool = 0}, {.amount = 1, .estate = 3}},
            .pools = {{.value = 1, .owner = 0}, {.value = 1, .owner = 3}},
            .estates = {{}, {}, {}, {}},
            .group_offsets = {0, 2, 4}};
}

template <class Change>
void check_refused(Change change, const std::string& where) {
    Rows rows = two_groups();
    BOOST_CHECK_NO_THROW(ranked(rows));
    change(rows);
    BOOST_CHECK_EXCEPTION(ranked(rows), Error, [&](const Error& error) {
        return error.code() == ErrorCode::invalid_input && error.where() == where;
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(claims_stand_by_estate_and_seniority_and_ties_by_row) {
    const ClaimRanking ranking =
        ranked({.claims = {{.estate = 1},
                           {.estate = 0, .seniority = Seniority::junior},
                           {.estate = 1},
                           {.estate = 0, .seniority = Seniority::super_senior}},
                .pools = {},
                .estates = {{}, {}}});
    check_equal(ranking.claims_by_seniority.rows, {3, 1, 0, 2});
    check_equal(ranking.claims_by_seniority.of(1 * seniority_count + 1), {0, 2});
    BOOST_TEST(ranking.claims_by_seniority.of(1 * seniority_count + 0).empty());
}

BOOST_AUTO_TEST_CASE(subsidiaries_stand_before_their_parents) {
    const ClaimRanking ranking = ranked(
        {.claims = {}, .pools = {}, .estates = {{}, {.parent = 0}, {.parent = 1}, {.parent = 0}}});
    check_equal(ranking.estates, {2, 3, 1, 0});
}

BOOST_AUTO_TEST_CASE(ownership_in_a_circle_is_refused_at_an_estate_on_it) {
    check_refused(
        [](Rows& rows) {
            rows.estates[2].parent = 3;
            rows.estates[3].parent = 2;
        },
        "parent[2]");
    check_refused([](Rows& rows) { rows.estates[1].parent = 1; }, "parent[1]");
    // Estate 0 is a subsidiary of the circle's, not on it.
    const Rows rows{
        .claims = {}, .pools = {}, .estates = {{.parent = 1}, {.parent = 2}, {.parent = 1}}};
    BOOST_CHECK_EXCEPTION(ranked(rows), Error,
                          [](const Error& error) { return error.where() == "parent[1]"; });
}

BOOST_AUTO_TEST_CASE(what_is_no_row_is_refused) {
    check_refused([](Rows& rows) { rows.claims[1].estate = 4; }, "estate[1]");
    check_refused([](Rows& rows) { rows.claims[0].pool = 2; }, "pool[0]");
    check_refused([](Rows& rows) { rows.claims[0].lien = 3; }, "lien_position[0]");
    check_refused([](Rows& rows) { rows.claims[1].guarantor = 4; }, "guarantor[1]");
    check_refused(
        [](Rows& rows) { rows.claims[1].seniority = std::bit_cast<Seniority>(std::uint8_t{4}); },
        "seniority[1]");
    check_refused([](Rows& rows) { rows.pools[1].owner = 4; }, "owner[1]");
    check_refused([](Rows& rows) { rows.estates[1].parent = 4; }, "parent[1]");
}

BOOST_AUTO_TEST_CASE(what_joins_two_groups_is_refused) {
    check_refused([](Rows& rows) { rows.claims[0].pool = 1; }, "pool[0]");
    check_refused([](Rows& rows) { rows.claims[1].guarantor = 0; }, "guarantor[1]");
    check_refused([](Rows& rows) { rows.estates[1].parent = 2; }, "parent[1]");
}

BOOST_AUTO_TEST_CASE(a_claim_that_its_own_estate_guarantees_is_refused) {
    check_refused([](Rows& rows) { rows.claims[1].guarantor = 3; }, "guarantor[1]");
}

BOOST_AUTO_TEST_CASE(groups_that_do_not_cover_the_estates_are_refused) {
    check_refused([](Rows& rows) { rows.group_offsets = {0, 2}; }, "group_offsets");
    check_refused([](Rows& rows) { rows.group_offsets = {1, 4}; }, "group_offsets");
    check_refused([](Rows& rows) { rows.group_offsets = {0, 3, 2, 4}; }, "group_offsets");
}

BOOST_AUTO_TEST_CASE(ragged_columns_are_refused_by_name) {
    const auto where = [](auto change) -> std::string {
        Columns columns(two_groups());
        change(columns);
        ClaimRanking ranking;
        try {
            rank_claims(columns.batch(), ranking);
        } catch (const Error& error) {
            return error.where();
        }
        return "";
    };
    BOOST_TEST(where([](Columns& c) { c.estate.pop_back(); }) == "estate");
    BOOST_TEST(where([](Columns& c) { c.pool.pop_back(); }) == "pool");
    BOOST_TEST(where([](Columns& c) { c.lien.pop_back(); }) == "lien_position");
    BOOST_TEST(where([](Columns& c) { c.seniority.pop_back(); }) == "seniority");
    BOOST_TEST(where([](Columns& c) { c.guarantor.clear(); }) == "guarantor");
    BOOST_TEST(where([](Columns& c) { c.limit.clear(); }) == "guarantee_limit_minor");
    BOOST_TEST(where([](Columns& c) { c.owner.pop_back(); }) == "owner");
    BOOST_TEST(where([](Columns& c) { c.haircut.pop_back(); }) == "haircut");
    BOOST_TEST(where([](Columns& c) { c.sale_cost.pop_back(); }) == "sale_cost");
    BOOST_TEST(where([](Columns& c) { c.cost.pop_back(); }) == "administration_cost_minor");
    BOOST_TEST(where([](Columns& c) { c.priming.pop_back(); }) == "priming_claim_minor");
    BOOST_TEST(where([](Columns& c) { c.parent.pop_back(); }) == "parent");
}

BOOST_AUTO_TEST_SUITE_END()
