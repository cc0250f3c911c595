#include "engines/debt/covenant.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engines/debt/covenant_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(covenant_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

std::string place_of_refusal(const CovenantTile& tile, const TileTerms& terms) {
    try {
        run(tile, terms);
    } catch (const Error& error) {
        return error.where();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_reference_path_breaches_in_its_quarters) {
    // shared/reference/reference-credit.json, case covenant-path: the figures of eight quarters.
    CovenantTile tile = one_record(8);
    for (std::size_t q = 0; q < 8; ++q) {
        const auto quarter = static_cast<double>(q);
        tile.income[q] = 0.3 * (100.0 - 2.0 * quarter);
        tile.interest_due[q] = 400.0 * (0.05 + 0.0025 * quarter) / 4.0;
        tile.principal_due[q] = 5.0;
        tile.debt[q] = 400.0;
    }
    TileTerms terms{.test_months = 1};
    terms.limit(Covenant::dscr) = {2.5};
    terms.limit(Covenant::icr) = {4.0};
    const CovenantPaths results = run(tile, terms);
    BOOST_TEST(results.first_breach_step[at(Covenant::dscr)] == 6);  // 5 counted from 0
    BOOST_TEST(results.first_breach_step[at(Covenant::icr)] == 8);   // 7
    BOOST_CHECK_CLOSE(results.last_ratio[at(Covenant::dscr)], 2.195744680851064, 1e-10);
    BOOST_CHECK_CLOSE(results.last_ratio[at(Covenant::icr)], 3.822222222222222, 1e-10);
    BOOST_TEST(results.breach_steps[at(Covenant::dscr)] == 3);
    BOOST_CHECK_CLOSE(results.worst_headroom[at(Covenant::icr)], 3.822222222222222 / 4.0 - 1.0,
                      1e-9);
}

BOOST_AUTO_TEST_CASE(the_results_are_those_of_a_slow_walk_over_the_definitions) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        std::mt19937_64 random(seed);
        const CovenantTile tile = random_tile(random);
        const TileTerms terms = random_terms(random, tile);
        const CovenantPaths fast = run(tile, terms);
        const CovenantPaths slow = walked(tile, terms);
        BOOST_TEST_CONTEXT("seed " << seed) {
            BOOST_TEST(fast.first_breach_step == slow.first_breach_step);
            BOOST_TEST(fast.breach_steps == slow.breach_steps);
            BOOST_TEST(fast.in_breach_at_end == slow.in_breach_at_end);
            BOOST_TEST(fast.cured == slow.cured);
            BOOST_TEST(same(fast.worst_headroom, slow.worst_headroom));
            BOOST_TEST(same(fast.worst_ratio, slow.worst_ratio));
            BOOST_TEST(same(fast.last_ratio, slow.last_ratio));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_tighter_limit_never_removes_a_breach) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 40; ++round) {
        const CovenantTile tile = random_tile(random);
        TileTerms terms = random_terms(random, tile);
        const CovenantPaths before = run(tile, terms);
        for (std::size_t c = 0; c < covenant_count; ++c) {
            const double factor =
                limits_from_above(Covenant{static_cast<std::uint8_t>(c)}) ? 0.8 : 1.25;
            for (double& limit : terms.limits[c]) limit *= factor;
            for (double& limit : terms.reset_limits[c]) limit *= factor;
        }
        const CovenantPaths after = run(tile, terms);
        for (std::size_t i = 0; i < before.breach_steps.size(); ++i) {
            BOOST_REQUIRE(after.breach_steps[i] >= before.breach_steps[i]);
            if (before.first_breach_step[i] == 0) continue;
            BOOST_REQUIRE(after.first_breach_step[i] > 0);
            BOOST_REQUIRE(after.first_breach_step[i] <= before.first_breach_step[i]);
        }
    }
}

