#include "engines/debt/simulation/factor_model.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(factor_model_test)

using namespace seawall::debt;
using seawall::Error;
using seawall::ErrorCode;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double largest_error(const std::vector<double>& root, const std::vector<double>& matrix,
                     std::size_t count) {
    double largest = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            double product = 0.0;
            for (std::size_t k = 0; k < count; ++k) {
                product += root[i * count + k] * root[j * count + k];
            }
            largest = std::max(largest, std::abs(product - matrix[i * count + j]));
        }
    }
    return largest;
}

/// Correlations of `count` sums of `rank` independent variables.
std::vector<double> random_correlation(std::size_t count, std::size_t rank, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> rows(count * rank);
    for (double& value : rows) value = normal(random);
    std::vector<double> matrix(count * count, 1.0);
    const auto dot = [&](std::size_t i, std::size_t j) {
        double sum = 0.0;
        for (std::size_t k = 0; k < rank; ++k) sum += rows[i * rank + k] * rows[j * rank + k];
        return sum;
    };
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            matrix[i * count + j] = dot(i, j) / std::sqrt(dot(i, i) * dot(j, j));
            matrix[j * count + i] = matrix[i * count + j];
        }
    }
    return matrix;
}

std::vector<double> root_of(const std::vector<double>& matrix, std::size_t count) {
    return correlation_root({.factor_count = count, .correlation = matrix});
}

std::pair<ErrorCode, std::string> refusal(const FactorModel& model) {
    try {
        correlation_root(model);
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::cancelled, "none"};
}

std::string place_refused(const std::vector<double>& matrix, std::size_t count) {
    const auto [code, place] = refusal({.factor_count = count, .correlation = matrix});
    BOOST_TEST((code == ErrorCode::invalid_input || place == "none"));
    return place;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_root_times_its_transpose_is_the_correlation) {
    for (const std::size_t count : {1U, 2U, 5U, 64U}) {
        const auto matrix = random_correlation(count, count, 1);
        BOOST_TEST(largest_error(root_of(matrix, count), matrix, count) < 1e-14);
    }
}

BOOST_AUTO_TEST_CASE(two_factors_have_the_root_of_the_textbook) {
    const auto root = root_of({1.0, 0.6, 0.6, 1.0}, 2);
    const std::vector<double> expected{1.0, 0.0, 0.6, 0.8};
    BOOST_TEST(root == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_singular_correlation_has_a_root_of_its_rank) {
    for (const std::size_t rank : {1U, 3U, 40U}) {
        const auto matrix = random_correlation(64, rank, 2);
        const auto root = root_of(matrix, 64);
        BOOST_TEST(largest_error(root, matrix, 64) < 1e-12);
        double beyond = 0.0;
        for (std::size_t row = 0; row < 64; ++row) {
            for (std::size_t k = rank; k < 64; ++k) beyond += std::abs(root[row * 64 + k]);
        }
        BOOST_TEST(beyond == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(factors_that_are_one_are_accepted) {
    const auto root = root_of({1.0, -1.0, -1.0, 1.0}, 2);
    const std::vector<double> expected{1.0, 0.0, -1.0, 0.0};
    BOOST_TEST(root == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_matrix_that_is_not_positive_semidefinite_is_refused_not_repaired) {
    BOOST_TEST(place_refused({1.0, 0.9, 0.9, 0.9, 1.0, -0.9, 0.9, -0.9, 1.0}, 3)
                   .starts_with("factors.correlation["));
    // Three factors of which each pair sums up to less than nothing: the least eigenvalue is −1e-6.
    const double a = -0.5 - 5e-7;
    BOOST_TEST(place_refused({1.0, a, a, a, 1.0, a, a, a, 1.0}, 3) != "none");
    const double b = -0.5;
    BOOST_TEST(place_refused({1.0, b, b, b, 1.0, b, b, b, 1.0}, 3) == "none");
}

BOOST_AUTO_TEST_CASE(an_entry_out_of_range_is_refused_with_its_place) {
    BOOST_TEST(place_refused({1.0, 0.5, 0.25, 1.0}, 2) == "factors.correlation[1][0]");
    BOOST_TEST(place_refused({1.0, 0.5, 0.5, 0.99}, 2) == "factors.correlation[1][1]");
    BOOST_TEST(place_refused({1.0, 1.5, 1.5, 1.0}, 2) == "factors.correlation[1][0]");
    BOOST_TEST(place_refused({1.0, nan, nan, 1.0}, 2) == "factors.correlation[1][0]");
    BOOST_TEST(place_refused({nan}, 1) == "factors.correlation[0][0]");
}

BOOST_AUTO_TEST_CASE(a_diagonal_of_a_computed_correlation_is_taken_as_it_stands) {
    BOOST_TEST(place_refused({1.0 - 0x1p-53, 0.5, 0.5, 1.0 + 0x1p-52}, 2) == "none");
}

BOOST_AUTO_TEST_CASE(a_number_of_factors_or_a_shape_out_of_range_is_refused) {
    const std::vector<double> many(std::size_t{65} * 65);
    BOOST_TEST(refusal({.factor_count = 65, .correlation = many}).second == "factors.factor_count");
    BOOST_TEST(refusal({.factor_count = 0, .correlation = {}}).second == "factors.factor_count");
    BOOST_TEST(place_refused({1.0, 0.0, 0.0}, 2) == "factors.correlation");
}

BOOST_AUTO_TEST_CASE(degrees_of_freedom_must_be_above_two) {
    const std::vector<double> one{1.0};
    const auto place = [&](double degrees) {
        return refusal({.factor_count = 1, .correlation = one, .degrees_of_freedom = degrees})
            .second;
    };
    BOOST_TEST(place(2.0) == "factors.degrees_of_freedom");
    BOOST_TEST(place(nan) == "factors.degrees_of_freedom");
    BOOST_TEST(place(1.1e9) == "factors.degrees_of_freedom");
    BOOST_TEST(place(2.1) == "none");
    BOOST_TEST(place(std::numeric_limits<double>::infinity()) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
