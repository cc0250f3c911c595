#include "engines/debt/simulation/paired_difference.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

using Losses = std::vector<std::int64_t>;

constexpr ConfidenceLevel half{.numerator = 1, .denominator = 2};

PairedDifference difference_of(const Losses& before, const Losses& after) {
    return paired_difference(before, tail_risk(before, half), after, tail_risk(after, half));
}

BOOST_AUTO_TEST_SUITE(paired_difference_test)

BOOST_AUTO_TEST_CASE(a_change_of_nothing_is_nothing_without_error) {
    const Losses losses{4, 0, 9, 2};
    const PairedDifference found = difference_of(losses, losses);
    BOOST_TEST(found.expected_minor == 0.0);
    BOOST_TEST(found.expected_standard_error_minor == 0.0);
    BOOST_TEST(found.es_minor == 0.0);
    BOOST_TEST(found.es_standard_error_minor == 0.0);
}

BOOST_AUTO_TEST_CASE(a_loss_in_every_scenario_moves_both_figures_by_it) {
    const PairedDifference found = difference_of({4, 0, 9, 2}, {14, 10, 19, 12});
    BOOST_TEST(found.expected_minor == 10.0);
    BOOST_TEST(found.expected_standard_error_minor == 0.0);
    BOOST_TEST(found.es_minor == 10.0);
    BOOST_TEST(found.es_standard_error_minor == 0.0);
}

BOOST_AUTO_TEST_CASE(the_errors_are_those_of_the_differences_scenario_by_scenario) {
    // VaR at 1/2 is 2 before and after; beyond it 2 and 7 before, 2 and 11 after.
    const PairedDifference found = difference_of({4, 0, 9, 2}, {4, 0, 13, 2});
    BOOST_TEST(found.expected_minor == 1.0);
    BOOST_TEST(found.expected_standard_error_minor == 1.0);  // sd of {0, 0, 4, 0} is 2
    BOOST_TEST(found.es_minor == 2.0);
    BOOST_TEST(found.es_standard_error_minor == 2.0);
}

BOOST_AUTO_TEST_CASE(scenarios_that_weigh_alike_have_the_bits_of_plain_ones) {
    const Losses before{4, 0, 9, 2, 7};
    const Losses after{5, 0, 13, 2, 1};
    const std::vector<std::uint32_t> ones(before.size(), unit_weight);
    const WeightedScenarios old{.loss_minor = before, .weight = ones};
    const WeightedScenarios changed{.loss_minor = after, .weight = ones};
    const PairedDifference plain = difference_of(before, after);
    const PairedDifference weighted =
        paired_difference(old, weighted_tail(old, half), changed, weighted_tail(changed, half));
    BOOST_TEST(weighted.expected_minor == plain.expected_minor);
    BOOST_TEST(weighted.expected_standard_error_minor == plain.expected_standard_error_minor);
    BOOST_TEST(weighted.es_minor == plain.es_minor);
    BOOST_TEST(weighted.es_standard_error_minor == plain.es_standard_error_minor);
}

BOOST_AUTO_TEST_CASE(losses_of_other_scenarios_are_refused) {
    const Losses two{1, 2};
    const Losses three{1, 2, 3};
    BOOST_CHECK_THROW(difference_of(two, three), Error);
    BOOST_CHECK_THROW(difference_of({}, {}), Error);
    BOOST_CHECK_THROW(
        paired_difference(three, tail_risk(three, half), three, tail_risk(three, {2, 3})), Error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
