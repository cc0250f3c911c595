// The proof of the filters' error: over all distances that an int16 tells apart, and for the float
// filter so densely that what lies between cannot matter.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "engines/debt/simulation/default_block.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "numeric/normal_distribution.hpp"

BOOST_AUTO_TEST_SUITE(default_filter_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

constexpr double slack = 0.02;  ///< of table_error, for the rounding of the band and underflow

double probability_of(double distance) {
    return 65536.0 * seawall::normal_cdf(distance / static_cast<double>(distance_scale));
}

using Approximation = void (*)(const float*, float*);

/// The largest error of limits that are alike in all distances from n to n + 1.
double step_error(Approximation approximate) {
    alignas(64) float distance[block_scenarios];
    alignas(64) float limit[block_scenarios];
    double largest = 0.0;
    for (int first = -33'008; first < 33'008; first += static_cast<int>(block_scenarios)) {
        for (std::size_t i = 0; i < block_scenarios; ++i) {
            distance[i] = static_cast<float>(first + static_cast<int>(i)) + 0.5F;
        }
        approximate(distance, limit);
        for (std::size_t i = 0; i < block_scenarios; ++i) {
            const int n = first + static_cast<int>(i);
            // An int16 ends here; all distances beyond are as these.
            const double least = n <= -32'768 ? 0.0 : probability_of(n);
            const double most = n >= 32'767 ? 65536.0 : probability_of(n + 1);
            const auto found = static_cast<double>(limit[i]);
            largest = std::max({largest, found - least, most - found});
        }
    }
    return largest;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_portable_filter_is_within_its_error) {
    alignas(64) float distance[block_scenarios];
    alignas(64) float limit[block_scenarios];
    double largest = 0.0;
    for (int first = -33'008 * 16; first < 33'008 * 16; first += 16) {
        for (std::size_t i = 0; i < block_scenarios; ++i) {
            distance[i] = static_cast<float>(first + static_cast<int>(i)) / 16.0F;
        }
        approximate_limits_baseline(distance, limit);
        for (std::size_t i = 0; i < block_scenarios; ++i) {
            const double exact = probability_of(static_cast<double>(distance[i]));
            largest = std::max(largest, std::abs(static_cast<double>(limit[i]) - exact));
        }
    }
    // Between two distances either side moves by less than 3.2 / 16; and a limit that is no
    // integer takes one more.
    BOOST_TEST(largest + 3.2 / 16.0 + 1.0 + slack <= static_cast<double>(baseline_table_error));
    for (const float far : {4.5F, 100.0F, 1e30F}) {
        distance[0] = far * distance_scale;
        distance[1] = -far * distance_scale;
        approximate_limits_baseline(distance, limit);
        BOOST_TEST(static_cast<double>(limit[0]) > 65533.0);
        BOOST_TEST(static_cast<double>(limit[1]) < 3.0);
    }
}

#if defined(__x86_64__)
BOOST_AUTO_TEST_CASE(the_avx2_filter_is_within_its_error) {
    if (!has_default_kernel(InstructionSet::avx2)) return;
    BOOST_TEST(step_error(&approximate_limits_avx2) + slack <=
               static_cast<double>(avx2_table_error));
}

BOOST_AUTO_TEST_CASE(the_avx512_filter_is_within_its_error) {
    if (!has_default_kernel(InstructionSet::avx512)) return;
    BOOST_TEST(step_error(&approximate_limits_avx512) + slack <=
               static_cast<double>(avx512_table_error));
}
#endif

BOOST_AUTO_TEST_SUITE_END()
