#include "numeric/sobol.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/bit_digest.hpp"
#include "numeric/normal_distribution.hpp"
#include "table/error.hpp"

BOOST_AUTO_TEST_SUITE(sobol_test)

using namespace seawall;

namespace {

constexpr std::uint64_t seed = 0x5ea3a115ea3a1155;

/// Whether 2^bits points of one dimension fall one into each of as many equal parts of (0, 1).
bool is_stratified(const ScrambledSobol& sobol, std::size_t dimension, std::uint64_t first,
                   unsigned bits) {
    std::vector<bool> seen(std::size_t{1} << bits);
    for (std::uint64_t i = 0; i < seen.size(); ++i) {
        const double part =
            sobol.coordinate(first + i, dimension) * static_cast<double>(seen.size());
        seen[static_cast<std::size_t>(part)] = true;
    }
    for (const bool is_seen : seen) {
        if (!is_seen) return false;
    }
    return true;
}

/// A smooth function of four normals with mean 0, of the first four coordinates.
double smooth(const ScrambledSobol& sobol, std::uint64_t point) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 4; ++i) sum += normal_quantile(sobol.coordinate(point, i));
    return std::exp(0.5 * sum - 0.5) - 1.0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_points_are_those_of_an_independent_generator) {
    // new-joe-kuo-6.21201, 16 points of 8 dimensions as scipy.stats.qmc.Sobol(scramble=False) has
    // them.
    static constexpr double expected[16][8] = {
        {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0},
        {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5},
        {0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75},
        {0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25},
        {0.375, 0.375, 0.625, 0.875, 0.375, 0.125, 0.375, 0.875},
        {0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375},
        {0.625, 0.125, 0.875, 0.625, 0.625, 0.875, 0.125, 0.125},
        {0.125, 0.625, 0.375, 0.125, 0.125, 0.375, 0.625, 0.625},
        {0.1875, 0.3125, 0.9375, 0.4375, 0.5625, 0.3125, 0.4375, 0.9375},
        {0.6875, 0.8125, 0.4375, 0.9375, 0.0625, 0.8125, 0.9375, 0.4375},
        {0.9375, 0.0625, 0.6875, 0.1875, 0.3125, 0.5625, 0.1875, 0.1875},
        {0.4375, 0.5625, 0.1875, 0.6875, 0.8125, 0.0625, 0.6875, 0.6875},
        {0.3125, 0.1875, 0.3125, 0.5625, 0.9375, 0.4375, 0.0625, 0.0625},
        {0.8125, 0.6875, 0.8125, 0.0625, 0.4375, 0.9375, 0.5625, 0.5625},
        {0.5625, 0.4375, 0.0625, 0.8125, 0.1875, 0.6875, 0.3125, 0.8125},
        {0.0625, 0.9375, 0.5625, 0.3125, 0.6875, 0.1875, 0.8125, 0.3125},
    };
    const auto directions = sobol_directions(8);
    for (std::size_t point = 0; point < 16; ++point) {
        for (std::size_t i = 0; i < 8; ++i) {
            BOOST_TEST(static_cast<double>(sobol_coordinate(directions[i], point)) * 0x1p-64 ==
                       expected[point][i]);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_first_direction_numbers_are_the_published_ones) {
    // new-joe-kuo-6.21201: dimension, m_1, m_2, ….
    static const std::vector<std::vector<std::uint64_t>> published{
        {2, 1},
        {3, 1, 3},
        {4, 1, 3, 1},
        {5, 1, 1, 1},
        {6, 1, 1, 3, 3},
        {7, 1, 3, 5, 13},
        {8, 1, 1, 5, 5, 17},
        {9, 1, 1, 5, 5, 5},
        {10, 1, 1, 7, 11, 19},
    };
    const auto directions = sobol_directions(10);
    for (const auto& row : published) {
        for (std::size_t k = 1; k < row.size(); ++k) {
            BOOST_TEST(directions[row[0] - 1][k - 1] == row[k] << (64 - k));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_first_dimension_is_van_der_corputs) {
    const auto directions = sobol_directions(1);
    const double expected[8]{0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875, 0.0625};
    for (std::uint64_t i = 1; i <= 8; ++i) {
        std::uint64_t point = i;  // the point whose Gray code is i
        for (unsigned shift = 1; shift < 32; shift *= 2) point ^= point >> shift;
        BOOST_TEST(static_cast<double>(sobol_coordinate(directions[0], point)) * 0x1p-64 ==
                   expected[i - 1]);
    }
}

BOOST_AUTO_TEST_CASE(each_of_65_scrambled_dimensions_keeps_its_stratification) {
    for (std::uint32_t scramble = 0; scramble < 3; ++scramble) {
        const ScrambledSobol sobol(65, seed, scramble);
        for (std::size_t i = 0; i < sobol.dimension_count(); ++i) {
            BOOST_TEST(is_stratified(sobol, i, 0, 12));
            BOOST_TEST(is_stratified(sobol, i, 3 * 256, 8));
            BOOST_TEST(is_stratified(sobol, i, (std::uint64_t{1} << 32U) - 256, 8));
        }
    }
}

BOOST_AUTO_TEST_CASE(two_scrambled_dimensions_are_still_a_0_m_2_net) {
    constexpr unsigned bits = 10;
    const ScrambledSobol sobol(2, seed, 5);
    for (unsigned rows = 0; rows <= bits; ++rows) {
        std::vector<int> counts(1U << bits);
        for (std::uint64_t i = 0; i < counts.size(); ++i) {
            const auto row = static_cast<std::size_t>(
                std::ldexp(sobol.coordinate(i, 0), static_cast<int>(rows)));
            const auto column = static_cast<std::size_t>(
                std::ldexp(sobol.coordinate(i, 1), static_cast<int>(bits - rows)));
            ++counts[(row << (bits - rows)) + column];
        }
        BOOST_TEST((counts == std::vector<int>(counts.size(), 1)));
    }
}

BOOST_AUTO_TEST_CASE(a_point_is_uniform_over_the_scrambles) {
    constexpr std::uint32_t scramble_count = 4096;
    for (const std::uint64_t point : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}}) {
        std::vector<double> counts(16);
        double mean = 0.0;
        for (std::uint32_t scramble = 0; scramble < scramble_count; ++scramble) {
            const double u = ScrambledSobol(3, seed, scramble).coordinate(point, 2);
            counts[static_cast<std::size_t>(16.0 * u)] += 1.0;
            mean += u / scramble_count;
        }
        double chi_squared = 0.0;  // 15 degrees of freedom
        for (const double count : counts) chi_squared += std::pow(count - 256.0, 2) / 256.0;
        BOOST_TEST(chi_squared < 44.3);  // exceeded with probability 1e-4
        BOOST_TEST(std::abs(mean - 0.5) < 4.0 * std::sqrt(1.0 / 12.0 / scramble_count));
    }
}

BOOST_AUTO_TEST_CASE(two_coordinates_of_a_point_are_independent_over_the_scrambles) {
    constexpr std::uint32_t scramble_count = 4096;
    double product = 0.0;
    for (std::uint32_t scramble = 0; scramble < scramble_count; ++scramble) {
        const ScrambledSobol sobol(2, seed, scramble);
        product += (sobol.coordinate(7, 0) - 0.5) * (sobol.coordinate(7, 1) - 0.5);
    }
    BOOST_TEST(std::abs(product / scramble_count) < 4.0 / 12.0 / std::sqrt(1.0 * scramble_count));
}

BOOST_AUTO_TEST_CASE(means_are_unbiased_and_vary_far_less_than_those_of_random_points) {
    constexpr std::uint32_t scramble_count = 512;
    constexpr std::uint64_t point_count = 256;
    double sum = 0.0;
    double square_sum = 0.0;
    for (std::uint32_t scramble = 0; scramble < scramble_count; ++scramble) {
        const ScrambledSobol sobol(4, seed, scramble);
        double mean = 0.0;
        for (std::uint64_t i = 0; i < point_count; ++i) mean += smooth(sobol, i) / point_count;
        sum += mean;
        square_sum += mean * mean;
    }
    const double mean = sum / scramble_count;
    const double variance = square_sum / scramble_count - mean * mean;
    BOOST_TEST(std::abs(mean) < 4.0 * std::sqrt(variance / scramble_count));
    const double random_variance = (std::exp(1.0) - 1.0) / point_count;
    BOOST_TEST(variance < random_variance / 10.0);
}

BOOST_AUTO_TEST_CASE(a_point_has_all_its_coordinates) {
    const ScrambledSobol sobol(5, seed, 1);
    std::vector<double> coordinates(5);
    sobol.point(123, coordinates);
    for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(coordinates[i] == sobol.coordinate(123, i));
}

BOOST_AUTO_TEST_CASE(a_dimension_does_not_depend_on_how_many_there_are) {
    const ScrambledSobol few(2, seed, 1);
    const ScrambledSobol many(65, seed, 1);
    for (std::uint64_t i = 0; i < 64; ++i)
        BOOST_TEST(few.coordinate(i, 1) == many.coordinate(i, 1));
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    const ScrambledSobol sobol(65, seed, 31);
    const auto last = [&](double i) { return sobol.coordinate(static_cast<std::uint64_t>(i), 64); };
    BOOST_TEST(bit_digest(last, 0, 4095, 1.0) == 0xea2e07deb13cb48eU);
}

BOOST_AUTO_TEST_CASE(more_than_1024_dimensions_are_refused) {
    BOOST_TEST(sobol_directions(1024).size() == 1024);
    BOOST_CHECK_EXCEPTION(sobol_directions(1025), Error, [](const Error& error) {
        return error.code() == ErrorCode::limit_exceeded;
    });
    BOOST_TEST(ScrambledSobol(0, seed, 0).dimension_count() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
