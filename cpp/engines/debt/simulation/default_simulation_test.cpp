#include "engines/debt/simulation/default_simulation.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <stop_token>
#include <string>
#include <utility>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(default_simulation_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

std::pair<ErrorCode, std::string> refusal(const SimulationRange& range) {
    const Factors factors(1);
    try {
        simulate_losses(groups_of({}, factors), range, {});
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::source_unreadable, "none"};
}

std::vector<std::int64_t> losses_of(const std::vector<Obligor>& obligors, const Factors& factors,
                                    const SimulationRange& range) {
    return simulate_losses(groups_of(obligors, factors), range, {});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_certain_obligor_defaults_always_and_an_impossible_one_never) {
    std::vector<Obligor> obligors(2, {.factor_weight = {0.9}});
    obligors[0] = {
        .slot = 0, .default_threshold = infinity, .factor_weight = {0.9}, .loss_minor = 5};
    obligors[1] = {
        .slot = 1, .default_threshold = -infinity, .factor_weight = {0.9}, .loss_minor = 7};
    const auto losses = losses_of(obligors, Factors(1), {.seed = 1, .count = 200});
    BOOST_TEST(losses == std::vector<std::int64_t>(200, 5));
}

BOOST_AUTO_TEST_CASE(no_bit_depends_on_kernel_threads_or_tasks) {
    const Factors factors(4, 0.3);
    const auto obligors = random_obligors(2500, factors, 8);  // more than a tile
    const ObligorGroups groups = groups_of(obligors, factors);
    const SimulationRange range{.seed = 21, .first_scenario = (1ULL << 32U) - 50, .count = 150};
    const auto expected = losses_literally(obligors, factors, range);
    for (const InstructionSet set : default_kernels()) {
        for (const std::size_t threads : {1U, 2U, 7U}) {
            for (const std::size_t task_scenarios : {1U, 16U, 40U, 1024U}) {
                const auto found =
                    simulate_losses(groups, range, {.threads = threads}, {set, task_scenarios});
                BOOST_TEST_CONTEXT(instruction_set_name(set)
                                   << ", " << threads << " threads, " << task_scenarios
                                   << " scenarios a task") {
                    BOOST_TEST(found == expected);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_range_may_be_split_anywhere) {
    const Factors factors(3, 0.0, 2.1);
    const auto obligors = random_obligors(100, factors, 9);
    const auto expected =
        losses_of(obligors, factors, {.seed = 5, .first_scenario = 7, .count = 100});
    for (const std::size_t split : {0U, 1U, 15U, 16U, 99U, 100U}) {
        auto losses =
            losses_of(obligors, factors, {.seed = 5, .first_scenario = 7, .count = split});
        const auto rest = losses_of(obligors, factors,
                                    {.seed = 5, .first_scenario = 7 + split, .count = 100 - split});
        losses.insert(losses.end(), rest.begin(), rest.end());
        BOOST_TEST(losses == expected);
    }
}

BOOST_AUTO_TEST_CASE(the_order_of_the_rows_does_not_matter) {
    const Factors factors(3);
    auto obligors = random_obligors(200, factors, 10);
    const SimulationRange range{.seed = 5, .count = 100};
    const auto expected = losses_of(obligors, factors, range);
    std::ranges::sort(obligors, {}, &Obligor::loss_minor);
    BOOST_TEST(!std::ranges::is_sorted(obligors, {}, &Obligor::slot));
    BOOST_TEST(losses_of(obligors, factors, range) == expected);
}

BOOST_AUTO_TEST_CASE(an_obligor_added_and_removed_moves_nobody_elses_draws) {
    const Factors factors(2);
    auto obligors = random_obligors(100, factors, 11);
    const SimulationRange range{.seed = 5, .count = 300};
    const auto before = losses_of(obligors, factors, range);
    constexpr std::int64_t own_loss = 0x4'0000'0000'0000;
    for (const std::uint32_t slot : {2U, 5'000U, 0xFFFFFFFFU}) {
        obligors.insert(obligors.begin() + 50, {.slot = slot,
                                                .default_threshold = -1.0,
                                                .factor_weight = {0.3, 0.3},
                                                .loss_minor = own_loss});
        const auto with = losses_of(obligors, factors, range);
        std::size_t default_count = 0;
        for (std::size_t s = 0; s < range.count; ++s) {
            const std::int64_t own = with[s] - before[s];
            BOOST_TEST((own == 0 || own == own_loss));
            if (own != 0) ++default_count;
        }
        BOOST_TEST(default_count > 20U);
        obligors.erase(obligors.begin() + 50);
        BOOST_TEST(losses_of(obligors, factors, range) == before);
    }
}

BOOST_AUTO_TEST_CASE(defaults_are_those_that_make_the_losses) {
    const Factors factors(3, 0.1);
    const auto obligors = random_obligors(3000, factors, 13);
    const ObligorGroups groups = groups_of(obligors, factors);
    const SimulationRange range{.seed = 8, .first_scenario = 40, .count = 13};
    std::vector<std::uint64_t> scenarios(range.count);
    std::iota(scenarios.begin(), scenarios.end(), range.first_scenario);
    std::vector<std::uint16_t> masks(obligors.size());
    for (const InstructionSet set : default_kernels()) {
        default_masks(groups, {.seed = 8, .scenario = scenarios}, masks, set);
        std::vector<std::int64_t> losses(range.count);
        for (std::size_t i = 0; i < obligors.size(); ++i) {
            const std::uint32_t mask = masks[i];
            BOOST_TEST(mask >> range.count == 0U);
            for (std::size_t s = 0; s < range.count; ++s) {
                if ((mask >> s & 1U) != 0) losses[s] += obligors[i].loss_minor;
            }
        }
        BOOST_TEST(losses == simulate_losses(groups, range, {}));
    }
}

BOOST_AUTO_TEST_CASE(a_higher_probability_of_default_only_adds_defaults) {
    const Factors factors(2);
    auto obligors = random_obligors(500, factors, 14);
    std::vector<std::uint64_t> scenarios(16);
    std::iota(scenarios.begin(), scenarios.end(), 0U);
    const ScenarioList list{.seed = 9, .scenario = scenarios};
    std::vector<std::uint16_t> before(obligors.size());
    std::vector<std::uint16_t> after(obligors.size());
    default_masks(groups_of(obligors, factors), list, before);
    for (Obligor& obligor : obligors) obligor.default_threshold += 0.3;
    default_masks(groups_of(obligors, factors), list, after);
    for (std::size_t i = 0; i < obligors.size(); ++i) {
        BOOST_TEST((before[i] | after[i]) == after[i]);
    }
    BOOST_TEST((before != after));
}

BOOST_AUTO_TEST_CASE(the_mean_loss_is_the_expected_loss_in_both_copulas) {
    for (const double degrees_of_freedom : {infinity, 4.0}) {
        const Factors factors(4, 0.3, degrees_of_freedom);
        auto obligors = random_obligors(400, factors, 15);
        const std::vector<double> probability{0.001, 0.01, 0.05, 0.3};
        const auto thresholds = default_thresholds(probability, factors.model());
        double expected = 0.0;
        for (std::size_t i = 0; i < obligors.size(); ++i) {
            obligors[i].loss_minor = 1000;
            obligors[i].default_threshold = thresholds[i % 4];
            set_systematic_share(obligors[i].factor_weight, factors.model(), 0.1);
            expected += 1000.0 * probability[i % 4];
        }
        constexpr std::size_t count = 20'000;
        const auto losses = losses_of(obligors, factors, {.seed = 10, .count = count});
        double mean = 0.0;
        double square = 0.0;
        for (const std::int64_t loss : losses) {
            const auto value = static_cast<double>(loss);
            mean += value / count;
            square += value * value / count;
        }
        const double standard_error = std::sqrt((square - mean * mean) / count);
        BOOST_TEST(std::abs(mean - expected) < 5.0 * standard_error);
    }
}

BOOST_AUTO_TEST_CASE(pools_have_the_defaults_of_frey_mcneil_and_nyfeler) {
    // 10,000 obligors of PD 0.5 %, asset correlation 3.8 %: quantiles at 95 and 99 % of the number
    // of defaults by quadrature (the paper prints 109/157, 239/589, 250/1074 by simulation).
    struct Pool {
        double degrees_of_freedom;
        double quantile_95;
        double quantile_99;
    };
    for (const Pool& pool :
         {Pool{infinity, 109, 155}, Pool{10.0, 239, 596}, Pool{4.0, 253, 1079}}) {
        const Factors factors(1, 0.0, pool.degrees_of_freedom);
        const std::vector<double> probability{0.005};
        const double threshold = default_thresholds(probability, factors.model())[0];
        std::vector<Obligor> obligors(10'000);
        for (std::size_t i = 0; i < obligors.size(); ++i) {
            obligors[i] = {.slot = static_cast<std::uint32_t>(i),
                           .default_threshold = threshold,
                           .factor_weight = {std::sqrt(0.038)}};
        }
        auto losses = losses_of(obligors, factors, {.seed = 2, .count = 20'000});
        std::ranges::sort(losses);
        // Three standard errors of a quantile: its place is off by 3·√(20,000·α·(1 − α)).
        const auto between = [&](double quantile, std::size_t low, std::size_t high) {
            return static_cast<double>(losses[low]) <= quantile &&
                   quantile <= static_cast<double>(losses[high]);
        };
        BOOST_TEST_CONTEXT(pool.degrees_of_freedom) {
            BOOST_TEST(between(pool.quantile_95, 19'000 - 93, 19'000 + 93));
            BOOST_TEST(between(pool.quantile_99, 19'800 - 43, 19'800 + 43));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_empty_book_loses_nothing_and_no_scenarios_are_no_losses) {
    const Factors factors(1);
    BOOST_TEST(losses_of({}, factors, {.seed = 1, .count = 3}) ==
               (std::vector<std::int64_t>{0, 0, 0}));
    BOOST_TEST(losses_of({}, factors, {.seed = 1, .count = 0}).empty());
}

BOOST_AUTO_TEST_CASE(a_range_ends_below_2_64) {
    constexpr std::uint64_t near_end = ~std::uint64_t{0} - 3;
    BOOST_TEST(refusal({.first_scenario = near_end, .count = 3}).second == "none");
    BOOST_TEST(
        (refusal({.first_scenario = near_end, .count = 4}).first == ErrorCode::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(at_most_a_block_of_scenarios_has_masks) {
    const std::vector<std::uint64_t> scenarios(block_scenarios + 1);
    const ObligorGroups groups = groups_of({}, Factors(1));
    BOOST_CHECK_EXCEPTION(default_masks(groups, {.seed = 1, .scenario = scenarios}, {}), Error,
                          [](const Error& error) {
                              return error.code() == ErrorCode::limit_exceeded &&
                                     error.where() == "scenarios";
                          });
}

BOOST_AUTO_TEST_CASE(there_is_a_mask_for_each_obligor) {
    const Factors factors(1);
    const ObligorGroups groups = groups_of(random_obligors(3, factors, 1), factors);
    std::vector<std::uint16_t> masks(2);
    BOOST_CHECK_EXCEPTION(default_masks(groups, {.seed = 1}, masks), Error, [](const Error& error) {
        return error.code() == ErrorCode::invalid_input && error.where() == "masks";
    });
}

BOOST_AUTO_TEST_CASE(progress_counts_scenarios_and_a_stop_is_an_error) {
    const Factors factors(1);
    const ObligorGroups groups = groups_of(random_obligors(10, factors, 1), factors);
    std::atomic<std::uint64_t> completed{0};
    const std::stop_source stop;
    const seawall::ParallelOptions parallel{
        .threads = 1, .control = {.stop = stop.get_token(), .completed_units = &completed}};
    simulate_losses(groups, {.seed = 1, .count = 100}, parallel);
    BOOST_TEST(completed == 100U);
    stop.request_stop();
    BOOST_CHECK_EXCEPTION(simulate_losses(groups, {.seed = 1, .count = 100}, parallel), Error,
                          [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()
