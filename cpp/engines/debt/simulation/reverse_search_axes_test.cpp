#include "engines/debt/simulation/reverse_search_axes.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

namespace seawall::debt {
namespace {

BOOST_AUTO_TEST_SUITE(reverse_search_axes_test)

BOOST_AUTO_TEST_CASE(a_matrix_of_two_has_the_axes_of_the_textbook) {
    const PrincipalAxes found = principal_axes({2.0, 1.0, 1.0, 2.0}, 2);
    BOOST_TEST(found.value[0] == 3.0, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(found.value[1] == 1.0, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(std::abs(found.axis[0]) == std::sqrt(0.5), boost::test_tools::tolerance(1e-15));
    BOOST_TEST(found.axis[0] == found.axis[1], boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(each_axis_is_turned_by_its_value_alone) {
    constexpr std::size_t count = 64;
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    std::vector<double> matrix(count * count);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            matrix[i * count + j] = normal(random);
            matrix[j * count + i] = matrix[i * count + j];
        }
    }
    const PrincipalAxes found = principal_axes(matrix, count);
    double largest = 0.0;
    for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t i = 0; i < count; ++i) {
            double product = 0.0;
            for (std::size_t j = 0; j < count; ++j) {
                product += matrix[i * count + j] * found.row(a)[j];
            }
            largest = std::max(largest, std::abs(product - found.value[a] * found.row(a)[i]));
        }
    }
    BOOST_TEST(largest < 1e-12);
    BOOST_TEST(std::ranges::is_sorted(found.value, std::ranges::greater{}));
}

BOOST_AUTO_TEST_CASE(a_diagonal_matrix_keeps_its_axes) {
    const PrincipalAxes found = principal_axes({1.0, 0.0, 0.0, 5.0}, 2);
    const std::vector<double> expected{0.0, 1.0, 1.0, 0.0};
    BOOST_TEST(found.axis == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
