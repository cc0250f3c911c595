#include "numeric/power.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>

BOOST_AUTO_TEST_SUITE(power_test)

using seawall::exponential;
using seawall::integer_power;
using seawall::PowersOf;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The error in units in the last place of what is expected.
double error_ulps(double found, long double expected) {
    const auto nearest = static_cast<double>(std::abs(expected));
    const double ulp = std::nextafter(nearest, infinity) - nearest;
    return static_cast<double>(std::abs((static_cast<long double>(found) - expected) / ulp));
}

}  // namespace

BOOST_AUTO_TEST_CASE(powers_are_within_0_8_units_in_the_last_place) {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> log_base(-5.0, 5.0);
    std::uniform_real_distribution<double> exponent(-60.0, 60.0);
    double worst = 0.0;
    for (int i = 0; i < 200'000; ++i) {
        const double base = std::exp(log_base(random));
        const double power = exponent(random);
        worst = std::max(
            worst, error_ulps(PowersOf(base)(power), std::pow(static_cast<long double>(base),
                                                              static_cast<long double>(power))));
    }
    BOOST_TEST(worst < 0.8);
}

BOOST_AUTO_TEST_CASE(growth_factors_are_within_0_8_units_in_the_last_place) {
    std::mt19937_64 random(2);
    std::uniform_real_distribution<double> rate(-0.5, 1.0);
    std::uniform_real_distribution<double> years(-40.0, 40.0);
    double worst = 0.0;
    for (int i = 0; i < 200'000; ++i) {
        const double base = 1.0 + rate(random) * std::pow(10.0, -(i % 9));
        const double power = years(random);
        worst = std::max(
            worst, error_ulps(PowersOf(base)(power), std::pow(static_cast<long double>(base),
                                                              static_cast<long double>(power))));
    }
    BOOST_TEST(worst < 0.8);
}

BOOST_AUTO_TEST_CASE(exponentials_are_within_0_8_units_in_the_last_place) {
    double worst = 0.0;
    for (double x = -700.0; x < 700.0; x += 0.00717) {
        worst = std::max(worst, error_ulps(exponential(x), std::exp(static_cast<long double>(x))));
    }
    BOOST_TEST(worst < 0.8);
}

BOOST_AUTO_TEST_CASE(a_power_has_its_known_bits) {
    // The nearest doubles to the exact powers, by 60-digit decimal arithmetic.
    BOOST_TEST(PowersOf(1.05)(-0.25) == 0x1.f9caf46f55c21p-1);
    BOOST_TEST(PowersOf(1.0 + 0x1p-52)(1e15) == 0x1.3fa60615291eep+0);
}

BOOST_AUTO_TEST_CASE(a_power_of_0_is_1_and_a_power_of_1_is_the_base) {
    for (const double base : {1e-300, 0.3, 1.0, 1.07, 12345.678, 1e300}) {
        BOOST_TEST(PowersOf(base)(0.0) == 1.0);
        BOOST_TEST(PowersOf(base)(1.0) == base);
    }
}

BOOST_AUTO_TEST_CASE(what_no_double_holds_is_infinite_or_0) {
    BOOST_TEST(PowersOf(10.0)(309.0) == infinity);
    BOOST_TEST(PowersOf(10.0)(-330.0) == 0.0);
    BOOST_TEST(PowersOf(10.0)(1e300) == infinity);
    BOOST_TEST(PowersOf(10.0)(-320.0) == std::pow(10.0, -320.0));
    BOOST_TEST(exponential(-infinity) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_base_that_is_not_positive_has_no_powers) {
    for (const double base : {0.0, -1.0, infinity, std::nan("")}) {
        BOOST_TEST(std::isnan(PowersOf(base)(1.0)));
    }
}

BOOST_AUTO_TEST_CASE(an_integer_power_is_the_repeated_product) {
    BOOST_TEST(integer_power(3.0, 0) == 1.0);
    BOOST_TEST(integer_power(3.0, 13) == 1'594'323.0);
    BOOST_TEST(integer_power(-2.0, 9) == -512.0);
    BOOST_TEST(integer_power(1.5, 5) == 7.59375);
}

BOOST_AUTO_TEST_CASE(an_integer_power_multiplies_squares_from_the_smallest) {
    const double base = 1.0 + 0.065 / 12.0;
    const double square = base * base;
    const double fourth = square * square;
    BOOST_TEST(integer_power(base, 7) == base * square * fourth);
}

BOOST_AUTO_TEST_SUITE_END()
