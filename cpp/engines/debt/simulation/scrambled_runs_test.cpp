#include "engines/debt/simulation/scrambled_runs.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/analytic/homogeneous_pool.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(scrambled_runs_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Losses = std::vector<std::int64_t>;

constexpr std::size_t obligor_count = 1000;
constexpr double default_probability = 0.02;
constexpr double correlation = 0.2;

/// Loans that are all alike.
ObligorGroups like_loans(double nu) {
    const Factors factors(1, 0.0, nu);
    const std::vector<double> probability{default_probability};
    const double threshold = default_thresholds(probability, factors.model())[0];
    std::vector<Obligor> obligors(obligor_count);
    for (std::size_t i = 0; i < obligor_count; ++i) {
        obligors[i] = {.slot = static_cast<std::uint32_t>(i),
                       .default_threshold = threshold,
                       .factor_weight = {std::sqrt(correlation)}};
    }
    return groups_of(obligors, factors);
}

LatticeDistribution exact_pool(double nu) {
    HomogeneousPool pool{.obligor_count = obligor_count,
                         .default_probability = default_probability,
                         .asset_correlation = correlation};
    if (std::isfinite(nu)) pool.degrees_of_freedom = nu;
    return default_count_distribution(pool);
}

Losses sobol_losses(const ObligorGroups& groups, std::uint64_t seed, std::size_t count) {
    const SobolScrambles scrambles(seed, groups.factor_count);
    return simulate_losses(
        groups, {.seed = seed, .count = count, .sampling = {.scrambles = &scrambles}}, {});
}

}  // namespace

BOOST_AUTO_TEST_CASE(figures_are_exact_within_four_standard_errors) {
    for (const double nu : {infinity, 4.0}) {
        const LatticeDistribution exact = exact_pool(nu);
        const LatticeTail tail = lattice_tail(exact.probabilities, 0.99);
        const double mean = lattice_moments(exact.probabilities).mean;
        const ScrambledRun run =
            scrambled_run(sobol_losses(like_loans(nu), 3, 1U << 16U), {99, 100});
        BOOST_TEST_CONTEXT("nu " << nu) {
            BOOST_TEST(!run.is_thin);
            BOOST_TEST(std::abs(run.expected.estimate_minor - mean) <
                       4.0 * run.expected.standard_error_minor);
            BOOST_TEST(std::abs(run.es.estimate_minor - tail.expected_shortfall) <
                       4.0 * run.es.standard_error_minor);
            const auto var = static_cast<double>(tail.value_at_risk);
            BOOST_TEST(std::abs(run.var.estimate_minor - var) <
                       4.0 * run.var.standard_error_minor + 1.0);
        }
    }
}

BOOST_AUTO_TEST_CASE(errors_are_those_of_repeated_runs_and_below_the_plain_ones) {
    constexpr std::size_t runs = 40;
    constexpr std::size_t count = 1U << 13U;
    const ObligorGroups groups = like_loans(infinity);
    double mean_sum = 0.0, mean_squares = 0.0, mean_stated = 0.0, mean_plain = 0.0;
    double sum = 0.0, squares = 0.0, stated = 0.0, plain = 0.0;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        const Losses losses = sobol_losses(groups, seed, count);
        const ScrambledRun run = scrambled_run(losses, {95, 100});
        sum += run.es.estimate_minor;
        squares += run.es.estimate_minor * run.es.estimate_minor;
        stated += run.es.standard_error_minor / runs;
        mean_sum += run.expected.estimate_minor;
        mean_squares += run.expected.estimate_minor * run.expected.estimate_minor;
        mean_stated += run.expected.standard_error_minor / runs;
        const Losses independent = simulate_losses(groups, {.seed = seed, .count = count}, {});
        plain += tail_risk(independent, {95, 100}).es_standard_error_minor / runs;
        mean_plain += loss_moments(independent).standard_error_minor / runs;
    }
    const double spread = std::sqrt((squares - sum * sum / runs) / (runs - 1));
    const double mean_spread = std::sqrt((mean_squares - mean_sum * mean_sum / runs) / (runs - 1));
    BOOST_TEST_MESSAGE("8,192 Sobol scenarios: error of ES95 stated "
                       << stated << ", observed " << spread << ", plain " << plain
                       << "; of the mean stated " << mean_stated << ", observed " << mean_spread
                       << ", plain " << mean_plain);
    BOOST_TEST(spread < plain);
    BOOST_TEST(mean_spread < mean_plain);
    // A spread of forty runs is known to an eighth or so.
    BOOST_CHECK_CLOSE_FRACTION(stated, spread, 0.5);
    BOOST_CHECK_CLOSE_FRACTION(mean_stated, mean_spread, 0.5);
}

