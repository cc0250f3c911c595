#include "numeric/quantile_table.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <random>

BOOST_AUTO_TEST_SUITE(quantile_table_test)

using namespace seawall;

namespace {

/// The upper tail of the exponential distribution: x = -ln mass, and the density falls as itself.
QuantileTable exponential_tail() {
    return QuantileTable([](double mass, double step) {
        return quantile_series(
            -std::log(mass), -step / mass,
            [](const QuantileSeries&, std::size_t n) { return n == 0 ? 1.0 : 0.0; });
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_series_of_an_exponential_tail_is_that_of_the_logarithm) {
    const QuantileSeries series = quantile_series(
        0.0, -1.0, [](const QuantileSeries&, std::size_t n) { return n == 0 ? 1.0 : 0.0; });
    for (std::size_t n = 1; n < series.size(); ++n) {  // -ln(1 + h)
        const double expected = (n % 2 == 0 ? 1.0 : -1.0) / static_cast<double>(n);
        BOOST_TEST(std::abs(series[n] - expected) < 1e-16);
    }
}

BOOST_AUTO_TEST_CASE(quantiles_hold_to_the_last_places_over_the_whole_table) {
    const QuantileTable table = exponential_tail();
    std::mt19937_64 random(6);
    std::uniform_real_distribution<double> exponent(-54.0, -1.0);
    double worst = 0.0;
    for (int i = 0; i < 100'000; ++i) {
        const double mass = std::exp2(exponent(random));
        worst = std::max(worst, std::abs(table(mass) / -std::log(mass) - 1.0));
    }
    BOOST_TEST(worst < 4.5e-16);
}

BOOST_AUTO_TEST_CASE(the_table_reaches_its_ends) {
    const QuantileTable table = exponential_tail();
    BOOST_TEST(std::abs(table(QuantileTable::least_mass) / (54.0 * std::log(2.0)) - 1.0) < 4.5e-16);
    BOOST_TEST(std::abs(table(QuantileTable::largest_mass) / std::log(2.0) - 1.0) < 4.5e-16);
}

BOOST_AUTO_TEST_SUITE_END()