BOOST_AUTO_TEST_CASE(other_units_of_money_change_nothing) {
    std::mt19937_64 random(12);
    CovenantTile tile = random_tile(random);
    const TileTerms terms = random_terms(random, tile);
    const CovenantPaths before = run(tile, terms);
    for (auto* amounts : {&tile.income, &tile.interest_due, &tile.principal_due, &tile.debt,
                          &tile.balance, &tile.collateral}) {
        for (double& amount : *amounts) amount *= 1024.0;  // exact
    }
    const CovenantPaths after = run(tile, terms);
    BOOST_TEST(after.first_breach_step == before.first_breach_step);
    BOOST_TEST(same(after.worst_headroom, before.worst_headroom));
    BOOST_TEST(same(after.last_ratio, before.last_ratio));
}

BOOST_AUTO_TEST_CASE(scratch_and_results_of_another_tile_change_nothing) {
    std::mt19937_64 random(13);
    CovenantPaths reused;
    CovenantScratch scratch;
    for (int round = 0; round < 20; ++round) {
        const CovenantTile tile = random_tile(random);
        const TileTerms terms = random_terms(random, tile);
        reused.resize(tile.record_count);
        test_covenants(tile.view(), terms.view(), 0, reused, scratch);
        const CovenantPaths fresh = run(tile, terms);
        BOOST_TEST(reused.first_breach_step == fresh.first_breach_step);
        BOOST_TEST(reused.cured == fresh.cured);
        BOOST_TEST(same(reused.worst_headroom, fresh.worst_headroom));
        BOOST_TEST(same(reused.worst_ratio, fresh.worst_ratio));
    }
}

BOOST_AUTO_TEST_CASE(a_ratio_at_its_limit_is_no_breach) {
    CovenantTile tile = one_record(1);
    tile.income = {3.0};
    tile.interest_due = {2.0};
    tile.balance = {75.0};
    tile.collateral = {100.0};
    TileTerms terms;
    terms.limit(Covenant::icr) = {1.5};
    terms.limit(Covenant::ltv) = {0.75};
    const CovenantPaths results = run(tile, terms);
    BOOST_TEST(results.breach_steps[at(Covenant::icr)] == 0);
    BOOST_TEST(results.breach_steps[at(Covenant::ltv)] == 0);
    BOOST_TEST(results.worst_headroom[at(Covenant::ltv)] == 0.0);
}

BOOST_AUTO_TEST_CASE(a_window_is_shorter_in_the_first_steps) {
    CovenantTile tile = one_record(4);
    tile.income = {10.0, 20.0, 30.0, 70.0};
    tile.interest_due = {10.0, 10.0, 10.0, 10.0};
    const auto last_icr = [&](std::size_t months) {
        CovenantTile part = one_record(months);
        std::copy_n(tile.income.begin(), months, part.income.begin());
        std::copy_n(tile.interest_due.begin(), months, part.interest_due.begin());
        TileTerms terms;
        terms.limit(Covenant::icr) = {0.1};
        return run(part, terms).last_ratio[at(Covenant::icr)];
    };
    BOOST_TEST(last_icr(1) == 1.0);
    BOOST_TEST(last_icr(2) == 1.5);
    BOOST_TEST(last_icr(3) == 2.0);
    BOOST_TEST(last_icr(4) == 4.0);
}

BOOST_AUTO_TEST_CASE(debt_without_income_or_value_is_past_every_maximum) {
    CovenantTile tile = one_record(2);
    tile.income = {-1.0, -1.0};
    tile.debt = {100.0, 100.0};
    tile.balance = {100.0, 100.0};
    tile.collateral = {0.0, 0.0};
    TileTerms terms;
    terms.limit(Covenant::leverage) = {6.0};
    terms.limit(Covenant::ltv) = {0.8};
    const CovenantPaths results = run(tile, terms);
    for (const Covenant covenant : {Covenant::leverage, Covenant::ltv}) {
        BOOST_TEST(results.first_breach_step[at(covenant)] == 1);
        BOOST_TEST(results.last_ratio[at(covenant)] == std::numeric_limits<double>::infinity());
        BOOST_TEST(results.worst_headroom[at(covenant)] ==
                   -std::numeric_limits<double>::infinity());
    }
}

