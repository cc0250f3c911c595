#include "engines/debt/simulation/recovery_units.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>
#include <string>

#include "engines/debt/collateral_pool.hpp"
#include "engines/debt/simulation/waterfall_losses_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(recovery_units_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

RecoveryUnits units_of(const Rows& rows) {
    const Book book(rows);
    check(book.book());
    return connect_obligors(book.book());
}

Rows lone_loans(std::size_t count) {
    Rows rows;
    for (std::uint32_t i = 0; i < count; ++i) {
        rows.claims.push_back({.amount = 100 + i, .estate = i, .pool = i});
        rows.pools.push_back({.value = 50, .owner = i});
        rows.estates.push_back({.free_assets = 7});
    }
    return rows;
}

void check_refusal(const std::function<void(Rows&)>& change, const std::string& where,
                   ErrorCode code = ErrorCode::invalid_input, const LiquidationTerms& terms = {}) {
    Rows rows = lone_loans(3);
    change(rows);
    const Book book(rows, terms);
    try {
        check(book.book());
        BOOST_ERROR("accepted what is to be refused at " << where);
    } catch (const Error& error) {
        BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(code));
        BOOST_TEST(error.where() == where);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(loans_with_collateral_of_their_own_are_lone) {
    const RecoveryUnits units = units_of(lone_loans(3));
    BOOST_TEST(units.lone.size() == 3U);
    BOOST_TEST(units.joint.unit_count() == 0U);
    BOOST_TEST(units.lone[1].obligor == 1U);
    BOOST_TEST(units.lone[1].position == 1U);
    BOOST_TEST(units.lone[1].pool == 1U);
    BOOST_TEST(units.lone[1].amount_minor == 101);
    BOOST_TEST(units.lone[1].is_secured);
    BOOST_TEST(units.lone[1].free_assets_minor == 7);
}

BOOST_AUTO_TEST_CASE(collateral_without_a_lien_secures_nothing) {
    Rows rows = lone_loans(1);
    rows.claims[0].pool = no_index;
    const RecoveryUnits units = units_of(rows);
    BOOST_TEST(units.lone[0].pool == 0U);
    BOOST_TEST(!units.lone[0].is_secured);
}

BOOST_AUTO_TEST_CASE(shared_collateral_connects) {
    Rows rows = lone_loans(5);
    rows.claims[4].pool = 1;
    const RecoveryUnits units = units_of(rows);
    BOOST_TEST(units.lone.size() == 3U);
    BOOST_TEST(units.joint.obligor == (std::vector<std::uint32_t>{1, 4}));
    BOOST_TEST(units.joint.pool == (std::vector<std::uint32_t>{1, 4}));
    // What is due and what is set aside.
    BOOST_TEST(units.joint.position == (std::vector<std::uint32_t>{1, 1, 4, 4}));
}

BOOST_AUTO_TEST_CASE(guarantees_connect) {
    Rows rows = lone_loans(4);
    rows.claims[3].guarantor = 0;
    BOOST_TEST(units_of(rows).joint.obligor == (std::vector<std::uint32_t>{0, 3}));
}

BOOST_AUTO_TEST_CASE(ownership_connects) {
    Rows rows = lone_loans(4);
    rows.estates[0].parent = 3;
    BOOST_TEST(units_of(rows).joint.obligor == (std::vector<std::uint32_t>{0, 3}));
}

BOOST_AUTO_TEST_CASE(ways_of_connection_join_up) {
    Rows rows = lone_loans(8);
    rows.claims[7].pool = 6;
    rows.claims[6].guarantor = 2;
    rows.estates[2].parent = 5;
    rows.claims[1].guarantor = 3;
    const RecoveryUnits units = units_of(rows);
    BOOST_TEST(units.joint.obligor == (std::vector<std::uint32_t>{1, 3, 2, 5, 6, 7}));
    BOOST_TEST(units.joint.estate_offsets == (std::vector<std::uint32_t>{0, 2, 6}));
    BOOST_TEST(units.lone.size() == 2U);
}

BOOST_AUTO_TEST_CASE(two_debts_of_one_obligor_are_a_unit_without_anything_set_aside) {
    Rows rows = lone_loans(2);
    rows.claims.push_back({.amount = 5, .estate = 1});
    const RecoveryUnits units = units_of(rows);
    BOOST_TEST(units.lone.size() == 1U);
    BOOST_TEST(units.joint.position == (std::vector<std::uint32_t>{1, 2}));
    BOOST_TEST(units.joint.is_set_aside == (std::vector<std::uint8_t>{0, 0}));
}

BOOST_AUTO_TEST_CASE(obligors_without_debt_of_their_units_are_left_out) {
    Rows rows = lone_loans(2);
    rows.estates.push_back({.free_assets = 9});
    rows.claims[0].guarantor = 2;
    rows.estates.push_back({.free_assets = 9});
    const RecoveryUnits units = units_of(rows);
    BOOST_TEST(units.joint.obligor == (std::vector<std::uint32_t>{0, 2}));
    BOOST_TEST(units.lone.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_fraction_left_by_a_sale_is_that_of_the_liquidation) {
    std::mt19937_64 random(3);
    for (int i = 0; i < 100'000; ++i) {
        // Percentages as terms have them, and any fractions.
        const auto draw = [&] {
            return random() % 2 == 0 ? static_cast<double>(random() % 101) / 100.0
                                     : static_cast<double>(random() % 1'000'000'001) / 1e9;
        };
        const double haircut = draw();
        const double cost = draw();
        const auto value = static_cast<std::int64_t>((random() >> 2U) >> (random() % 62));
        BOOST_REQUIRE_EQUAL(MinorFraction::left_after(haircut, cost).rounded_down(value),
                            sell(value, haircut, cost).net_minor);
    }
}

BOOST_AUTO_TEST_CASE(a_part_of_an_amount_is_rounded_half_to_even) {
    BOOST_TEST(MinorFraction::of(0.05).rounded_half_even(10) == 0);
    BOOST_TEST(MinorFraction::of(0.05).rounded_half_even(11) == 1);
    BOOST_TEST(MinorFraction::of(0.05).rounded_half_even(30) == 2);
    BOOST_TEST(MinorFraction::of(0.05).rounded_half_even(50) == 2);
    BOOST_TEST(MinorFraction::of(0.0).rounded_half_even(50) == 0);
    BOOST_TEST(MinorFraction::of(1.0).rounded_half_even(std::int64_t{1} << 62U) == std::int64_t{1}
                                                                                       << 62U);
    std::mt19937_64 random(4);
    for (int i = 0; i < 100'000; ++i) {
        using boost::multiprecision::cpp_int;
        const auto parts = static_cast<std::int64_t>(random() % 1'000'000'001);
        const auto value = static_cast<std::int64_t>((random() >> 2U) >> (random() % 62));
        const cpp_int doubled = 2 * cpp_int(value) * parts + 1'000'000'000;
        cpp_int expected = doubled / 2'000'000'000;
        if (doubled % 2'000'000'000 == 0 && expected % 2 == 1) --expected;
        const auto rounded =
            MinorFraction::of(static_cast<double>(parts) / 1e9).rounded_half_even(value);
        BOOST_REQUIRE(rounded == expected);
    }
}

BOOST_AUTO_TEST_CASE(bad_books_are_refused_at_their_places) {
    check_refusal([](Rows& r) { r.claims[1].amount = -1; }, "claims.amount_minor[1]");
    check_refusal([](Rows& r) { r.claims[1].estate = 3; }, "claims.estate[1]");
    check_refusal([](Rows& r) { r.claims[1].pool = 3; }, "claims.pool[1]");
    check_refusal([](Rows& r) { r.claims[1].lien = 3; }, "claims.lien_position[1]");
    check_refusal([](Rows& r) { r.claims[1].seniority = static_cast<Seniority>(4); },
                  "claims.seniority[1]");
    check_refusal([](Rows& r) { r.claims[1].guarantor = 3; }, "claims.guarantor[1]");
    check_refusal([](Rows& r) { r.claims[1].guarantor = 1; }, "claims.guarantor[1]");
    check_refusal([](Rows& r) { r.claims[1].limit = -1; }, "claims.guarantee_limit_minor[1]");
    check_refusal([](Rows& r) { r.pools[2].owner = 3; }, "pools.owner[2]");
    check_refusal([](Rows& r) { r.estates[2].free_assets = -1; }, "obligors.free_assets_minor[2]");
    check_refusal([](Rows& r) { r.estates[2].parent = 3; }, "obligors.parent[2]");
    check_refusal([](Rows& r) { r.estates[2].parent = 2; }, "obligors.parent[2]");
    check_refusal(
        [](Rows& r) {
            r.estates[0].parent = 1;
            r.estates[1].parent = 2;
            r.estates[2].parent = 1;
        },
        "obligors.parent[1]");
    const auto none = [](Rows&) {};
    check_refusal(none, "terms.haircut", ErrorCode::invalid_input, {.haircut = -0.1});
    check_refusal(none, "terms.sale_cost", ErrorCode::invalid_input, {.sale_cost = 1.1});
    check_refusal(none, "terms.administration_cost", ErrorCode::invalid_input,
                  {.administration_cost = std::nan("")});
    check_refusal([](Rows& r) { r.claims[1].amount = (std::int64_t{1} << 62U) - 201; },
                  "claims.amount_minor", ErrorCode::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(ragged_columns_are_refused) {
    const Book complete(lone_loans(3));
    const auto refused_at = [&](const std::function<void(WaterfallBook&)>& change) {
        WaterfallBook book = complete.book();
        change(book);
        try {
            check(book);
        } catch (const Error& error) {
            return error.where();
        }
        return std::string("none");
    };
    const auto shorten = [](auto& column) { column = column.first(2); };
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.claims.estate); }) == "claims.estate");
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.claims.pool); }) == "claims.pool");
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.claims.lien_position); }) ==
               "claims.lien_position");
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.claims.seniority); }) == "claims.seniority");
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.claims.guarantor); }) == "claims.guarantor");
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.claims.guarantee_limit_minor); }) ==
               "claims.guarantee_limit_minor");
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.pools.owner); }) == "pools.owner");
    BOOST_TEST(refused_at([&](auto& b) { shorten(b.obligors.parent); }) == "obligors.parent");
    BOOST_TEST(refused_at([](auto& b) {
                   b.claims.guarantor = {};
                   b.claims.guarantee_limit_minor = {};
               }) == "none");
}

BOOST_AUTO_TEST_CASE(long_chains_of_ownership_are_no_circle) {
    Rows rows = lone_loans(1000);
    for (std::uint32_t o = 0; o < 999; ++o) rows.estates[o].parent = o + 1;
    BOOST_TEST(units_of(rows).joint.unit_count() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
