#include "engines/debt/simulation/weighted_tail.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

BOOST_AUTO_TEST_SUITE(weighted_tail_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

using Losses = std::vector<std::int64_t>;
using Weights = std::vector<std::uint32_t>;

Losses random_losses(std::size_t count, unsigned seed, std::uint64_t most) {
    std::mt19937_64 random(seed);
    Losses losses(count);
    for (auto& loss : losses) loss = static_cast<std::int64_t>(random() % (most + 1));
    return losses;
}

Weights random_weights(std::size_t count, unsigned seed) {
    std::mt19937_64 random(seed);
    Weights weights(count);
    for (auto& weight : weights) {
        weight = static_cast<std::uint32_t>(random() % (8 * std::uint64_t{unit_weight}));
    }
    return weights;
}

/// Σ w of the scenarios that lose more, in 2⁻²⁴.
std::int64_t weight_above(const Losses& losses, const Weights& weights, std::int64_t loss) {
    std::int64_t sum = 0;
    for (std::size_t s = 0; s < losses.size(); ++s) sum += losses[s] > loss ? weights[s] : 0;
    return sum;
}

void check_refused(const Losses& losses, const Weights& weights, const ConfidenceLevel& level,
                   const std::string& where) {
    BOOST_CHECK_EXCEPTION(weighted_tail({losses, weights}, level), Error, [&](const Error& error) {
        return error.code() == ErrorCode::invalid_input && error.where() == where;
    });
}

/// Draws of a standard exponential at twice its scale, in 1e-6, and their weights.
struct Shifted {
    Losses losses;
    Weights weights;

    Shifted(std::size_t count, unsigned seed) : losses(count), weights(count) {
        std::mt19937_64 random(seed);
        std::exponential_distribution<double> draw(1.0);
        for (std::size_t s = 0; s < count; ++s) {
            const double x = (s % 8 == 0 ? 1.0 : 3.0) * draw(random);
            losses[s] = static_cast<std::int64_t>(x * 1e6);
            const double ratio = std::exp(-x / 3.0) / 3.0 / std::exp(-x);
            weights[s] = static_cast<std::uint32_t>(std::llround(0x1p24 / (0.125 + 0.875 * ratio)));
        }
    }
    WeightedScenarios view() const { return {losses, weights}; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(weights_of_one_give_the_bits_of_the_plain_tail) {
    const Weights ones(5000, unit_weight);
    for (const std::uint64_t most : {30ULL, 1ULL << 40U}) {  // with atoms, and without
        const Losses losses = random_losses(5000, 2, most);
        for (const ConfidenceLevel level : {ConfidenceLevel{99, 100}, {9'973, 10'000}, {1, 3}}) {
            const TailRisk plain = tail_risk(losses, level);
            const WeightedTail tail = weighted_tail({losses, ones}, level);
            BOOST_TEST(tail.var_minor == plain.var_minor);
            BOOST_TEST(tail.es_minor == plain.es_minor);
            BOOST_TEST(tail.es_standard_error_minor == plain.es_standard_error_minor);
            BOOST_TEST(tail.above_count == plain.above_count);
            BOOST_TEST(tail.at_count == plain.at_count);
            BOOST_TEST(tail.effective_count == 5000.0);
        }
        const LossMoments plain = loss_moments(losses);
        const LossMoments moments = weighted_moments({losses, ones});
        BOOST_TEST(moments.expected_minor == plain.expected_minor);
        BOOST_TEST(moments.standard_deviation_minor == plain.standard_deviation_minor);
        BOOST_CHECK_CLOSE_FRACTION(moments.standard_error_minor, plain.standard_error_minor, 1e-15);
    }
}

BOOST_AUTO_TEST_CASE(value_at_risk_is_the_least_loss_with_no_more_weight_beyond) {
    const Losses losses = random_losses(400, 3, 60);
    const Weights weights = random_weights(400, 4);
    for (const std::int64_t percent : {20, 50, 90, 99}) {
        const std::int64_t var = weighted_tail({losses, weights}, {percent, 100}).var_minor;
        const std::int64_t most = (100 - percent) * 400 * std::int64_t{unit_weight};
        BOOST_TEST(100 * weight_above(losses, weights, var) <= most);
        const bool is_least = var == std::ranges::min(losses);
        if (!is_least) BOOST_TEST(100 * weight_above(losses, weights, var - 1) > most);
    }
}

BOOST_AUTO_TEST_CASE(a_weight_that_fills_the_tail_to_the_unit_is_within) {
    // (1 − 0.93)·100 = 7 in integers; in doubles it is 6.999999999999995.
    Losses losses(100);
    for (std::size_t s = 0; s < 100; ++s) losses[s] = static_cast<std::int64_t>(s + 1);
    Weights weights(100, unit_weight);
    weights[99] = 4 * unit_weight;
    weights[98] = 3 * unit_weight;
    BOOST_TEST(weighted_tail({losses, weights}, {93, 100}).var_minor == 98);
    ++weights[98];
    BOOST_TEST(weighted_tail({losses, weights}, {93, 100}).var_minor == 99);
}

BOOST_AUTO_TEST_CASE(expected_shortfall_and_mean_are_weighted) {
    const Losses losses{0, 0, 0, 0, 0, 0, 20, 60};
    const Weights weights{unit_weight, unit_weight, unit_weight,     unit_weight,
                          unit_weight, unit_weight, 2 * unit_weight, unit_weight / 2};
    const WeightedTail tail = weighted_tail({losses, weights}, {7, 8});
    BOOST_TEST(tail.var_minor == 20);
    BOOST_TEST(tail.es_minor == 20.0 + 0.5 * 40.0);
    BOOST_TEST((tail.above_weight == unit_weight / 2));
    BOOST_TEST((tail.at_weight == 2 * unit_weight));
    BOOST_TEST(tail.tail_effective_count == 2.5 * 2.5 / 4.25);
    BOOST_TEST(weighted_moments({losses, weights}).expected_minor == (2.0 * 20.0 + 30.0) / 8.0);
}

BOOST_AUTO_TEST_CASE(the_order_of_scenarios_changes_no_integer) {
    Shifted run(3000, 1);
    const WeightedTail before = weighted_tail(run.view(), {99, 100});
    std::ranges::reverse(run.losses);
    std::ranges::reverse(run.weights);
    const WeightedTail after = weighted_tail(run.view(), {99, 100});
    BOOST_TEST(after.var_minor == before.var_minor);
    BOOST_TEST(after.es_minor == before.es_minor);
    BOOST_TEST((after.weighted_excess == before.weighted_excess));
    BOOST_TEST(after.var_low_minor == before.var_low_minor);
    BOOST_TEST(after.var_high_minor == before.var_high_minor);
}

BOOST_AUTO_TEST_CASE(the_stated_errors_are_those_of_repeated_runs) {
    // Of an exponential loss VaR is −ln(1 − α) and expected shortfall 1 more.
    constexpr std::size_t runs = 600;
    double sum = 0.0, squares = 0.0, stated = 0.0;
    double mean_sum = 0.0, mean_squares = 0.0, mean_stated = 0.0;
    std::size_t covered = 0;
    const auto var = static_cast<std::int64_t>(-std::log(0.01) * 1e6);
    for (unsigned run = 0; run < runs; ++run) {
        const Shifted shifted(2400, run);
        const WeightedTail tail = weighted_tail(shifted.view(), {99, 100});
        sum += tail.es_minor;
        squares += tail.es_minor * tail.es_minor;
        stated += tail.es_standard_error_minor / runs;
        covered += tail.var_low_minor <= var && var <= tail.var_high_minor ? 1 : 0;
        const LossMoments moments = weighted_moments(shifted.view());
        mean_sum += moments.expected_minor;
        mean_squares += moments.expected_minor * moments.expected_minor;
        mean_stated += moments.standard_error_minor / runs;
    }
    const double spread = std::sqrt(squares / runs - sum / runs * (sum / runs));
    BOOST_TEST_MESSAGE("stated / observed error of ES " << stated / spread << ", VaR covered "
                                                        << covered << " of " << runs);
    BOOST_CHECK_CLOSE_FRACTION(stated, spread, 0.15);
    BOOST_TEST(std::abs(sum / runs - (var + 1e6)) < 4.0 * spread / std::sqrt(1.0 * runs) + 2e3);
    const double mean_spread = std::sqrt(mean_squares / runs - mean_sum / runs * (mean_sum / runs));
    BOOST_CHECK_CLOSE_FRACTION(mean_stated, mean_spread, 0.15);
    // 95 % of 600, less four standard deviations of a binomial.
    BOOST_TEST(covered >= 549U);
}

BOOST_AUTO_TEST_CASE(with_few_scenarios_the_interval_is_open_and_the_tail_thin) {
    const Losses losses = random_losses(100, 3, 1000);
    const WeightedTail few = weighted_tail({losses, Weights(100, unit_weight)}, {99, 100});
    BOOST_TEST(few.var_high_is_open);
    BOOST_TEST(few.is_thin());
    BOOST_TEST(few.var_high_minor == std::ranges::max(losses));
    const Shifted many(20'000, 5);
    BOOST_TEST(!weighted_tail(many.view(), {99, 100}).var_high_is_open);
    BOOST_TEST(!weighted_tail(many.view(), {99, 100}).is_thin());
}

BOOST_AUTO_TEST_CASE(the_largest_losses_and_weights_do_not_overflow) {
    constexpr std::int64_t largest = std::int64_t{1} << 62U;
    Losses losses(1000, 0);
    std::fill_n(losses.begin(), 10, largest);
    const Weights weights(1000, 8 * unit_weight);
    const WeightedTail tail = weighted_tail({losses, weights}, {9, 10});
    BOOST_TEST(tail.var_minor == 0);
    BOOST_CHECK_CLOSE_FRACTION(tail.es_minor, 0x1p62 * 0.8, 1e-15);
}

BOOST_AUTO_TEST_CASE(what_is_no_weighted_run_is_refused) {
    check_refused({}, {}, {99, 100}, "losses");
    check_refused({1, 2}, {1}, {99, 100}, "weights");
    check_refused({1, 2}, {0, 0}, {99, 100}, "weights");
    check_refused({1, 2}, {1, 8 * unit_weight + 1}, {99, 100}, "weights[1]");
    check_refused({1, 2}, {1, 1}, {100, 100}, "level");
}

BOOST_AUTO_TEST_SUITE_END()
