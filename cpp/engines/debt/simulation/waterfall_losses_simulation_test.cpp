#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "engines/debt/simulation/tail_risk.hpp"
#include "engines/debt/simulation/waterfall_losses_fixture.hpp"
#include "numeric/normal_distribution.hpp"

BOOST_AUTO_TEST_SUITE(waterfall_losses_simulation_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::normal_cdf;
using seawall::normal_quantile;

namespace {

using Losses = std::vector<std::int64_t>;

/// Each scenario's masks where the obligors' default draws decide.
std::vector<std::uint16_t> drawn_masks(const ObligorGroups& groups, std::uint64_t seed,
                                       std::uint64_t first) {
    std::vector<std::uint64_t> numbers(block_scenarios);
    std::iota(numbers.begin(), numbers.end(), first);
    std::vector<std::uint16_t> masks(groups.obligor_count);
    default_masks(groups, {.seed = seed, .scenario = numbers}, masks);
    return masks;
}

/// Total losses of a seed's first scenarios, a multiple of block_scenarios.
Losses simulated(const LossRule& rule, const ObligorGroups& groups, const FactorModel& model,
                 std::size_t count) {
    const Scenarios scenarios(5, 0, count, model);
    Losses losses(count);
    for (std::size_t first = 0; first < count; first += block_scenarios) {
        const auto masks = drawn_masks(groups, 5, first);
        rule.add_losses(scenarios.block(first, block_scenarios, masks),
                        std::span(losses).subspan(first, block_scenarios), {});
    }
    return losses;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_mean_loss_of_a_loan_is_the_integral_over_the_factor) {
    const Factors factors(1);
    const double pd = 0.1;
    const double weight = 0.5;
    const double of_pool = 0.7;
    const double sigma = 0.35;
    const auto groups = groups_of({{.slot = 3,
                                    .default_threshold = normal_quantile(pd),
                                    .factor_weight = {weight},
                                    .loss_minor = 0}},
                                  factors);
    const Book book(one_loan(1'000'000, 1'200'000), {.haircut = 0.15, .sale_cost = 0.05},
                    {{.number = 7, .volatility = sigma, .factor_weight = {of_pool}}});
    const WaterfallLosses rule(book.book(), factors.model());
    const std::size_t count = std::size_t{1} << 18U;
    const LossMoments moments = loss_moments(simulated(rule, groups, factors.model(), count));

    // Given z, default and value are independent, and the loss is a put on a lognormal value.
    const double kept = 0.85 * 0.95 * 1'200'000.0;
    const double own = sigma * std::sqrt(1.0 - of_pool * of_pool);
    double expected = 0.0;
    const double step = 1e-3;
    for (double z = -9.0; z <= 9.0; z += step) {
        const double p =
            normal_cdf((normal_quantile(pd) - weight * z) / std::sqrt(1.0 - weight * weight));
        const double forward =
            kept * std::exp(sigma * of_pool * z - 0.5 * sigma * sigma + 0.5 * own * own);
        const double d = (std::log(1e6 / forward) + 0.5 * own * own) / own;
        const double put = 1e6 * normal_cdf(d) - forward * normal_cdf(d - own);
        const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
        expected += p * put * density * step;
    }
    BOOST_TEST_MESSAGE("mean loss " << moments.expected_minor << ", integral " << expected);
    BOOST_TEST(std::abs(moments.expected_minor - expected) < 4.0 * moments.standard_error_minor);
    // A loss that ignored the factor would be far off.
    BOOST_TEST(moments.standard_error_minor < 0.01 * expected);
}

BOOST_AUTO_TEST_CASE(value_is_conserved_to_the_minor_unit_in_every_scenario) {
    const MixedBook mixed(60);
    const Factors factors(2, 0.4, 4.0);
    const WaterfallLosses rule(mixed.book().book(), factors.model());
    const Scenarios scenarios(3, 0, 96, factors.model());
    for (std::size_t first = 0; first < 96; first += block_scenarios) {
        const auto masks = mixed.masks(static_cast<unsigned>(first));
        const DefaultedBlock block = scenarios.block(first, block_scenarios, masks);
        const BlockLosses losses = losses_of(rule, block);
        for (std::size_t s = 0; s < block_scenarios; ++s) {
            const RecoveryMoney money = rule.money(block, s);
            BOOST_REQUIRE_EQUAL(money.value_minor,
                                money.paid_minor + money.set_aside_minor + money.sale_cost_minor +
                                    money.administration_minor + money.equity_minor);
            BOOST_REQUIRE_GT(money.set_aside_minor, 0);
            std::int64_t due = 0;
            std::int64_t of_positions = 0;
            for (std::size_t i = 0; i < mixed.rows.claims.size(); ++i) {
                const bool defaults = (masks[mixed.rows.claims[i].estate] >> s & 1U) != 0;
                if (defaults) due += mixed.rows.claims[i].amount;
                if (!defaults) BOOST_REQUIRE_EQUAL(losses.of(i, s), 0);
                BOOST_REQUIRE_GE(losses.of(i, s), 0);
                of_positions += losses.of(i, s);
            }
            BOOST_REQUIRE_EQUAL(losses.total[s], due - money.paid_minor);
            BOOST_REQUIRE_EQUAL(losses.total[s], of_positions);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_bit_depends_on_how_scenarios_are_split) {
    const MixedBook mixed(40);
    const Factors factors(2, 0.4, 4.0);
    const WaterfallLosses rule(mixed.book().book(), factors.model());
    const Scenarios scenarios(3, 1'000, block_scenarios, factors.model());
    const auto masks = mixed.masks(1);
    const BlockLosses all = losses_of(rule, scenarios.block(0, block_scenarios, masks));
    for (const std::size_t split : {1U, 7U, 15U}) {
        std::vector<std::uint16_t> later = masks;
        for (auto& mask : later) mask = static_cast<std::uint16_t>(mask >> split);
        const BlockLosses front = losses_of(rule, scenarios.block(0, split, masks));
        const BlockLosses back =
            losses_of(rule, scenarios.block(split, block_scenarios - split, later));
        for (std::size_t s = 0; s < block_scenarios; ++s) {
            const BlockLosses& part = s < split ? front : back;
            const std::size_t place = s < split ? s : s - split;
            BOOST_REQUIRE_EQUAL(part.total[place], all.total[s]);
            for (std::size_t i = 0; i < rule.position_count(); ++i) {
                BOOST_REQUIRE_EQUAL(part.of(i, place), all.of(i, s));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(any_thread_may_ask_at_any_time) {
    const MixedBook mixed(40);
    const Factors factors(2, 0.4);
    const WaterfallLosses rule(mixed.book().book(), factors.model());
    const std::size_t block_count = 24;
    const Scenarios scenarios(3, 0, block_count * block_scenarios, factors.model());
    const auto masks = mixed.masks(2);
    const auto run = [&](std::size_t block, std::vector<BlockLosses>& results) {
        results[block] =
            losses_of(rule, scenarios.block(block * block_scenarios, block_scenarios, masks));
    };
    std::vector<BlockLosses> expected(block_count);
    for (std::size_t block = 0; block < block_count; ++block) run(block, expected);
    std::vector<BlockLosses> found(block_count);
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (std::size_t k = 0; k < block_count / 3; ++k) {
                run(block_count - 1 - (3 * k + t), found);
            }
        });
    }
    threads.clear();
    for (std::size_t block = 0; block < block_count; ++block) {
        BOOST_TEST(found[block].total == expected[block].total);
        BOOST_TEST(found[block].position == expected[block].position);
    }
}

BOOST_AUTO_TEST_CASE(in_a_distressed_book_the_tail_is_the_recovery) {
    // 200 loans that default with 70 %: how many do varies little, what they bring varies much.
    const Factors factors(1);
    std::vector<Obligor> obligors;
    Rows rows;
    std::vector<Shock> shocks;
    for (std::uint32_t i = 0; i < 200; ++i) {
        obligors.push_back({.slot = i,
                            .default_threshold = normal_quantile(0.7),
                            .factor_weight = {std::sqrt(0.2)},
                            .loss_minor = 0});
        rows.claims.push_back({.amount = 1'000'000, .estate = i, .pool = i});
        rows.pools.push_back({.value = 750'000, .owner = i});
        rows.estates.emplace_back();
        shocks.push_back({.number = i, .volatility = 0.5, .factor_weight = {0.8}});
    }
    const Book book(rows, {.haircut = 0.2, .sale_cost = 0.05}, shocks);
    const WaterfallLosses rule(book.book(), factors.model());
    const Losses losses =
        simulated(rule, groups_of(obligors, factors), factors.model(), std::size_t{1} << 14U);
    const double mean = loss_moments(losses).expected_minor;
    // The same expected loss with a loss given default that is fixed.
    for (Obligor& obligor : obligors) obligor.loss_minor = std::llround(mean / (200 * 0.7));
    const Losses fixed =
        simulate_losses(groups_of(obligors, factors), {.seed = 5, .count = losses.size()}, {});
    const ConfidenceLevel level{.numerator = 99, .denominator = 100};
    const double exposure = 200e6;
    const double with_waterfall =
        static_cast<double>(tail_risk(losses, level).var_minor) / exposure;
    const double with_fixed = static_cast<double>(tail_risk(fixed, level).var_minor) / exposure;
    BOOST_TEST_MESSAGE("expected " << mean / exposure << ", 99 %: fixed " << with_fixed
                                   << ", waterfall " << with_waterfall);
    BOOST_TEST(std::abs(loss_moments(fixed).expected_minor - mean) < 0.01 * mean);
    // In an infinitely fine pool they are 0.476 and 0.761.
    BOOST_TEST(std::abs(with_fixed - 0.476) < 0.01);
    BOOST_TEST(std::abs(with_waterfall - 0.761) < 0.02);
}

BOOST_AUTO_TEST_SUITE_END()
