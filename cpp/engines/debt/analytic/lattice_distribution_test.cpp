#include "engines/debt/analytic/lattice_distribution.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(lattice_distribution_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

const std::vector<double> three_losses{0.5, 0.25, 0.0, 0.25};

}  // namespace

BOOST_AUTO_TEST_CASE(moments_are_of_the_units) {
    const LatticeMoments moments = lattice_moments(three_losses);
    BOOST_TEST(moments.mean == 1.0);
    BOOST_TEST(moments.standard_deviation * moments.standard_deviation == 1.5,
               boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(a_quantile_is_the_least_loss_that_reaches_the_level) {
    BOOST_TEST(lattice_tail(three_losses, 0.5).value_at_risk == 0U);
    BOOST_TEST(lattice_tail(three_losses, 0.51).value_at_risk == 1U);
    BOOST_TEST(lattice_tail(three_losses, 0.75).value_at_risk == 1U);
    BOOST_TEST(lattice_tail(three_losses, 0.76).value_at_risk == 3U);
}

BOOST_AUTO_TEST_CASE(a_level_within_rounding_of_an_atom_is_reached) {
    BOOST_TEST(lattice_tail(three_losses, 0.75 + 1e-13).value_at_risk == 1U);
}

BOOST_AUTO_TEST_CASE(a_shortfall_is_the_average_of_the_quantiles_above_the_level) {
    const LatticeTail tail = lattice_tail(three_losses, 0.6);
    BOOST_TEST(tail.tail_probability == 0.25);
    BOOST_TEST(tail.expected_shortfall == (0.15 * 1.0 + 0.25 * 3.0) / 0.4,
               boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(probabilities_that_end_before_the_level_are_refused) {
    const std::vector<double> cut{0.5, 0.25};
    BOOST_CHECK_EXCEPTION(lattice_tail(cut, 0.9), Error,
                          [](const Error& error) { return error.where() == "confidence_level"; });
    BOOST_CHECK_THROW(lattice_tail({}, 0.9), Error);
}

BOOST_AUTO_TEST_SUITE_END()
