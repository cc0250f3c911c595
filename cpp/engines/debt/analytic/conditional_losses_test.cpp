#include "engines/debt/analytic/conditional_losses.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <vector>

BOOST_AUTO_TEST_SUITE(conditional_losses_test)

using namespace seawall::debt;

BOOST_AUTO_TEST_CASE(independent_losses_have_the_distribution_of_their_sum) {
    ConditionalLosses losses;
    losses.add(0.5, 3);
    losses.add(0.25, 1);
    losses.add(0.5, 2);
    const std::vector<double> expected{0.1875, 0.0625, 0.1875, 0.25, 0.0625, 0.1875, 0.0625};
    BOOST_TEST(losses.probabilities() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_loss_longer_than_all_before_leaves_a_gap) {
    ConditionalLosses losses;
    losses.add(0.25, 1);
    losses.add(0.5, 4);
    const std::vector<double> expected{0.375, 0.125, 0.0, 0.0, 0.375, 0.125};
    BOOST_TEST(losses.probabilities() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sure_impossible_and_empty_losses_are_added) {
    ConditionalLosses losses;
    losses.add(1.0, 2);
    losses.add(0.0, 1);
    losses.add(0.5, 0);
    const std::vector<double> expected{0.0, 0.0, 1.0, 0.0};
    BOOST_TEST(losses.probabilities() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(after_clearing_there_is_no_loss) {
    ConditionalLosses losses;
    losses.add(0.5, 3);
    losses.clear();
    BOOST_TEST(losses.probabilities() == std::vector<double>{1.0},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(probabilities_below_normal_numbers_are_no_part_of_it) {
    ConditionalLosses losses;
    for (int i = 0; i < 40; ++i) losses.add(1e-8, 1);
    BOOST_TEST(losses.probabilities()[36] > 0.0);
    BOOST_TEST(losses.probabilities()[37] == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
