#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "engines/debt/collateral_pool.hpp"
#include "engines/debt/simulation/waterfall_losses_fixture.hpp"
#include "engines/debt/waterfall_oracle.hpp"
#include "engines/debt/waterfall_random_fixture.hpp"

BOOST_AUTO_TEST_SUITE(waterfall_losses_random_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

struct RandomCase {
    Rows rows;
    int administration_pct = 0;
    std::uint32_t defaulted = 0;  ///< a bit each obligor

    RandomCase(std::uint64_t seed, Guarantees guarantees) {
        Draws draws(seed);
        rows.estates.resize(1 + draws.below(5));
        const std::size_t estate_count = rows.estates.size();
        for (std::size_t e = 0; e < estate_count; ++e) {
            rows.estates[e].free_assets = draws.amount();
            if (e > 0 && draws.one_in(3)) rows.estates[e].parent = draws.below(e);
        }
        const auto haircut_pct = static_cast<int>(draws.below(3) * 15);
        const auto sale_cost_pct = static_cast<int>(draws.below(3) * 3);
        rows.pools.resize(draws.below(5));
        for (Pool& pool : rows.pools) {
            pool = {.value = draws.amount(),
                    .owner = draws.below(estate_count),
                    .haircut_pct = haircut_pct,
                    .sale_cost_pct = sale_cost_pct};
        }
        add_random_claims(rows, draws, guarantees, 8);
        administration_pct = draws.one_in(2) ? 0 : static_cast<int>(draws.below(40));
        defaulted = draws.below(std::size_t{1} << estate_count);
    }

    LiquidationTerms terms() const {
        const bool has_pool = !rows.pools.empty();
        return {.haircut = has_pool ? rows.pools[0].haircut_pct / 100.0 : 0.0,
                .sale_cost = has_pool ? rows.pools[0].sale_cost_pct / 100.0 : 0.0,
                .administration_cost = administration_pct / 100.0};
    }
    bool defaults(std::uint32_t obligor) const { return (defaulted >> obligor & 1U) != 0; }

    /// The group as a liquidation of one moment: debts of who performs come last and are not
    /// guaranteed, and who performs is not administered.
    Rows liquidation() const {
        Rows result = rows;
        for (Claim& claim : result.claims) {
            if (defaults(claim.estate)) continue;
            claim.seniority = Seniority::junior;
            claim.guarantor = no_index;
        }
        for (std::uint32_t e = 0; e < rows.estates.size(); ++e) {
            if (defaults(e)) result.estates[e].administration_cost = administration_of(e);
        }
        return result;
    }

  private:
    std::int64_t administration_of(std::uint32_t estate) const {
        std::int64_t free = rows.estates[estate].free_assets;
        for (std::uint32_t p = 0; p < rows.pools.size(); ++p) {
            if (rows.pools[p].owner != estate) continue;
            std::int64_t surplus =
                sell(rows.pools[p].value, terms().haircut, terms().sale_cost).net_minor;
            for (const Claim& claim : rows.claims) surplus -= claim.pool == p ? claim.amount : 0;
            if (surplus > 0) free += surplus;
        }
        const std::int64_t doubled = 2 * free * administration_pct + 100;
        const std::int64_t rounded = doubled / 200;
        return doubled % 200 == 0 && rounded % 2 == 1 ? rounded - 1 : rounded;
    }
};

template <class Check>
void for_random_cases(Check check) {
    for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            check(RandomCase(seed, seed % 2 == 0 ? Guarantees::none : Guarantees::some), seed);
        }
    }
}

std::int64_t sum(const std::vector<std::int64_t>& amounts) {
    return std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_claim_loses_what_a_liquidation_leaves_it_to_the_penny) {
    for_random_cases([](const RandomCase& random, std::uint64_t) {
        const auto losses = losses_where(Book(random.rows, random.terms()), random.defaulted);
        const Settlement settlement = liquidated(random.liquidation());
        for (std::size_t c = 0; c < losses.size(); ++c) {
            const bool is_due = random.defaults(random.rows.claims[c].estate);
            const std::int64_t expected = is_due ? settlement.claims.unpaid_minor[c] : 0;
            BOOST_REQUIRE_EQUAL(losses[c], expected);
        }
    });
}

BOOST_AUTO_TEST_CASE(losses_are_those_of_exact_fractions_within_pennies) {
    for_random_cases([](const RandomCase& random, std::uint64_t) {
        const auto losses = losses_where(Book(random.rows, random.terms()), random.defaulted);
        const Rows liquidation = random.liquidation();
        const auto exact = ExactWaterfall::liquidation(liquidation);
        for (std::size_t c = 0; c < losses.size(); ++c) {
            if (!random.defaults(random.rows.claims[c].estate)) continue;
            const auto difference = static_cast<double>(
                ExactWaterfall::Fraction(random.rows.claims[c].amount - exact.paid(c) - losses[c]));
            // Shares rounded once each, along a way of pools and up to five estates.
            BOOST_REQUIRE_LE(std::abs(difference), 6.0);
        }
    });
}

