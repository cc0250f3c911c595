#include "engines/debt/simulation/default_simulation.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <numeric>
#include <stop_token>
#include <string>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "table/error.hpp"

BOOST_AUTO_TEST_SUITE(default_simulation_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

/// More lanes where the environment asks for a thorough run: SEAWALL_LANES, a factor.
std::size_t lane_factor() {
    const char* const text = std::getenv("SEAWALL_LANES");
    return text == nullptr ? 1 : std::stoul(text);
}

void check_all_kernels(const std::vector<Obligor>& obligors, const Factors& factors,
                       const SimulationRange& range) {
    const std::vector<std::int64_t> expected = losses_literally(obligors, factors, range);
    const ObligorGroups groups = groups_of(obligors, factors);
    for (const InstructionSet set : default_kernels()) {
        const auto found = simulate_losses(groups, range, {.threads = 1}, {set, 48});
        BOOST_TEST_CONTEXT(instruction_set_name(set)) {
            BOOST_TEST(found == expected);
        }
    }
}

/// W/ν as it comes at ν about 2.1: heavy below and above.
std::vector<double> mixing_of(std::size_t count) {
    std::mt19937 random(5);
    std::chi_squared_distribution<double> chi_squared(2.1);
    std::vector<double> mixing(count);
    for (double& value : mixing) value = chi_squared(random) / 2.1 + 1e-12;
    mixing.front() = 1e-16;
    mixing.back() = 38.0;
    return mixing;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_kernel_decides_as_the_canonical_rule_does) {
    for (const std::size_t factor_count : {1U, 2U, 5U, 16U}) {
        const Factors factors(factor_count, 0.3);
        check_all_kernels(random_obligors(301, factors, 1), factors,
                          {.seed = 99, .first_scenario = 1000, .count = 333 * lane_factor()});
    }
}

BOOST_AUTO_TEST_CASE(every_kernel_decides_as_the_rule_does_under_mixing) {
    const Factors factors(4, 0.3);
    const auto mixing = mixing_of(400 * lane_factor());
    check_all_kernels(random_obligors(200, factors, 2), factors,
                      {.seed = 3, .count = mixing.size(), .mixing = mixing});
}
BOOST_AUTO_TEST_SUITE_END()
