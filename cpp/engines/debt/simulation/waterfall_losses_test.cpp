#include "engines/debt/simulation/waterfall_losses.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>
#include <string>
#include <utility>

#include "engines/debt/simulation/waterfall_losses_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(waterfall_losses_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

using Losses = std::vector<std::int64_t>;

std::pair<ErrorCode, std::string> refusal(const Book& book) {
    try {
        const WaterfallLosses rule(book.book(), Factors(1).model());
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::source_unreadable, "none"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_loan_loses_what_the_sale_of_its_collateral_leaves_open) {
    const LiquidationTerms terms{.haircut = 0.2, .sale_cost = 0.05};
    BOOST_TEST(losses_where(Book(one_loan(1000, 1000), terms), 1) == Losses{240});
    BOOST_TEST(losses_where(Book(one_loan(1000, 1315), terms), 1) == Losses{1});  // 999.4
    BOOST_TEST(losses_where(Book(one_loan(1000, 1316), terms), 1) == Losses{0});
    BOOST_TEST(losses_where(Book(one_loan(1000, 9000), terms), 1) == Losses{0});
    BOOST_TEST(losses_where(Book(one_loan(1000, 0), terms), 1) == Losses{1000});
}

BOOST_AUTO_TEST_CASE(free_assets_pay_the_rest_after_the_administration) {
    const LiquidationTerms terms{.administration_cost = 0.1};
    BOOST_TEST(losses_where(Book(one_loan(1000, 600, 200), terms), 1) == Losses{220});
    // Of the surplus of collateral too, which then does not matter.
    BOOST_TEST(losses_where(Book(one_loan(1000, 1500, 200), terms), 1) == Losses{0});
}

BOOST_AUTO_TEST_CASE(who_performs_loses_nothing) {
    BOOST_TEST(losses_where(Book(one_loan(1000, 0)), 0) == Losses{0});
}

BOOST_AUTO_TEST_CASE(nothing_but_zeros_is_no_loss) {
    BOOST_TEST(losses_where(Book(one_loan(0, 0)), 1) == Losses{0});
    Rows rows = one_loan(0, 0);
    rows.claims.push_back({.amount = 0, .pool = 0, .lien = 1});
    rows.claims.push_back({.amount = 0});
    BOOST_TEST(losses_where(Book(rows), 1) == (Losses{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_lien_holds_for_who_performs) {
    // Two obligors' loans on one pool.
    Rows rows = one_loan(80, 100);
    rows.claims.push_back({.amount = 80, .estate = 1, .pool = 0});
    rows.estates.emplace_back();
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{30, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b11) == (Losses{30, 30}));
    rows.claims[1].lien = 1;
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{0, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b10) == (Losses{0, 60}));
}

BOOST_AUTO_TEST_CASE(a_guarantor_that_performs_pays_before_its_own_debts_up_to_the_limit) {
    Rows rows{.claims = {{.amount = 100, .estate = 0, .guarantor = 1},
                         {.amount = 500, .estate = 1, .seniority = Seniority::super_senior}},
              .pools = {},
              .estates = {{.free_assets = 20}, {.free_assets = 60}}};
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{20, 0}));
    rows.claims[0].limit = 35;
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{45, 0}));
    // In default its own creditors come by their rank: the super-senior one takes all.
    BOOST_TEST(losses_where(Book(rows), 0b11) == (Losses{80, 440}));
}

BOOST_AUTO_TEST_CASE(collateral_of_a_guarantor_that_performs_first_serves_its_liens) {
    const Rows rows{.claims = {{.amount = 100, .estate = 0, .guarantor = 1},
                               {.amount = 90, .estate = 1, .pool = 0}},
                    .pools = {{.value = 100, .owner = 1}},
                    .estates = {{}, {}}};
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{90, 0}));
}

BOOST_AUTO_TEST_CASE(a_subsidiary_that_performs_leaves_its_parent_what_all_its_debts_leave) {
    const Rows rows{.claims = {{.amount = 100, .estate = 0},
                               {.amount = 70, .estate = 1, .seniority = Seniority::subordinated}},
                    .pools = {},
                    .estates = {{.free_assets = 10}, {.free_assets = 120, .parent = 0}}};
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{40, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b11) == (Losses{40, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b10) == (Losses{0, 0}));
}

BOOST_AUTO_TEST_CASE(only_obligors_in_default_are_administered) {
    const Rows rows{.claims = {{.amount = 100, .estate = 0, .guarantor = 1}},
                    .pools = {},
                    .estates = {{.free_assets = 20}, {.free_assets = 60}}};
    const LiquidationTerms terms{.administration_cost = 0.5};
    BOOST_TEST(losses_where(Book(rows, terms), 0b01) == Losses{30});
    BOOST_TEST(losses_where(Book(rows, terms), 0b11) == Losses{60});
    BOOST_TEST(losses_where(Book(rows, terms), 0b10) == Losses{0});
}

