#include "numeric/semidefinite_root.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(semidefinite_root_test)

using namespace seawall;

namespace {

std::string place(std::size_t row, std::size_t column) {
    return std::to_string(row) + "," + std::to_string(column);
}

SemidefiniteRoot root_of(const std::vector<double>& matrix, std::size_t size,
                         double tolerance = 1e-14) {
    return semidefinite_root({.size = size, .values = matrix, .place = place}, tolerance);
}

std::string refusal(const std::vector<double>& matrix, std::size_t size, double tolerance = 1e-14) {
    try {
        root_of(matrix, size, tolerance);
    } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_input ? error.where() : "another code";
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(rows_in_the_order_of_the_pivots_are_lower_triangular) {
    const SemidefiniteRoot root = root_of({1.0, 0.2, 0.4, 0.2, 4.0, 1.0, 0.4, 1.0, 9.0}, 3);
    const std::vector<std::size_t> by_falling_variance{2, 1, 0};
    BOOST_TEST(root.pivot == by_falling_variance, boost::test_tools::per_element());
    BOOST_TEST(root.values[2 * 3 + 0] == 3.0);
    for (std::size_t k = 0; k < 3; ++k) {
        for (std::size_t column = k + 1; column < 3; ++column) {
            BOOST_TEST(root.values[root.pivot[k] * 3 + column] == 0.0);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_within_the_tolerance_is_no_pivot) {
    const std::vector<double> nearly{1.0, 1.0, 1.0, 1.0 + 1e-10};
    BOOST_TEST(root_of(nearly, 2, 1e-14).rank() == 2U);
    BOOST_TEST(root_of(nearly, 2, 1e-9).rank() == 1U);
    BOOST_TEST(root_of({0.0, 0.0, 0.0, 0.0}, 2).rank() == 0U);
}

BOOST_AUTO_TEST_CASE(a_matrix_that_is_none_is_refused_at_an_entry) {
    BOOST_TEST(refusal({1.0, 0.0, 0.0, -1e-9}, 2) == "1,1");
    BOOST_TEST(refusal({1.0, 0.0, 0.0, -1e-9}, 2, 1e-8) == "none");
    BOOST_TEST(refusal({0.0, 0.5, 0.5, 0.0}, 2) == "0,1");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(refusal({nan}, 1) == "0,0");
    BOOST_TEST(refusal({1.0, nan, nan, 1.0}, 2) != "none");
}

BOOST_AUTO_TEST_SUITE_END()