BOOST_AUTO_TEST_CASE(an_error_is_the_spread_of_the_scrambles_around_the_whole) {
    // Scenario s is of scramble s mod 32, whose losses are all s mod 32.
    Losses losses(320);
    double squares = 0.0;
    for (std::size_t s = 0; s < losses.size(); ++s) {
        losses[s] = static_cast<std::int64_t>(s % 32);
    }
    for (int j = 0; j < 32; ++j) squares += (j - 15.5) * (j - 15.5);
    const ScrambledRun run = scrambled_run(losses, {1, 2});
    BOOST_TEST(run.pooled.var_minor == 15);
    BOOST_TEST(run.expected.estimate_minor == 15.5);
    const double error = std::sqrt(squares / 31.0 / 32.0);
    BOOST_CHECK_CLOSE_FRACTION(run.expected.standard_error_minor, error, 1e-15);
    // Student's t with 31 degrees of freedom has 97.5 % below 2.0395.
    BOOST_CHECK_CLOSE_FRACTION(run.expected.high_minor, 15.5 + 2.0395134463964 * error, 1e-13);
    BOOST_CHECK_CLOSE_FRACTION(run.expected.low_minor, 15.5 - 2.0395134463964 * error, 1e-13);
    BOOST_CHECK_CLOSE_FRACTION(run.var.standard_error_minor,
                               std::sqrt((squares + 32 * 0.25) / 31.0 / 32.0), 1e-14);
}

BOOST_AUTO_TEST_CASE(points_that_are_no_power_of_two_and_thin_tails_are_said) {
    const Losses losses(32 * 1024, 1);
    const auto run = [&](std::size_t points, const ConfidenceLevel& level) {
        return scrambled_run(std::span(losses).first(points * 32), level);
    };
    BOOST_TEST(run(1024, {99, 100}).is_power_of_two);
    BOOST_TEST(!run(1000, {99, 100}).is_power_of_two);
    BOOST_TEST(!run(1000, {99, 100}).is_thin);
    BOOST_TEST(run(999, {99, 100}).is_thin);
}

BOOST_AUTO_TEST_CASE(a_run_is_of_as_many_scenarios_of_each_scramble) {
    for (const std::size_t count : {0U, 31U, 33U}) {
        BOOST_CHECK_EXCEPTION(scrambled_run(Losses(count), {99, 100}), Error,
                              [](const Error& error) { return error.where() == "losses"; });
    }
}

BOOST_AUTO_TEST_CASE(a_difference_has_the_errors_of_the_scrambles_own_differences) {
    std::mt19937_64 random(4);
    Losses before(32 * 50), after(32 * 50);
    for (std::size_t s = 0; s < before.size(); ++s) {
        before[s] = static_cast<std::int64_t>(random() % 1'000);
        after[s] = before[s] + static_cast<std::int64_t>(random() % 100);
    }
    const ConfidenceLevel level{.numerator = 9, .denominator = 10};
    const auto mean_and_shortfall = [&](const Losses& losses) {
        return std::pair(loss_moments(losses).expected_minor, tail_risk(losses, level).es_minor);
    };
    const auto [mean_before, es_before] = mean_and_shortfall(before);
    const auto [mean_after, es_after] = mean_and_shortfall(after);
    double mean_squares = 0.0, es_squares = 0.0;
    for (std::size_t scramble = 0; scramble < 32; ++scramble) {
        Losses old, changed;
        for (std::size_t s = scramble; s < before.size(); s += 32) {
            old.push_back(before[s]);
            changed.push_back(after[s]);
        }
        const auto [mean_old, es_old] = mean_and_shortfall(old);
        const auto [mean_changed, es_changed] = mean_and_shortfall(changed);
        mean_squares += std::pow(mean_changed - mean_old - (mean_after - mean_before), 2.0);
        es_squares += std::pow(es_changed - es_old - (es_after - es_before), 2.0);
    }
    const PairedDifference found = scrambled_difference(before, after, level);
    const auto near = boost::test_tools::tolerance(1e-9);
    BOOST_TEST(found.expected_minor == mean_after - mean_before, near);
    BOOST_TEST(found.es_minor == es_after - es_before, near);
    BOOST_TEST(found.expected_standard_error_minor == std::sqrt(mean_squares / 31.0 / 32.0), near);
    BOOST_TEST(found.es_standard_error_minor == std::sqrt(es_squares / 31.0 / 32.0), near);
}

BOOST_AUTO_TEST_CASE(a_difference_of_nothing_has_no_error) {
    const Losses losses = sobol_losses(like_loans(infinity), 3, 1'024);
    const PairedDifference found = scrambled_difference(losses, losses, {9, 10});
    BOOST_TEST(found.expected_minor == 0.0);
    BOOST_TEST(found.es_minor == 0.0);
    BOOST_TEST(found.expected_standard_error_minor == 0.0);
    BOOST_TEST(found.es_standard_error_minor == 0.0);
}

BOOST_AUTO_TEST_CASE(a_difference_of_other_scenarios_is_refused) {
    const Losses losses(64), more(96), odd(33);
    const ConfidenceLevel half{1, 2};
    BOOST_CHECK_THROW(scrambled_difference(losses, more, half), Error);
    BOOST_CHECK_THROW(scrambled_difference(odd, odd, half), Error);
}

BOOST_AUTO_TEST_SUITE_END()
