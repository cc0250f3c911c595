#include "engines/debt/simulation/concentration_measures.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(concentration_measures_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

using Amounts = std::vector<std::int64_t>;

Amounts random_amounts(std::size_t count) {
    std::mt19937_64 random(3);
    Amounts amounts(count);
    for (auto& amount : amounts) amount = static_cast<std::int64_t>(random() % 1'000'000'007);
    return amounts;
}

std::string refusal(const Amounts& amounts) {
    try {
        concentration_measures(amounts, 1);
    } catch (const Error& error) {
        return error.where();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(like_obligors_count_as_many_as_they_are) {
    const auto measures = concentration_measures(Amounts(64, 7), 16);
    BOOST_TEST(measures.herfindahl_index == 1.0 / 64.0);
    BOOST_TEST(measures.effective_count == 64.0);
    BOOST_TEST(measures.gini_coefficient == 0.0);
    BOOST_TEST(measures.largest_share == 0.25);
}

BOOST_AUTO_TEST_CASE(one_alone_counts_as_one) {
    const auto measures = concentration_measures(Amounts{0, 0, 9, 0}, 1);
    BOOST_TEST(measures.herfindahl_index == 1.0);
    BOOST_TEST(measures.effective_count == 1.0);
    BOOST_TEST(measures.gini_coefficient == 0.75);
    BOOST_TEST(measures.largest_share == 1.0);
    BOOST_TEST(measures.largest == std::vector<std::uint32_t>{2});
}

BOOST_AUTO_TEST_CASE(gini_is_half_the_mean_difference_over_the_mean) {
    const Amounts amounts = random_amounts(200);
    double differences = 0.0, total = 0.0;
    for (const std::int64_t a : amounts) {
        total += static_cast<double>(a);
        for (const std::int64_t b : amounts) differences += static_cast<double>(std::abs(a - b));
    }
    BOOST_CHECK_CLOSE_FRACTION(concentration_measures(amounts, 1).gini_coefficient,
                               differences / (2.0 * 200.0 * total), 1e-12);
}

BOOST_AUTO_TEST_CASE(the_largest_come_first_and_ties_by_row) {
    const auto measures = concentration_measures(Amounts{3, 8, 5, 8, 5, 1}, 4);
    BOOST_TEST(measures.largest == (std::vector<std::uint32_t>{1, 3, 2, 4}));
    BOOST_TEST(measures.largest_share == 26.0 / 30.0);
    BOOST_TEST(concentration_measures(Amounts{3, 8}, 9).largest.size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_order_of_the_rows_changes_no_bit) {
    Amounts amounts = random_amounts(3000);
    const auto before = concentration_measures(amounts, 10);
    std::ranges::reverse(amounts);
    const auto after = concentration_measures(amounts, 10);
    BOOST_TEST(after.herfindahl_index == before.herfindahl_index);
    BOOST_TEST(after.gini_coefficient == before.gini_coefficient);
    BOOST_TEST(after.largest_share == before.largest_share);
}

BOOST_AUTO_TEST_CASE(a_total_of_0_has_no_shares) {
    const auto measures = concentration_measures(Amounts{0, 0}, 1);
    BOOST_TEST(std::isnan(measures.herfindahl_index));
    BOOST_TEST(std::isnan(measures.effective_count));
    BOOST_TEST(std::isnan(measures.gini_coefficient));
    BOOST_TEST(std::isnan(measures.largest_share));
}

BOOST_AUTO_TEST_CASE(the_largest_amounts_do_not_overflow) {
    const auto measures = concentration_measures(Amounts(1000, std::int64_t{1} << 62U), 500);
    BOOST_TEST((measures.total_minor == static_cast<WideInteger>(1000) << 62U));
    BOOST_TEST(measures.largest_share == 0.5);
    BOOST_TEST(measures.gini_coefficient == 0.0);
}

BOOST_AUTO_TEST_CASE(no_obligor_and_an_amount_below_0_are_refused) {
    BOOST_TEST(refusal({}) == "amount_minor");
    BOOST_TEST(refusal({1, -1}) == "amount_minor[1]");
}

BOOST_AUTO_TEST_SUITE_END()
