#include "engines/debt/simulation/quarter_terms.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

BOOST_AUTO_TEST_SUITE(quarter_terms_test)

BOOST_AUTO_TEST_CASE(each_quarter_keeps_the_same_share_of_survivors) {
    for (const double p : {1e-12, 3e-5, 9.9e-5, 1.01e-4, 0.02, 0.7, 1.0 - 1e-7}) {
        const std::vector<double> found = cumulative_default_probabilities({{p}}, 8);
        for (std::size_t q = 1; q <= 8; ++q) {
            const double exact = -std::expm1(static_cast<double>(q) / 8.0 * std::log1p(-p));
            BOOST_TEST(std::abs(found[q - 1] / exact - 1.0) < 1e-11);
        }
        BOOST_TEST(found.back() == p);
    }
}

BOOST_AUTO_TEST_CASE(certain_and_impossible_defaults_stay_so) {
    BOOST_TEST(cumulative_default_probabilities({{0.0, 1.0}}, 2) ==
                   (std::vector<double>{0.0, 0.0, 1.0, 1.0}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_year_of_quarters_is_a_year) {
    const std::vector<double> found = quarterly_discount_factors(0.25, 8);
    BOOST_TEST(std::abs(found[3] - 0.8) < 1e-15);
    BOOST_TEST(std::abs(found[7] - 0.64) < 1e-15);
    BOOST_TEST(quarterly_discount_factors(0.0, 3) == (std::vector<double>{1.0, 1.0, 1.0}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(terms_out_of_range_are_refused) {
    BOOST_CHECK_THROW(cumulative_default_probabilities({{0.5}}, 0), Error);
    BOOST_CHECK_THROW(cumulative_default_probabilities({{1.5}}, 2), Error);
    BOOST_CHECK_THROW(
        cumulative_default_probabilities({{std::numeric_limits<double>::quiet_NaN()}}, 2), Error);
    BOOST_CHECK_THROW(quarterly_discount_factors(-1.0, 2), Error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