BOOST_AUTO_TEST_CASE(guarantees_in_a_circle_pay_all_there_is) {
    Rows rows;
    for (std::uint32_t o = 0; o < 3; ++o) {
        rows.claims.push_back({.amount = 100, .estate = o, .guarantor = (o + 1) % 3});
        rows.estates.push_back({.free_assets = 30});
    }
    rows.estates[2].free_assets = 150;
    const Losses losses = losses_where(Book(rows), 0b111);
    BOOST_TEST(losses[0] + losses[1] + losses[2] == 300 - 210);
}

BOOST_AUTO_TEST_CASE(a_loan_in_two_under_one_obligor_loses_the_same_within_pennies) {
    const LiquidationTerms terms{.haircut = 0.3, .sale_cost = 0.07, .administration_cost = 0.03};
    std::mt19937_64 random(8);
    for (int i = 0; i < 2'000; ++i) {
        const auto amount = static_cast<std::int64_t>(random() % 1'000'000);
        const auto part = static_cast<std::int64_t>(random() % 1'000'000) * amount / 1'000'000;
        const Rows whole = one_loan(amount, static_cast<std::int64_t>(random() % 1'500'000),
                                    static_cast<std::int64_t>(random() % 100'000));
        Rows split = whole;
        split.claims[0].amount = part;
        split.claims.push_back({.amount = amount - part, .pool = 0});
        const Losses losses = losses_where(Book(split, terms), 1);
        const Losses expected = losses_where(Book(whole, terms), 1);
        BOOST_REQUIRE_EQUAL(losses[0] + losses[1], expected[0]);
        // Each bears its share, in each of two tiers to the penny.
        BOOST_REQUIRE_LE(std::abs(static_cast<double>(losses[0]) * static_cast<double>(amount) -
                                  static_cast<double>(expected[0]) * static_cast<double>(part)),
                         2.0 * static_cast<double>(amount));
    }
}

BOOST_AUTO_TEST_CASE(losses_are_added_to_what_is_there) {
    const Book book(one_loan(1000, 300));
    const Factors factors(1);
    const WaterfallLosses rule(book.book(), factors.model());
    const Scenarios scenarios(1, 0, 2, factors.model());
    const std::vector<std::uint16_t> masks{0b10};
    Losses total{5, 6};
    Losses position(block_scenarios, 1);
    rule.add_losses(scenarios.block(0, 2, masks), total, position);
    BOOST_TEST(total == (Losses{5, 706}));
    BOOST_TEST(position[0] == 1);
    BOOST_TEST(position[1] == 701);
}

BOOST_AUTO_TEST_CASE(bits_beyond_the_scenarios_asked_for_are_no_defaults) {
    const Book book(one_loan(1000, 300));
    const Factors factors(1);
    const WaterfallLosses rule(book.book(), factors.model());
    const Scenarios scenarios(1, 0, 1, factors.model());
    const std::vector<std::uint16_t> masks{0xFFFF};
    Losses total{0};
    rule.add_losses(scenarios.block(0, 1, masks), total, {});
    BOOST_TEST(total == Losses{700});
}

BOOST_AUTO_TEST_CASE(masks_of_another_book_are_refused) {
    const Book book(one_loan(1000, 300));
    const Factors factors(1);
    const WaterfallLosses rule(book.book(), factors.model());
    const Scenarios scenarios(1, 0, 1, factors.model());
    const std::vector<std::uint16_t> masks{1, 1};
    Losses total{0};
    BOOST_CHECK_EXCEPTION(rule.add_losses(scenarios.block(0, 1, masks), total, {}), Error,
                          [](const Error& error) { return error.where() == "masks"; });
}

BOOST_AUTO_TEST_CASE(sums_up_to_2_62_are_exact_and_beyond_refused) {
    const std::int64_t most = std::int64_t{1} << 62U;
    BOOST_TEST(losses_where(Book(one_loan(most, most - 1)), 1) == Losses{1});
    Rows rows = one_loan(most / 2, most / 2 - 3);
    rows.claims.push_back({.amount = most / 2, .estate = 1, .pool = 0, .guarantor = 0});
    rows.estates[0].free_assets = most / 2 + 3;
    rows.estates.emplace_back();
    const Losses none = losses_where(Book(rows), 0b11);
    BOOST_TEST(none[0] + none[1] == 0);

    rows.claims[1].amount += 1;
    const auto limit = [](std::string where) {
        return std::pair(ErrorCode::limit_exceeded, std::move(where));
    };
    BOOST_CHECK(refusal(Book(rows)) == limit("claims.amount_minor"));
    rows.claims[1].amount -= 1;
    rows.estates[1].free_assets = 1;
    BOOST_CHECK(refusal(Book(rows)) == limit("pools.value_minor[0]"));
    BOOST_CHECK(refusal(Book(one_loan(5, 5, most))) == limit("pools.value_minor[0]"));
    // Of units apart each may be worth that much.
    Rows apart = one_loan(5, most);
    apart.claims.push_back({.amount = 5, .estate = 1});
    apart.estates.push_back({.free_assets = most});
    BOOST_CHECK(refusal(Book(apart)).second == "none");
}

BOOST_AUTO_TEST_SUITE_END()
