#include "engines/debt/analytic/quadrature_axis.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(quadrature_axis_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

/// Over all points, or over every second one from `first` and then twice.
template <class Function>
double integral(const QuadratureAxis& axis, const Function& function, std::size_t first = 0,
                std::size_t stride = 1) {
    double sum = 0.0;
    for (std::size_t i = first; i < axis.points.size(); i += stride) {
        sum += axis.weights[i] * function(axis.points[i]);
    }
    return sum * static_cast<double>(stride);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_factor_has_the_moments_of_a_standard_normal) {
    const QuadratureAxis axis = normal_axis(2.0);
    BOOST_CHECK_SMALL(integral(axis, [](double z) { return z; }), 1e-15);
    BOOST_CHECK_SMALL(integral(axis, [](double z) { return z * z; }) - 1.0, 1e-14);
    BOOST_CHECK_SMALL(integral(axis, [](double z) { return std::pow(z, 8); }) - 105.0, 1e-11);
}

BOOST_AUTO_TEST_CASE(a_mixing_variable_has_the_moments_of_chi_squared) {
    for (const double nu : {1.0, 2.1, 10.0, 1000.0}) {
        const QuadratureAxis axis = mixing_axis(nu, 0.0);  // of √(W/ν)
        const auto power = [](int exponent) {
            return [=](double scale) { return std::pow(scale, exponent); };
        };
        BOOST_CHECK_SMALL(integral(axis, power(2)) - 1.0, 1e-12);
        BOOST_CHECK_SMALL(integral(axis, power(4)) - (1.0 + 2.0 / nu), 1e-12);
        const double mean =
            std::sqrt(2.0 / nu) * std::exp(std::lgamma(0.5 * nu + 0.5) - std::lgamma(0.5 * nu));
        BOOST_CHECK_SMALL(integral(axis, power(1)) - mean, 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(every_second_point_is_a_rule_of_its_own) {
    const auto steep = [](double z) { return 0.5 * std::erfc(5.0 - 3.0 * z); };  // precision 19
    const QuadratureAxis axis = normal_axis(19.0);
    const double whole = integral(axis, steep);
    BOOST_CHECK_SMALL(integral(axis, steep, 0, 2) - whole, 1e-9);
    BOOST_CHECK_SMALL(integral(axis, steep, 1, 2) - whole, 1e-9);
    // Φ((b·E[z] − a)/√(1 + b²)) of the steep Φ(b·z − a).
    const double a = 5.0 * std::sqrt(2.0);
    const double b = 3.0 * std::sqrt(2.0);
    const double exact = 0.5 * std::erfc(a / std::sqrt(1.0 + b * b) / std::sqrt(2.0));
    BOOST_CHECK_SMALL(whole - exact, 1e-15);
}

BOOST_AUTO_TEST_CASE(too_fine_an_axis_is_refused) {
    BOOST_CHECK_EXCEPTION(normal_axis(1e12), Error, [](const Error& error) {
        return error.code() == ErrorCode::limit_exceeded && error.where() == "loadings";
    });
    BOOST_CHECK_THROW(mixing_axis(1.0, 1e12), Error);
}

BOOST_AUTO_TEST_SUITE_END()