BOOST_AUTO_TEST_CASE(nothing_due_and_nothing_owed_is_not_tested) {
    const CovenantTile tile = one_record(3);
    TileTerms terms;
    for (std::size_t c = 0; c < covenant_count; ++c) terms.limits[c] = {1.0};
    const CovenantPaths results = run(tile, terms);
    for (std::size_t c = 0; c < covenant_count; ++c) {
        BOOST_TEST(results.first_breach_step[c] == 0);
        BOOST_TEST(std::isnan(results.last_ratio[c]));
        BOOST_TEST(std::isnan(results.worst_headroom[c]));
    }
}

BOOST_AUTO_TEST_CASE(a_reset_holds_from_its_step_on) {
    CovenantTile tile = one_record(4);
    tile.balance = {90.0, 90.0, 90.0, 90.0};
    tile.collateral = {100.0, 100.0, 100.0, 100.0};
    TileTerms terms{.cure_months = 2, .reset_step = 3};
    terms.limit(Covenant::ltv) = {0.8};
    terms.reset_limits[static_cast<std::size_t>(Covenant::ltv)] = {1.0};
    const CovenantPaths results = run(tile, terms);
    BOOST_TEST(results.first_breach_step[at(Covenant::ltv)] == 1);
    BOOST_TEST(results.breach_steps[at(Covenant::ltv)] == 2);
    BOOST_TEST(results.cured[at(Covenant::ltv)] == 1);
    BOOST_CHECK_CLOSE(results.worst_headroom[at(Covenant::ltv)], 1.0 - 0.9 / 0.8, 1e-10);
}

BOOST_AUTO_TEST_CASE(nothing_is_tested_after_a_default) {
    CovenantTile tile = one_record(4);
    tile.default_step = {2};
    tile.income = {2.0, 2.0, 0.1, 0.1};
    tile.interest_due = {1.0, 1.0, 1.0, 1.0};
    tile.balance = {50.0, 60.0, 70.0, 80.0};
    tile.collateral = {100.0, 100.0, 100.0, 100.0};
    const CovenantPaths results = run(tile, {.test_months = 1});
    BOOST_TEST(results.worst_ratio[at(Covenant::dscr)] == 2.0);
    BOOST_TEST(results.last_ratio[at(Covenant::ltv)] == 0.6);
}

BOOST_AUTO_TEST_CASE(impossible_input_is_refused_at_its_place) {
    const CovenantTile tile = one_record(2);
    TileTerms good;
    good.limit(Covenant::ltv) = {0.8};
    BOOST_TEST(place_of_refusal(tile, good) == "none");
    for (const double bad : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
        TileTerms terms;
        terms.limit(Covenant::ltv) = {bad};
        BOOST_TEST(place_of_refusal(tile, terms) == "limits.ltv[0]");
    }
    TileTerms reset;
    reset.reset_limits[0] = {0.0};
    BOOST_TEST(place_of_refusal(tile, reset) == "reset_limits.dscr[0]");
    BOOST_TEST(place_of_refusal(tile, {.test_months = 0}) == "test_months");
    BOOST_TEST(place_of_refusal(tile, {.cure_months = -1}) == "cure_months");
    BOOST_TEST(place_of_refusal(tile, {.reset_step = -1}) == "reset_step");
    CovenantTile ragged = tile;
    ragged.debt.pop_back();
    BOOST_TEST(place_of_refusal(ragged, {}) == "debt");
    CovenantTile stray = tile;
    stray.obligor_of_record = {1};
    BOOST_TEST(place_of_refusal(stray, {}) == "obligor_of_record[0]");
    BOOST_TEST(place_of_refusal(one_record(65), {}) == "months");
    BOOST_TEST(place_of_refusal(one_record(64), {}) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
