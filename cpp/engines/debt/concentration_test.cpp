#include "engines/debt/concentration.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(concentration_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

using Numbers = std::vector<std::uint32_t>;
using Values = std::vector<double>;

Concentration measure(const Numbers& group, std::size_t group_count, const Values& amounts,
                      std::size_t largest_count = 2) {
    return measure_concentration({.segment_of_record = group, .segment_count = group_count},
                                 amounts, largest_count);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_index_of_the_justice_department_s_four_firms_is_2600) {
    // US Department of Justice, "Herfindahl-Hirschman Index": shares of 30, 30, 20 and 20 percent.
    const auto result = measure({0, 1, 2, 3}, 4, {30.0, 30.0, 20.0, 20.0});
    BOOST_CHECK_CLOSE(1e4 * result.herfindahl_index, 2600.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(a_group_s_share_is_that_of_its_records_in_the_total) {
    const auto result = measure({1, 0, 1, 2}, 3, {1.0, 4.0, 2.0, 1.0});
    BOOST_TEST(result.total == 8.0);
    BOOST_TEST(result.amount == (Values{4.0, 3.0, 1.0}));
    BOOST_TEST(result.share == (Values{0.5, 0.375, 0.125}));
}

BOOST_AUTO_TEST_CASE(the_largest_groups_come_first_and_equal_ones_by_number) {
    const auto result = measure({0, 1, 2, 3}, 4, {1.0, 3.0, 1.0, 3.0}, 3);
    BOOST_TEST(result.largest == (Numbers{1, 3, 0}));
    BOOST_TEST(result.largest_share == 0.875);
    BOOST_TEST(measure({0, 1}, 2, {1.0, 2.0}, 9).largest == (Numbers{1, 0}));
}

BOOST_AUTO_TEST_CASE(the_index_of_equal_groups_is_one_over_their_number) {
    for (const std::uint32_t count : {1U, 7U, 3000U}) {
        Numbers group(count);
        for (std::uint32_t g = 0; g < count; ++g) group[g] = g;
        const auto result = measure(group, count, Values(count, 12.5));
        BOOST_CHECK_CLOSE(result.herfindahl_index, 1.0 / count, 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(merging_two_groups_never_lowers_the_index) {
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> amount(0.0, 10.0);
    for (int round = 0; round < 100; ++round) {
        const Values amounts{amount(random), amount(random), amount(random), amount(random)};
        const double apart = measure({0, 1, 2, 3}, 4, amounts).herfindahl_index;
        BOOST_TEST(measure({0, 1, 2, 2}, 3, amounts).herfindahl_index >= apart);
    }
}

BOOST_AUTO_TEST_CASE(a_group_at_its_limit_does_not_pass_it) {
    const auto result = measure({0, 1, 2}, 3, {2.0, 1.0, 1.0});
    BOOST_TEST(groups_above(result, 0.25) == (Numbers{0}));
    BOOST_TEST(groups_above(result, 0.2) == (Numbers{0, 1, 2}));
    BOOST_TEST(groups_above(result, 0.5).empty());
}

BOOST_AUTO_TEST_CASE(a_total_of_0_has_no_shares) {
    const auto result = measure({0, 1}, 2, {0.0, 0.0});
    BOOST_TEST(std::isnan(result.share[0]));
    BOOST_TEST(std::isnan(result.herfindahl_index));
    BOOST_TEST(std::isnan(result.largest_share));
    BOOST_TEST(groups_above(result, 0.0).empty());
}

BOOST_AUTO_TEST_CASE(an_amount_that_is_none_is_refused_at_its_place) {
    for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
        BOOST_CHECK_EXCEPTION(measure({0, 0}, 1, {1.0, bad}), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input && error.where() == "amount[1]";
        });
    }
}

BOOST_AUTO_TEST_CASE(a_record_without_a_group_is_refused) {
    BOOST_CHECK_EXCEPTION(measure({0, 3}, 3, {1.0, 1.0}), Error, [](const Error& error) {
        return error.code() == ErrorCode::invalid_input;
    });
}

BOOST_AUTO_TEST_SUITE_END()
