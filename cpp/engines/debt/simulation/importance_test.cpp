#include "engines/debt/simulation/importance.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(importance_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// Log density of W, chi-squared with ν degrees of freedom, times `scale`.
double log_density(double w, double nu, double scale) {
    const double x = w / scale;
    return (0.5 * nu - 1.0) * std::log(x) - 0.5 * x - 0.5 * nu * std::log(2.0) -
           std::lgamma(0.5 * nu) - std::log(scale);
}

ObligorGroups empty_book(std::size_t factor_count, double nu) {
    return groups_of({}, Factors(factor_count, 0.0, nu));
}

std::vector<std::uint32_t> weights_of(const ImportanceShift& shift, double nu, std::uint64_t first,
                                      std::size_t count, std::size_t threads = 1) {
    return scenario_weights(
        empty_book(shift.factor_shift.size(), nu),
        {.seed = 9, .first_scenario = first, .count = count, .sampling = {.importance = &shift}},
        {.threads = threads});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_weight_is_the_ratio_of_the_densities) {
    // Densities of the shifted normal and of W / (1 + 2θ), as the textbook has them.
    const ImportanceShift shift{.factor_shift = {-1.5, 0.5}, .mixing_tilt = 0.7};
    constexpr double nu = 4.0;
    const MixingVariable mixing(nu);
    for (const double z : {-3.0, -0.4, 1.1}) {
        for (const double w : {0.3, 2.0, 9.0}) {
            const std::vector<double> factor{z, 0.25 * z};
            double log_ratio = log_density(w, nu, 1.0 / 2.4) - log_density(w, nu, 1.0);
            for (std::size_t k = 0; k < 2; ++k) {
                const double moved = factor[k] - shift.factor_shift[k];
                log_ratio += 0.5 * (factor[k] * factor[k] - moved * moved);
            }
            const double expected = 1.0 / (0.125 + 0.875 * std::exp(log_ratio));
            const std::uint32_t found = importance_weight(
                shift, mixing, {.factor = factor, .mixing_root = std::sqrt(w / nu)});
            BOOST_TEST(std::abs(found - expected * 0x1p24) <= 0.51);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_weight_passes_eight_and_the_unlikely_weigh_nothing) {
    const ImportanceShift shift{.factor_shift = {30.0}};
    const MixingVariable mixing(infinity);
    const std::vector<double> far{40.0};
    const std::vector<double> near{-40.0};
    BOOST_TEST(importance_weight(shift, mixing, {.factor = far}) == 0U);
    BOOST_TEST(importance_weight(shift, mixing, {.factor = near}) == 8 * unit_weight);
}

BOOST_AUTO_TEST_CASE(without_shift_and_tilt_losses_are_plain_and_each_weight_is_one) {
    for (const double nu : {infinity, 3.5}) {
        const Factors factors(3, 0.1, nu);
        const ObligorGroups groups = groups_of(random_obligors(200, factors, 5), factors);
        const ImportanceShift none{.factor_shift = {0.0, 0.0, 0.0}};
        const SimulationRange plain{.seed = 3, .first_scenario = 11, .count = 300};
        SimulationRange shifted = plain;
        shifted.sampling.importance = &none;
        BOOST_TEST(simulate_losses(groups, shifted, {}) == simulate_losses(groups, plain, {}));
        BOOST_TEST(scenario_weights(groups, shifted, {}) ==
                   std::vector<std::uint32_t>(300, 1U << 24U));
    }
}

BOOST_AUTO_TEST_CASE(weights_average_one_within_four_standard_errors) {
    for (const double nu : {infinity, 4.0}) {
        const ImportanceShift shift{.factor_shift = {-2.0, 1.0},
                                    .mixing_tilt = std::isinf(nu) ? 0.0 : 1.2};
        constexpr std::size_t count = 80'000;
        double sum = 0.0, squares = 0.0;
        for (const std::uint32_t weight : weights_of(shift, nu, 0, count)) {
            const double w = weight * 0x1p-24;
            sum += w;
            squares += w * w;
        }
        const double mean = sum / count;
        const double error = std::sqrt((squares / count - mean * mean) / count);
        BOOST_TEST(std::abs(mean - 1.0) < 4.0 * error);
        BOOST_TEST(error > 0.0);
    }
}

BOOST_AUTO_TEST_CASE(the_weighted_mean_of_w_is_its_own) {
    const ImportanceShift shift{.factor_shift = {-1.0}, .mixing_tilt = 0.9};
    constexpr double nu = 5.0;
    constexpr std::size_t count = 80'000;
    const MixingVariable mixing(nu);
    const auto weights = weights_of(shift, nu, 0, count);
    double sum = 0.0, squares = 0.0;
    std::vector<double> z(1);
    for (std::size_t s = 0; s < count; ++s) {
        const double root = draw_state({.importance = &shift}, 9, s, mixing, z);
        const double term = weights[s] * 0x1p-24 * nu * root * root;
        sum += term;
        squares += term * term;
    }
    const double mean = sum / count;
    BOOST_TEST(std::abs(mean - nu) < 4.0 * std::sqrt((squares / count - mean * mean) / count));
}

BOOST_AUTO_TEST_CASE(a_split_and_a_thread_count_change_no_weight) {
    const ImportanceShift shift{.factor_shift = {-2.0, 1.0}, .mixing_tilt = 0.25};
    const auto whole = weights_of(shift, 3.0, 5, 3000, 7);
    auto split = weights_of(shift, 3.0, 5, 1027);
    const auto rest = weights_of(shift, 3.0, 1032, 1973);
    split.insert(split.end(), rest.begin(), rest.end());
    BOOST_TEST(split == whole);
}

BOOST_AUTO_TEST_CASE(weights_have_these_bits_on_every_machine) {
    const ImportanceShift shift{.factor_shift = {-2.25, 0.5}, .mixing_tilt = 0.75};
    const std::vector<std::uint32_t> expected{133681471, 5916003,  309056,  726083,  2004099,
                                              10842,     12564358, 1385142, 9156841, 283754};
    BOOST_TEST(weights_of(shift, 4.0, 0, 10) == expected);
}

BOOST_AUTO_TEST_CASE(a_stop_is_an_error) {
    const ImportanceShift shift{.factor_shift = {1.0}};
    const ObligorGroups groups = empty_book(1, infinity);
    std::stop_source stop;
    stop.request_stop();
    const auto run = [&] {
        scenario_weights(groups, {.count = 10, .sampling = {.importance = &shift}},
                         {.control = {.stop = stop.get_token()}});
    };
    BOOST_CHECK_EXCEPTION(run(), Error,
                          [](const Error& e) { return e.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()
