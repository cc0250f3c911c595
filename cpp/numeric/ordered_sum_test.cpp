#include "numeric/ordered_sum.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

BOOST_AUTO_TEST_SUITE(ordered_sum_test)

using seawall::ordered_sum;
using seawall::ordered_sum_block;

namespace {

/// Values of very different size, so that another order gives other bits.
std::vector<double> uneven_values(std::size_t count) {
    std::mt19937_64 random(count);
    std::uniform_real_distribution<double> exponent(-12.0, 12.0);
    std::vector<double> values(count);
    for (double& value : values) value = std::pow(10.0, exponent(random));
    return values;
}

/// The documented order, written out term by term.
double documented_sum(std::span<const double> values) {
    double total = 0.0;
    for (std::size_t begin = 0; begin < values.size(); begin += 1024) {
        double lanes[8] = {};
        for (std::size_t i = 0; i < 1024 && begin + i < values.size(); ++i) {
            lanes[i % 8] += values[begin + i];
        }
        total += ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                 ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
    }
    return total;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_bits_are_those_of_the_documented_order) {
    for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 1023U, 1024U, 1025U, 5000U}) {
        const std::vector<double> values = uneven_values(count);
        BOOST_TEST_CONTEXT("count " << count) {
            BOOST_TEST((ordered_sum(values) == documented_sum(values)));
        }
    }
}

BOOST_AUTO_TEST_CASE(block_sums_added_by_index_are_the_whole_sum) {
    const std::vector<double> values = uneven_values(5000);
    double total = 0.0;
    for (std::size_t begin = 0; begin < values.size(); begin += ordered_sum_block) {
        const std::size_t count = std::min(ordered_sum_block, values.size() - begin);
        total += ordered_sum(std::span(values).subspan(begin, count));
    }
    BOOST_TEST((ordered_sum(values) == total));
}

BOOST_AUTO_TEST_CASE(the_sum_of_one_value_is_that_value) {
    BOOST_TEST(ordered_sum(std::vector{0.1}) == 0.1);
}

BOOST_AUTO_TEST_SUITE_END()
