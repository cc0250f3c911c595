#include "engines/debt/analytic/pool_moments.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "engines/debt/analytic/joint_default.hpp"

BOOST_AUTO_TEST_SUITE(pool_moments_test)

using namespace seawall::debt;

namespace {

/// Eight obligors of three kinds under three factors, unlike in their losses.
struct Book {
    std::vector<double> probabilities{0.02, 0.1, 0.02, 0.4, 0.02, 0.1, 0.0, 1.0};
    std::vector<double> losses{5.0, 7.0, 11.0, 3.0, 2.0, 1.0, 4.0, 6.0};
    std::vector<double> loadings;

    Book() {
        for (const double p : probabilities) {
            loadings.insert(loadings.end(), {0.3, 0.5 - p, 0.2 + 0.5 * p});
        }
    }

    PoolMoments moments(std::optional<double> nu) const {
        return pool_moments({.default_probabilities = probabilities,
                             .loadings = loadings,
                             .factor_count = 3,
                             .losses = losses,
                             .degrees_of_freedom = nu});
    }
};

/// Pair by pair, each obligor for itself.
double variance_by_pairs(const Book& book, std::optional<double> nu) {
    double variance = 0.0;
    for (std::size_t i = 0; i < 6; ++i) {
        for (std::size_t j = 0; j < 6; ++j) {
            const double p = book.probabilities[i];
            const double q = book.probabilities[j];
            double correlation = 0.0;
            for (std::size_t k = 0; k < 3; ++k) {
                correlation += book.loadings[3 * i + k] * book.loadings[3 * j + k];
            }
            const double joint =
                i == j ? p : pair_figures({p, q, correlation}, nu).joint_default_probability;
            variance += book.losses[i] * book.losses[j] * (joint - p * q);
        }
    }
    return variance;
}

}  // namespace

BOOST_AUTO_TEST_CASE(groups_of_like_obligors_give_the_sum_over_all_pairs) {
    const Book book;
    for (const std::optional<double> nu : {std::optional<double>{}, {4.0}}) {
        const PoolMoments moments = book.moments(nu);
        BOOST_TEST(moments.expected_loss == 0.02 * 18.0 + 0.1 * 8.0 + 0.4 * 3.0 + 6.0,
                   boost::test_tools::tolerance(1e-15));
        BOOST_TEST(
            moments.standard_deviation * moments.standard_deviation == variance_by_pairs(book, nu),
            boost::test_tools::tolerance(1e-11));
    }
}

BOOST_AUTO_TEST_CASE(independent_obligors_have_the_sum_of_their_variances) {
    Book book;
    book.loadings.assign(24, 0.0);
    const double expected = 0.02 * 0.98 * (25.0 + 121.0 + 4.0) + 0.09 * 50.0 + 0.24 * 9.0;
    BOOST_TEST(book.moments({}).standard_deviation == std::sqrt(expected),
               boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(certain_losses_have_no_deviation) {
    Book book;
    book.probabilities.assign(8, 1.0);
    BOOST_TEST(book.moments({}).standard_deviation == 0.0);
    BOOST_TEST(book.moments(4.0).expected_loss == 39.0);
}

BOOST_AUTO_TEST_SUITE_END()
