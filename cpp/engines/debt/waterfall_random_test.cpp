#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "engines/debt/waterfall_oracle.hpp"
#include "engines/debt/waterfall_random_fixture.hpp"

BOOST_AUTO_TEST_SUITE(waterfall_random_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

Rows random_rows(std::uint64_t seed, Guarantees guarantees) {
    Draws draws(seed);
    Rows rows;
    rows.estates.resize(1 + draws.below(4));
    const std::size_t estate_count = rows.estates.size();
    for (std::size_t e = 0; e < estate_count; ++e) {
        Estate& estate = rows.estates[e];
        estate.free_assets = draws.amount();
        if (draws.one_in(2)) estate.administration_cost = draws.amount() / 8;
        if (draws.one_in(2)) estate.priming_claim = draws.amount() / 2;
        // Of a lower row: ownership never runs in a circle, and parents are settled out of order.
        if (e > 0 && draws.one_in(2)) estate.parent = draws.below(e);
        estate.enterprise_value = 2 * draws.amount();
    }
    rows.pools.resize(draws.below(4));
    for (Pool& pool : rows.pools) {
        pool = {.value = draws.amount(),
                .owner = draws.below(estate_count),
                .haircut_pct = static_cast<int>(draws.below(3) * 15),
                .sale_cost_pct = static_cast<int>(draws.below(3) * 3)};
    }
    add_random_claims(rows, draws, guarantees, 7);
    return rows;
}

template <class Values>
auto sum(const Values& values) {
    return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

void check_conservation(const Rows& rows, const Settlement& settlement, std::int64_t value) {
    std::int64_t paid_to_claims = 0;
    for (std::size_t c = 0; c < rows.claims.size(); ++c) {
        const auto& claims = settlement.claims;
        BOOST_REQUIRE_GE(claims.from_collateral_minor[c], 0);
        BOOST_REQUIRE_GE(claims.from_estate_minor[c], 0);
        BOOST_REQUIRE_GE(claims.from_guarantee_minor[c], 0);
        BOOST_REQUIRE_GE(claims.unpaid_minor[c], 0);
        BOOST_REQUIRE_EQUAL(paid(settlement, c) + claims.unpaid_minor[c], rows.claims[c].amount);
        paid_to_claims += paid(settlement, c);
    }
    const auto& [equity, passed, costs, priming] = settlement.estates;
    const auto& groups = settlement.groups;
    BOOST_REQUIRE_EQUAL(groups.value_minor[0], value);
    BOOST_REQUIRE_EQUAL(
        paid_to_claims + sum(priming) + sum(costs) + groups.sale_cost_minor[0] + sum(equity),
        value);
    BOOST_REQUIRE_EQUAL(groups.paid_to_creditors_minor[0], paid_to_claims + sum(priming));
    BOOST_REQUIRE_EQUAL(sum(groups.tier_paid_minor), paid_to_claims);
}

double difference(std::int64_t product, const ExactWaterfall::Fraction& exact) {
    return std::abs(static_cast<double>(ExactWaterfall::Fraction(product - exact)));
}

/// Sums of shares that were each rounded once, along a way of pool, estate, parent.
constexpr double rounding_units = 3.0;

void check_payments(const Rows& rows, const Settlement& settlement, const ExactWaterfall& exact) {
    const auto& [claims, pools, estates, groups] = settlement;
    for (std::size_t c = 0; c < rows.claims.size(); ++c) {
        BOOST_REQUIRE_LE(difference(paid(settlement, c), exact.paid(c)), rounding_units);
        BOOST_REQUIRE_LE(difference(claims.from_collateral_minor[c], exact.from_collateral[c]),
                         rounding_units);
    }
    // Which of two guarantors in a circle pays may rest on a last unit when the rounds are over.
    if (!exact.is_settled) return;
    for (std::size_t c = 0; c < rows.claims.size(); ++c) {
        BOOST_REQUIRE_LE(difference(claims.from_estate_minor[c], exact.from_estate[c]),
                         rounding_units);
        BOOST_REQUIRE_LE(difference(claims.from_guarantee_minor[c], exact.from_guarantee[c]),
                         rounding_units);
    }
    for (std::size_t e = 0; e < rows.estates.size(); ++e) {
        BOOST_REQUIRE_LE(difference(estates.equity_minor[e], exact.equity[e]), rounding_units);
        BOOST_REQUIRE_LE(difference(estates.administration_paid_minor[e], exact.cost_paid[e]),
                         rounding_units);
        BOOST_REQUIRE_LE(difference(estates.priming_paid_minor[e], exact.priming_paid[e]),
                         rounding_units);
    }
}

template <class Check>
void for_random_rows(Check check) {
    for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            check(random_rows(seed, seed % 2 == 0 ? Guarantees::none : Guarantees::some), seed);
        }
    }
}

