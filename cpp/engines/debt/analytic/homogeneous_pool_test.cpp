#include "engines/debt/analytic/homogeneous_pool.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <optional>

BOOST_AUTO_TEST_SUITE(homogeneous_pool_test)

using namespace seawall::debt;

namespace {

HomogeneousPool pool_of(std::int64_t count, double p, double rho,
                        std::optional<double> nu = std::nullopt) {
    return {.obligor_count = count,
            .default_probability = p,
            .asset_correlation = rho,
            .degrees_of_freedom = nu};
}

double sum_of(const LatticeDistribution& distribution) {
    double sum = 0.0;
    for (const double p : distribution.probabilities) sum += p;
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_pool_defaults_as_often_as_its_obligors) {
    for (const double p : {1e-12, 0.01, 0.5, 1.0 - 1e-7}) {
        for (const double rho : {0.0, 1e-6, 0.2, 0.95}) {
            for (const std::optional<double> nu : {std::optional<double>{}, {2.1}, {30.0}}) {
                const LatticeDistribution found =
                    default_count_distribution(pool_of(200, p, rho, nu));
                const double mean = lattice_moments(found.probabilities).mean;
                BOOST_TEST(mean == 200.0 * p, boost::test_tools::tolerance(1e-9));
                BOOST_TEST(sum_of(found) == 1.0, boost::test_tools::tolerance(1e-12));
                BOOST_TEST(found.quadrature_error < 1e-6);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(pools_of_sure_and_impossible_defaults_are_certain) {
    for (const std::optional<double> nu : {std::optional<double>{}, {4.0}}) {
        BOOST_TEST(default_count_distribution(pool_of(5, 0.0, 0.2, nu)).probabilities[0] == 1.0,
                   boost::test_tools::tolerance(1e-14));
        BOOST_TEST(default_count_distribution(pool_of(5, 1.0, 0.2, nu)).probabilities[5] == 1.0,
                   boost::test_tools::tolerance(1e-14));
    }
}

BOOST_AUTO_TEST_CASE(one_obligor_defaults_with_its_probability) {
    for (const std::optional<double> nu : {std::optional<double>{}, {3.0}}) {
        const LatticeDistribution found = default_count_distribution(pool_of(1, 0.02, 0.3, nu));
        BOOST_TEST(found.probabilities[1] == 0.02, boost::test_tools::tolerance(1e-12));
    }
}

BOOST_AUTO_TEST_CASE(survival_and_default_mirror_each_other) {
    const LatticeDistribution low = default_count_distribution(pool_of(30, 0.1, 0.4));
    const LatticeDistribution high = default_count_distribution(pool_of(30, 0.9, 0.4));
    for (std::size_t k = 0; k <= 30; ++k) {
        BOOST_TEST(low.probabilities[k] == high.probabilities[30 - k],
                   boost::test_tools::tolerance(1e-11));
    }
}

BOOST_AUTO_TEST_SUITE_END()
