#include "engines/debt/lone_claim.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <random>

#include "engines/debt/waterfall_fixture.hpp"

BOOST_AUTO_TEST_SUITE(lone_claim_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// Groups of one estate with one claim each, amounts of few units so that they often meet.
Rows random_lone_claims(std::uint32_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto amount = [&] { return static_cast<std::int64_t>(random() % 8); };
    Rows rows;
    for (std::uint32_t i = 0; i < count; ++i) {
        rows.group_offsets.push_back(i);
        rows.estates.push_back({.free_assets = amount(),
                                .administration_cost = amount() / 3,
                                .priming_claim = amount() / 2,
                                .enterprise_value = random() % 9 == 0 ? unknown_value : amount()});
        Claim claim{.amount = 2 * amount(),
                    .estate = i,
                    .seniority = static_cast<Seniority>(random() % seniority_count)};
        if (random() % 4 != 0) {
            if (random() % 4 != 0) {
                claim.pool = static_cast<std::uint32_t>(rows.pools.size());
                claim.lien = static_cast<std::uint8_t>(random() % lien_count);
            }
            rows.pools.push_back({.value = 2 * amount(),
                                  .owner = i,
                                  .haircut_pct = static_cast<int>(random() % 50),
                                  .sale_cost_pct = static_cast<int>(random() % 50)});
        }
        rows.claims.push_back(claim);
    }
    rows.group_offsets.push_back(count);
    return rows;
}

/// The same, with a second claim of 0 on each estate: such groups are settled the general way.
Rows with_empty_claims(Rows rows) {
    const std::size_t count = rows.estates.size();
    for (std::uint32_t i = 0; i < count; ++i) rows.claims.push_back({.amount = 0, .estate = i});
    return rows;
}

void check_same(Settlement found, Settlement wanted) {
    const std::size_t claims = found.claims.unpaid_minor.size();
    for (auto* column : {&wanted.claims.from_collateral_minor, &wanted.claims.from_estate_minor,
                         &wanted.claims.from_guarantee_minor, &wanted.claims.unpaid_minor}) {
        column->resize(claims);  // without the empty ones
    }
    BOOST_TEST(found.claims.from_collateral_minor == wanted.claims.from_collateral_minor);
    BOOST_TEST(found.claims.from_estate_minor == wanted.claims.from_estate_minor);
    BOOST_TEST(found.claims.from_guarantee_minor == wanted.claims.from_guarantee_minor);
    BOOST_TEST(found.claims.unpaid_minor == wanted.claims.unpaid_minor);
    BOOST_TEST(found.estates.equity_minor == wanted.estates.equity_minor);
    BOOST_TEST(found.estates.administration_paid_minor == wanted.estates.administration_paid_minor);
    BOOST_TEST(found.estates.priming_paid_minor == wanted.estates.priming_paid_minor);
    BOOST_TEST(found.groups.value_minor == wanted.groups.value_minor);
    BOOST_TEST(found.groups.sale_cost_minor == wanted.groups.sale_cost_minor);
    BOOST_TEST(found.groups.paid_to_creditors_minor == wanted.groups.paid_to_creditors_minor);
    BOOST_TEST(found.groups.tier_amount_minor == wanted.groups.tier_amount_minor);
    BOOST_TEST(found.groups.tier_paid_minor == wanted.groups.tier_paid_minor);
    BOOST_TEST((found.groups.fulcrum == wanted.groups.fulcrum));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_lone_claim_is_settled_as_one_among_others_of_nothing) {
    const Rows rows = random_lone_claims(4000, 17);
    BOOST_REQUIRE(ranked(rows).lone_claims[7].claim == 7U);
    BOOST_REQUIRE(ranked(with_empty_claims(rows)).lone_claims[7].claim == no_index);
    check_same(liquidated(rows), liquidated(with_empty_claims(rows)));
    check_same(continued(rows), continued(with_empty_claims(rows)));
}

BOOST_AUTO_TEST_CASE(no_claim_of_connected_estates_or_on_two_pools_is_alone) {
    const Rows connected{.claims = {{.amount = 5}}, .pools = {}, .estates = {{}, {.parent = 0}}};
    BOOST_TEST(ranked(connected).lone_claims[0].claim == no_index);
    const Rows pooled{.claims = {{.amount = 5, .pool = 1}}, .pools = {{}, {}}, .estates = {{}}};
    BOOST_TEST(ranked(pooled).lone_claims[0].claim == no_index);
}

BOOST_AUTO_TEST_SUITE_END()