void check_not_paid_less(const Rows& poorer, const Rows& richer) {
    const Settlement before = liquidated(poorer);
    const Settlement after = liquidated(richer);
    for (std::size_t c = 0; c < poorer.claims.size(); ++c) {
        BOOST_REQUIRE_GE(static_cast<double>(paid(after, c) - paid(before, c)), -rounding_units);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_liquidation_pays_what_exact_fractions_pay) {
    for_random_rows([](const Rows& rows, std::uint64_t) {
        check_payments(rows, liquidated(rows), ExactWaterfall::liquidation(rows));
    });
}

BOOST_AUTO_TEST_CASE(a_going_concern_pays_what_exact_fractions_pay) {
    for_random_rows([](const Rows& rows, std::uint64_t) {
        check_payments(rows, continued(rows), ExactWaterfall::going_concern(rows));
    });
}

BOOST_AUTO_TEST_CASE(payments_costs_and_equity_are_the_value_to_the_minor_unit) {
    for_random_rows([](const Rows& rows, std::uint64_t) {
        const Settlement sold = liquidated(rows);
        std::int64_t free_assets = 0;
        std::int64_t enterprise_value = 0;
        for (const Estate& estate : rows.estates) {
            free_assets += estate.free_assets;
            enterprise_value += estate.enterprise_value;
        }
        check_conservation(rows, sold, free_assets + sum(sold.pools.sold_minor));
        check_conservation(rows, continued(rows), enterprise_value);
    });
}

BOOST_AUTO_TEST_CASE(more_value_pays_no_claim_less) {
    for_random_rows([](const Rows& rows, std::uint64_t seed) {
        Draws draws(seed);
        Rows richer = rows;
        richer.estates[draws.below(rows.estates.size())].free_assets += draws.amount();
        check_not_paid_less(rows, richer);
        if (rows.pools.empty()) return;
        richer = rows;
        richer.pools[draws.below(rows.pools.size())].value += draws.amount();
        check_not_paid_less(rows, richer);
    });
}

BOOST_AUTO_TEST_CASE(the_order_of_claims_changes_no_payment) {
    for_random_rows([](const Rows& rows, std::uint64_t) {
        Rows reversed = rows;
        std::ranges::reverse(reversed.claims);
        const Settlement one = liquidated(rows);
        const Settlement other = liquidated(reversed);
        for (std::size_t c = 0; c < rows.claims.size(); ++c) {
            const std::int64_t moved = paid(other, rows.claims.size() - 1 - c) - paid(one, c);
            BOOST_REQUIRE_LE(std::abs(static_cast<double>(moved)), rounding_units);
        }
    });
}

BOOST_AUTO_TEST_CASE(a_thousand_times_the_amounts_pay_a_thousand_times_as_much) {
    for_random_rows([](const Rows& rows, std::uint64_t) {
        Rows scaled = rows;
        for (Claim& claim : scaled.claims) {
            claim.amount *= 1'000;
            if (claim.limit != no_limit) claim.limit *= 1'000;
        }
        for (Pool& pool : scaled.pools) pool.value *= 1'000;
        for (Estate& estate : scaled.estates) {
            estate.free_assets *= 1'000;
            estate.administration_cost *= 1'000;
            estate.priming_claim *= 1'000;
        }
        const Settlement one = liquidated(rows);
        const Settlement other = liquidated(scaled);
        for (std::size_t c = 0; c < rows.claims.size(); ++c) {
            const double moved =
                static_cast<double>(paid(other, c)) / 1'000.0 - static_cast<double>(paid(one, c));
            BOOST_REQUIRE_LE(std::abs(moved), rounding_units);
        }
    });
}

BOOST_AUTO_TEST_CASE(a_loan_in_two_parts_is_paid_as_the_whole) {
    for_random_rows([](const Rows& rows, std::uint64_t seed) {
        Draws draws(seed);
        const std::size_t split = draws.below(rows.claims.size());
        if (rows.claims[split].limit != no_limit) return;  // a limit would count twice
        Rows parts = rows;
        Claim part = rows.claims[split];
        part.amount /= 3;
        parts.claims[split].amount -= part.amount;
        parts.claims.push_back(part);
        const Settlement one = liquidated(rows);
        const Settlement other = liquidated(parts);
        const std::int64_t moved =
            paid(other, split) + paid(other, rows.claims.size()) - paid(one, split);
        BOOST_REQUIRE_LE(std::abs(static_cast<double>(moved)), rounding_units + 1.0);
    });
}

BOOST_AUTO_TEST_SUITE_END()
