#include "engines/debt/largest_remainder.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

BOOST_AUTO_TEST_SUITE(largest_remainder_test)

using namespace seawall::debt;

namespace {

using Amounts = std::vector<std::int64_t>;

Amounts shared(std::int64_t amount, const Amounts& weights) {
    Amounts shares(weights.size());
    RemainderScratch scratch;
    share_by_largest_remainder(amount, weights,
                               std::accumulate(weights.begin(), weights.end(), std::int64_t{0}),
                               shares, scratch);
    return shares;
}

Amounts shared_up_to(std::int64_t amount, const Amounts& weights, const Amounts& caps) {
    Amounts shares(weights.size());
    RemainderScratch scratch;
    const std::int64_t paid =
        share_up_to_caps(amount, {.weights = weights, .caps = caps}, shares, scratch);
    BOOST_TEST(paid == std::accumulate(shares.begin(), shares.end(), std::int64_t{0}));
    return shares;
}

void check_equal(const Amounts& found, const Amounts& expected) {
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(units_left_go_to_the_largest_remainders) {
    check_equal(shared(10, {41, 33, 26}), {4, 3, 3});  // 4.1, 3.3, 2.6
    check_equal(shared(5, {12, 13, 75}), {0, 1, 4});   // 0.6, 0.65, 3.75: two units left
}

BOOST_AUTO_TEST_CASE(ties_go_to_the_earlier_claim) {
    check_equal(shared(1, {5, 5}), {1, 0});
    check_equal(shared(2, {4, 4, 4}), {1, 1, 0});
}

BOOST_AUTO_TEST_CASE(nothing_and_all_are_shared_exactly) {
    check_equal(shared(0, {3, 4}), {0, 0});
    check_equal(shared(7, {3, 4}), {3, 4});
    check_equal(shared(0, {0, 0}), {0, 0});
    check_equal(shared(0, {}), {});
    check_equal(shared(2, {0, 3}), {0, 2});
}

BOOST_AUTO_TEST_CASE(products_beyond_64_bits_are_exact) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();  // odd
    check_equal(shared(most - 1, {most / 2, most / 2 + 1}), {most / 2, most / 2});
}

BOOST_AUTO_TEST_CASE(what_a_claim_may_not_take_goes_to_the_others) {
    check_equal(shared_up_to(90, {60, 60, 60}, {10, 60, 60}), {10, 40, 40});
    check_equal(shared_up_to(100, {60, 60, 60}, {10, 45, 60}), {10, 45, 45});
    check_equal(shared_up_to(50, {60, 0, 40}, {0, 0, 40}), {0, 0, 40});
    check_equal(shared_up_to(30, {60, 60}, {60, 60}), {15, 15});
}

BOOST_AUTO_TEST_CASE(more_than_all_may_take_is_left) {
    check_equal(shared_up_to(100, {60, 60}, {10, 45}), {10, 45});
    check_equal(shared_up_to(5, {}, {}), {});
}

BOOST_AUTO_TEST_SUITE_END()