BOOST_AUTO_TEST_CASE(the_order_of_the_rows_moves_pennies_at_most) {
    for_random_cases([](const RandomCase& random, std::uint64_t seed) {
        std::mt19937_64 engine(seed);
        const auto order_of = [&](std::size_t count) {
            std::vector<std::uint32_t> order(count);
            std::iota(order.begin(), order.end(), 0U);
            std::shuffle(order.begin(), order.end(), engine);
            return order;
        };
        const auto at = [](const std::vector<std::uint32_t>& place, std::uint32_t row) {
            return row == no_index ? no_index : place[row];
        };
        const auto claims = order_of(random.rows.claims.size());
        const auto pools = order_of(random.rows.pools.size());
        const auto estates = order_of(random.rows.estates.size());
        Rows moved = random.rows;
        std::uint32_t defaulted = 0;
        for (std::uint32_t e = 0; e < estates.size(); ++e) {
            Estate& estate = moved.estates[estates[e]];
            estate = random.rows.estates[e];
            estate.parent = at(estates, estate.parent);
            if (random.defaults(e)) defaulted |= 1U << estates[e];
        }
        for (std::size_t p = 0; p < pools.size(); ++p) {
            moved.pools[pools[p]] = random.rows.pools[p];
            moved.pools[pools[p]].owner = estates[random.rows.pools[p].owner];
        }
        for (std::size_t c = 0; c < claims.size(); ++c) {
            Claim& claim = moved.claims[claims[c]];
            claim = random.rows.claims[c];
            claim.estate = estates[claim.estate];
            claim.pool = at(pools, claim.pool);
            claim.guarantor = at(estates, claim.guarantor);
        }
        const auto losses = losses_where(Book(random.rows, random.terms()), random.defaulted);
        const auto others = losses_where(Book(moved, random.terms()), defaulted);
        const bool is_guaranteed = seed % 2 != 0;
        for (std::size_t c = 0; c < losses.size(); ++c) {
            const auto difference = static_cast<double>(others[claims[c]] - losses[c]);
            BOOST_REQUIRE_LE(std::abs(difference), is_guaranteed ? 4.0 : 2.0);
        }
        if (random.rows.estates.size() == 1) BOOST_REQUIRE_EQUAL(sum(others), sum(losses));
    });
}

BOOST_AUTO_TEST_CASE(a_lone_claim_is_paid_the_liquidations_pennies) {
    std::mt19937_64 engine(5);
    for (int i = 0; i < 20'000; ++i) {
        Draws draws(engine());
        Rows rows;
        rows.claims = {{.amount = draws.amount(),
                        .pool = draws.one_in(4) ? no_index : 0,
                        .lien = static_cast<std::uint8_t>(draws.below(3)),
                        .seniority = static_cast<Seniority>(draws.below(4))}};
        rows.pools = {{.value = draws.amount(),
                       .haircut_pct = static_cast<int>(draws.below(101)),
                       .sale_cost_pct = static_cast<int>(draws.below(101))}};
        rows.estates = {{.free_assets = draws.amount()}};
        const LiquidationTerms terms{.haircut = rows.pools[0].haircut_pct / 100.0,
                                     .sale_cost = rows.pools[0].sale_cost_pct / 100.0,
                                     .administration_cost = draws.below(101) / 100.0};
        const bool is_secured = rows.claims[0].pool != no_index;
        const LoneDebt claim{.pool = 0,
                             .amount_minor = rows.claims[0].amount,
                             .is_secured = is_secured,
                             .free_assets_minor = rows.estates[0].free_assets};
        const std::int64_t net = MinorFraction::left_after(terms.haircut, terms.sale_cost)
                                     .rounded_down(rows.pools[0].value);
        const LoneSettlement lone =
            settle_lone(claim, net, MinorFraction::of(terms.administration_cost));
        rows.estates[0].administration_cost = lone.administration_minor;
        const Settlement settlement = liquidated(rows);
        BOOST_REQUIRE_EQUAL(lone.from_collateral_minor, settlement.claims.from_collateral_minor[0]);
        BOOST_REQUIRE_EQUAL(lone.from_estate_minor, settlement.claims.from_estate_minor[0]);
        BOOST_REQUIRE_EQUAL(lone.administration_minor,
                            settlement.estates.administration_paid_minor[0]);
        BOOST_REQUIRE_EQUAL(lone.equity_minor, settlement.estates.equity_minor[0]);
        BOOST_REQUIRE_EQUAL(net, settlement.pools.net_minor[0]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
