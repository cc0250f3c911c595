#include "engines/debt/simulation/tail_risk.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(tail_risk_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

using Losses = std::vector<std::int64_t>;

Losses random_losses(std::size_t count, unsigned seed, std::int64_t most) {
    std::mt19937_64 random(seed);
    Losses losses(count);
    for (auto& loss : losses) {
        loss = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1));
    }
    return losses;
}

/// The least sum of probabilities of a binomial count up to k, by logarithms.
double binomial_below(std::size_t count, double share, std::size_t k) {
    double sum = 0.0;
    const auto n = static_cast<double>(count);
    for (std::size_t j = 0; j <= k; ++j) {
        const auto i = static_cast<double>(j);
        sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) +
                        i * std::log(share) + (n - i) * std::log1p(-share));
    }
    return sum;
}

void check_refused(const Losses& losses, const ConfidenceLevel& level, const std::string& where) {
    BOOST_CHECK_EXCEPTION(tail_risk(losses, level), Error,
                          [&](const Error& error) { return error.where() == where; });
}

}  // namespace

BOOST_AUTO_TEST_CASE(value_at_risk_is_the_order_statistic_of_the_rank) {
    const Losses losses = random_losses(1000, 1, 1'000'000);
    Losses sorted = losses;
    std::ranges::sort(sorted);
    BOOST_TEST(tail_risk(losses, {99, 100}).var_minor == sorted[989]);
    BOOST_TEST(tail_risk(losses, {999, 1000}).var_minor == sorted[998]);
    BOOST_TEST(tail_risk(losses, {9'995, 10'000}).var_minor == sorted[999]);
    BOOST_TEST(tail_risk(losses, {1, 2}).var_minor == sorted[499]);
}

BOOST_AUTO_TEST_CASE(a_rank_is_of_the_decimal_level_and_not_of_its_double) {
    // 0.07 · 100 is 7.000000000000001 in doubles, whose ceiling is 8.
    Losses losses(100);
    for (std::size_t i = 0; i < losses.size(); ++i) losses[i] = static_cast<std::int64_t>(i + 1);
    BOOST_TEST(tail_risk(losses, {7, 100}).var_minor == 7);
}

BOOST_AUTO_TEST_CASE(expected_shortfall_is_the_mean_of_the_worst_share) {
    const Losses losses{10, 50, 20, 40, 30, 60, 70, 80, 90, 100};
    BOOST_TEST(tail_risk(losses, {8, 10}).es_minor == 95.0);
    // A quarter of ten is two and a half: the worst two and half of the third.
    BOOST_TEST(tail_risk(losses, {75, 100}).es_minor == (100.0 + 90.0 + 40.0) / 2.5);
}

BOOST_AUTO_TEST_CASE(an_atom_counts_by_the_share_that_fills_the_tail) {
    Losses losses(100, 0);
    std::fill_n(losses.begin(), 10, 5);
    losses[0] = 9;
    const TailRisk tail = tail_risk(losses, {95, 100});
    BOOST_TEST(tail.var_minor == 5);
    BOOST_TEST(tail.above_count == 1U);
    BOOST_TEST(tail.at_count == 9U);
    BOOST_CHECK_CLOSE_FRACTION(tail.es_minor, (9.0 + 4 * 5.0) / 5.0, 1e-15);
}

BOOST_AUTO_TEST_CASE(rank_intervals_hold_the_quantile_as_often_as_they_say_and_no_rank_less_does) {
    for (const std::size_t count :
         {std::size_t{20}, std::size_t{137}, std::size_t{1000}, std::size_t{4000}}) {
        for (const std::int64_t percent : {5, 50, 90, 99}) {
            const RankInterval ranks = quantile_ranks(count, {percent, 100});
            const double share = static_cast<double>(percent) / 100.0;
            const double below = binomial_below(count, share, ranks.low - 1);
            if (ranks.low > 1) BOOST_TEST(below <= 0.025 + 1e-12);
            BOOST_TEST(binomial_below(count, share, ranks.low) > 0.025);
            BOOST_TEST(1.0 - binomial_below(count, share, ranks.high - 1) <= 0.025 + 1e-9);
            BOOST_TEST(1.0 - binomial_below(count, share, ranks.high - 2) > 0.025 - 1e-9);
        }
    }
}

BOOST_AUTO_TEST_CASE(too_few_scenarios_leave_the_interval_open_above) {
    const TailRisk tail = tail_risk(random_losses(100, 3, 1000), {999, 1000});
    BOOST_TEST(tail.var_high_is_open);
    BOOST_TEST(tail.is_thin());
    BOOST_TEST(!tail_risk(random_losses(100'000, 3, 1000), {999, 1000}).is_thin());
}

BOOST_AUTO_TEST_CASE(the_order_of_scenarios_changes_no_integer) {
    Losses losses = random_losses(5000, 4, 1'000);
    const TailRisk before = tail_risk(losses, {99, 100});
    std::ranges::reverse(losses);
    const TailRisk after = tail_risk(losses, {99, 100});
    BOOST_TEST(after.var_minor == before.var_minor);
    BOOST_TEST(after.es_minor == before.es_minor);
    BOOST_TEST((after.excess_minor == before.excess_minor));
    BOOST_TEST(after.var_low_minor == before.var_low_minor);
    BOOST_TEST(after.var_high_minor == before.var_high_minor);
}

BOOST_AUTO_TEST_CASE(losses_near_the_largest_integers_do_not_overflow) {
    constexpr std::int64_t largest = std::int64_t{1} << 62U;
    const TailRisk tail = tail_risk(Losses(1000, largest), {99, 100});
    BOOST_TEST(tail.var_minor == largest);
    BOOST_TEST(tail.es_minor == 0x1p62);
    BOOST_TEST(loss_moments(Losses(1000, largest)).expected_minor == 0x1p62);
}

BOOST_AUTO_TEST_CASE(the_standard_error_of_expected_shortfall_is_that_of_repeated_runs) {
    std::mt19937_64 random(6);
    std::exponential_distribution<double> draw(1e-6);
    constexpr std::size_t runs = 400;
    double sum = 0.0, squares = 0.0, stated = 0.0;
    for (std::size_t run = 0; run < runs; ++run) {
        Losses losses(4000);
        for (auto& loss : losses) loss = static_cast<std::int64_t>(draw(random));
        const TailRisk tail = tail_risk(losses, {95, 100});
        sum += tail.es_minor;
        squares += tail.es_minor * tail.es_minor;
        stated += tail.es_standard_error_minor / runs;
    }
    const double spread = std::sqrt(squares / runs - sum / runs * (sum / runs));
    BOOST_CHECK_CLOSE_FRACTION(stated, spread, 0.15);
}

BOOST_AUTO_TEST_CASE(moments_are_those_of_the_sample) {
    const LossMoments moments = loss_moments(Losses{2, 4, 4, 4, 5, 5, 7, 9});
    BOOST_TEST(moments.expected_minor == 5.0);
    BOOST_CHECK_CLOSE_FRACTION(moments.standard_deviation_minor, std::sqrt(32.0 / 7.0), 1e-15);
}

BOOST_AUTO_TEST_CASE(a_level_outside_its_range_and_no_scenario_are_refused) {
    check_refused({1, 2, 3}, {1, 1}, "level");
    check_refused({1, 2, 3}, {0, 1}, "level");
    check_refused({1, 2, 3}, {1, 10'000'000'000}, "level");
    check_refused({}, {99, 100}, "losses");
}

BOOST_AUTO_TEST_SUITE_END()
