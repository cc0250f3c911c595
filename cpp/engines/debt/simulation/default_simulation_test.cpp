#include "engines/debt/simulation/default_simulation.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <random>
#include <stop_token>
#include <string>
#include <utility>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "numeric/uniform.hpp"
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

constexpr double heavy_tails = 2.1;  ///< degrees of freedom

/// The scenarios with the least and the largest mixing among many.
std::vector<std::uint64_t> scenarios_of_extreme_mixing(std::uint64_t seed) {
    const MixingVariable mixing(heavy_tails);
    std::vector<std::uint64_t> scenarios(100'000);
    std::iota(scenarios.begin(), scenarios.end(), 0U);
    const auto [least, largest] = std::ranges::minmax_element(
        scenarios, {}, [&](std::uint64_t scenario) { return mixing.root(seed, scenario); });
    return {*least, *largest};
}

/// Obligors whose thresholds are near every end of what they can be.
std::vector<Obligor> extreme_obligors(std::size_t count, const Factors& factors) {
    const double thresholds[] = {
        -infinity, seawall::normal_quantile(1e-12), seawall::normal_quantile(1e-7),
        0.0,       -seawall::normal_quantile(1e-7), infinity};
    auto obligors = random_obligors(count, factors, 6);
    for (std::size_t i = 0; i < count; ++i) {
        obligors[i].default_threshold = thresholds[i % std::size(thresholds)];
        // No factors leaves the conditional probability at the end, however far out it is.
        if (i % 4 == 0) std::ranges::fill(obligors[i].factor_weight, 0.0);
    }
    return obligors;
}

/// Scenarios in which the high 16 bits of some obligor's draw are all 0, or all 1.
std::vector<std::uint64_t> scenarios_at_the_ends(const std::vector<Obligor>& obligors,
                                                 std::uint64_t seed, std::uint16_t draw,
                                                 std::size_t count) {
    std::vector<std::uint64_t> scenarios;
    for (std::uint64_t scenario = 0; scenarios.size() < count; ++scenario) {
        if (std::ranges::any_of(obligors, [&](const Obligor& obligor) {
                return seawall::default_high_16(seed, scenario, obligor.slot) == draw;
            })) {
            scenarios.push_back(scenario);
        }
    }
    return scenarios;
}

/// The masks that the canonical rule gives.
std::vector<std::uint16_t> masks_literally(const std::vector<Obligor>& obligors,
                                           const Factors& factors, const ScenarioList& list) {
    const auto root = correlation_root(factors.model());
    std::vector<double> z(factors.model().factor_count);
    std::vector<float> loading(z.size());
    const MixingVariable mixing(factors.model().degrees_of_freedom);
    std::vector<std::uint16_t> masks(obligors.size());
    for (std::size_t s = 0; s < list.scenario.size(); ++s) {
        draw_factors(list.seed, list.scenario[s], z);
        const double mixing_root = mixing.root(list.seed, list.scenario[s]);
        for (std::size_t i = 0; i < obligors.size(); ++i) {
            standardise_loading(obligors[i].factor_weight, root, loading);
            const double threshold = standardise_threshold(obligors[i].default_threshold, loading);
            const bool is_default =
                defaults(list.seed, list.scenario[s], obligors[i].slot, threshold, loading,
                         {.factor = z, .mixing_root = mixing_root});
            masks[i] = static_cast<std::uint16_t>(masks[i] | ((is_default ? 1U : 0U) << s));
        }
    }
    return masks;
}

/// Moves each obligor's threshold to where, in one scenario, its probability of default is its
/// uniform, or a few 2^-16 away: as hard to decide as can be.
void set_on_the_edge(std::vector<Obligor>& obligors, const Factors& factors,
                     const ScenarioList& list) {
    const double offsets[] = {0.0, 0.0, 0.5, -0.5, 2.0, -2.0, 5.0, -5.0, 9.0, -9.0, 14.0, -14.0};
    const auto root = correlation_root(factors.model());
    const std::uint64_t scenario = list.scenario[0];
    const MixingVariable mixing(factors.model().degrees_of_freedom);
    const double mixing_root = mixing.root(list.seed, scenario);
    std::vector<double> z(factors.model().factor_count);
    std::vector<float> loading(z.size());
    draw_factors(list.seed, scenario, z);
    for (std::size_t i = 0; i < obligors.size(); ++i) {
        Obligor& obligor = obligors[i];
        standardise_loading(obligor.factor_weight, root, loading);
        const auto bits = seawall::default_uniform_48(list.seed, scenario, obligor.slot);
        const double edge =
            (static_cast<double>(bits) + 0.5) * 0x1p-48 + offsets[i % std::size(offsets)] * 0x1p-16;
        double distance = seawall::normal_quantile(std::clamp(edge, 1e-13, 1.0 - 1e-13));
        for (std::size_t k = 0; k < z.size(); ++k) {
            distance += static_cast<double>(loading[k]) * z[k];
        }
        obligor.default_threshold = distance / mixing_root / standardise_threshold(1.0, loading);
    }
}

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

BOOST_AUTO_TEST_CASE(every_kernel_decides_as_the_canonical_rule_does) {
    for (const std::size_t factor_count : {1U, 2U, 5U, 16U}) {
        const Factors factors(factor_count, 0.3);
        check_all_kernels(random_obligors(301, factors, 1), factors,
                          {.seed = 99, .first_scenario = 1000, .count = 333 * lane_factor()});
    }
}

BOOST_AUTO_TEST_CASE(every_kernel_decides_as_the_rule_does_with_heavy_tails) {
    const Factors factors(4, 0.3, heavy_tails);
    check_all_kernels(random_obligors(200, factors, 2), factors,
                      {.seed = 3, .count = 400 * lane_factor()});
}

BOOST_AUTO_TEST_CASE(sixty_four_factors_of_mixed_signs_that_are_almost_all_of_the_risk) {
    for (const double degrees_of_freedom : {infinity, heavy_tails}) {
        const Factors factors(64, 0.2, degrees_of_freedom);
        auto obligors = random_obligors(203, factors, 3);
        for (Obligor& obligor : obligors) {
            set_systematic_share(obligor.factor_weight, factors.model(), 0.9999);
        }
        check_all_kernels(obligors, factors, {.seed = 4, .count = 64 * lane_factor()});
    }
}

BOOST_AUTO_TEST_CASE(distances_beyond_any_integer_are_left_to_the_rule) {
    const Factors factors(2, 0.0, heavy_tails);
    auto obligors = random_obligors(64, factors, 7);
    const double far[] = {-1e300, -4e7, -1e5, -5e4, 5e4, 1e5, 4e7, 1e300};
    for (std::size_t i = 0; i < obligors.size(); ++i) {
        obligors[i].default_threshold = far[i * 8 / obligors.size()];
        set_systematic_share(obligors[i].factor_weight, factors.model(), 0.5);
    }
    check_all_kernels(obligors, factors, {.seed = 4, .count = 100});
}

BOOST_AUTO_TEST_CASE(lanes_on_the_edge_of_default_are_decided_as_the_rule_does) {
    constexpr std::uint64_t seed = 31;
    for (const std::size_t factor_count : {1U, 4U, 16U, 64U}) {
        const Factors factors(factor_count, 0.2, heavy_tails);
        auto obligors = random_obligors(1500 * lane_factor(), factors, 16);
        for (const double share : {0.2, 0.9999, 0.999999}) {
            for (Obligor& obligor : obligors) {
                set_systematic_share(obligor.factor_weight, factors.model(), share);
            }
            for (const std::uint64_t scenario : scenarios_of_extreme_mixing(seed)) {
                const ScenarioList list{.seed = seed, .scenario = std::span(&scenario, 1)};
                set_on_the_edge(obligors, factors, list);
                const auto expected = masks_literally(obligors, factors, list);
                const ObligorGroups groups = groups_of(obligors, factors);
                for (const InstructionSet set : default_kernels()) {
                    std::vector<std::uint16_t> found(obligors.size());
                    default_masks(groups, list, found, set);
                    BOOST_TEST_CONTEXT(instruction_set_name(set)
                                       << ", " << factor_count << " factors, share " << share) {
                        BOOST_TEST(found == expected);
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(draws_at_either_end_are_decided_as_the_rule_does) {
    constexpr std::uint64_t seed = 12;
    const Factors factors(2);
    const auto obligors = extreme_obligors(240, factors);
    const ObligorGroups groups = groups_of(obligors, factors);
    for (const std::uint16_t draw : {std::uint16_t{0}, std::uint16_t{0xFFFF}}) {
        const auto scenarios = scenarios_at_the_ends(obligors, seed, draw, 64 * lane_factor());
        for (std::size_t first = 0; first < scenarios.size(); first += block_scenarios) {
            const ScenarioList list{
                .seed = seed, .scenario = std::span(scenarios).subspan(first, block_scenarios)};
            const auto expected = masks_literally(obligors, factors, list);
            for (const InstructionSet set : default_kernels()) {
                std::vector<std::uint16_t> found(obligors.size());
                default_masks(groups, list, found, set);
                BOOST_TEST_CONTEXT(instruction_set_name(set)) {
                    BOOST_TEST(found == expected);
                }
            }
        }
    }
}

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
    const Factors factors(3, 0.0, heavy_tails);
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
    std::ranges::shuffle(obligors, std::mt19937(1));
    BOOST_TEST(losses_of(obligors, factors, range) == expected);
}

BOOST_AUTO_TEST_CASE(an_obligor_added_and_removed_moves_nobody_elses_draws) {
    const Factors factors(2);
    auto obligors = random_obligors(100, factors, 11);
    const SimulationRange range{.seed = 5, .count = 300};
    const auto before = losses_of(obligors, factors, range);
    for (const std::uint32_t slot : {2U, 5'000U, 0xFFFFFFFFU}) {
        obligors.insert(obligors.begin() + 50, {.slot = slot,
                                                .default_threshold = -1.0,
                                                .factor_weight = {0.3, 0.3},
                                                .loss_minor = std::int64_t{1} << 50U});
        const auto with = losses_of(obligors, factors, range);
        std::size_t default_count = 0;
        for (std::size_t s = 0; s < range.count; ++s) {
            const std::int64_t own = with[s] - before[s];
            BOOST_TEST((own == 0 || own == std::int64_t{1} << 50U));
            if (own != 0) ++default_count;
        }
        BOOST_TEST(default_count > 20U);
        obligors.erase(obligors.begin() + 50);
        BOOST_TEST(losses_of(obligors, factors, range) == before);
    }
}

BOOST_AUTO_TEST_CASE(losses_of_any_size_sum_exactly) {
    const Factors factors(1);
    for (const unsigned bits : {0U, 15U, 29U, 30U, 31U, 44U, 45U, 56U}) {
        auto obligors = random_obligors(60, factors, 12);
        for (Obligor& obligor : obligors) obligor.loss_minor = (std::int64_t{1} << bits) - 1;
        obligors.back().loss_minor = std::int64_t{1} << bits;
        check_all_kernels(obligors, factors, {.seed = 6, .count = 40});
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
            BOOST_TEST(masks[i] >> range.count == 0);
            for (std::size_t s = 0; s < range.count; ++s) {
                if ((masks[i] >> s & 1U) != 0) losses[s] += obligors[i].loss_minor;
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
    for (std::size_t i = 0; i < obligors.size(); ++i) BOOST_TEST((before[i] & ~after[i]) == 0);
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

BOOST_AUTO_TEST_CASE(progress_counts_scenarios_and_a_stop_is_an_error) {
    const Factors factors(1);
    const ObligorGroups groups = groups_of(random_obligors(10, factors, 1), factors);
    std::atomic<std::uint64_t> completed{0};
    std::stop_source stop;
    const seawall::ParallelOptions parallel{
        .threads = 1, .control = {.stop = stop.get_token(), .completed_units = &completed}};
    simulate_losses(groups, {.seed = 1, .count = 100}, parallel);
    BOOST_TEST(completed == 100U);
    stop.request_stop();
    BOOST_CHECK_EXCEPTION(simulate_losses(groups, {.seed = 1, .count = 100}, parallel), Error,
                          [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()
