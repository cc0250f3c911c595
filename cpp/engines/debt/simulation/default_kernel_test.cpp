// That every kernel decides each lane as the canonical rule does, above all where that is hard.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "numeric/uniform.hpp"

BOOST_AUTO_TEST_SUITE(default_kernel_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;

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

void check_on_the_edge(std::vector<Obligor>& obligors, const Factors& factors, std::uint64_t seed,
                       std::uint64_t scenario) {
    const ScenarioList list{.seed = seed, .scenario = std::span(&scenario, 1)};
    set_on_the_edge(obligors, factors, list);
    const auto expected = masks_literally(obligors, factors, list);
    const ObligorGroups groups = groups_of(obligors, factors);
    for (const InstructionSet set : default_kernels()) {
        std::vector<std::uint16_t> found(obligors.size());
        default_masks(groups, list, found, set);
        BOOST_TEST_CONTEXT(instruction_set_name(set)
                           << ", " << factors.model().factor_count << " factors") {
            BOOST_TEST(found == expected);
        }
    }
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
                check_on_the_edge(obligors, factors, seed, scenario);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(lanes_on_the_edge_whose_large_factors_cancel_are_decided_as_the_rule_does) {
    // What rounds is as large as the loadings, and the threshold does not show it.
    constexpr std::uint64_t seed = 32;
    constexpr std::uint64_t scenario = 8;
    for (const std::size_t factor_count : {4U, 64U}) {
        const Factors factors(factor_count);
        std::vector<double> z(factor_count);
        draw_factors(seed, scenario, z);
        const double square = std::inner_product(z.begin(), z.end(), z.begin(), 0.0);
        auto obligors = random_obligors(3000 * lane_factor(), factors, 17);
        for (Obligor& obligor : obligors) {
            auto& weights = obligor.factor_weight;
            const double along =
                std::inner_product(z.begin(), z.end(), weights.begin(), 0.0) / square;
            for (std::size_t k = 0; k < factor_count; ++k) weights[k] -= along * z[k];
            set_systematic_share(weights, factors.model(), 0.9999999);
        }
        check_on_the_edge(obligors, factors, seed, scenario);
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

BOOST_AUTO_TEST_CASE(losses_of_any_size_sum_exactly) {
    const Factors factors(1);
    for (const std::uint64_t bits : {0U, 15U, 29U, 30U, 31U, 44U, 45U, 56U}) {
        const auto largest = static_cast<std::int64_t>(std::uint64_t{1} << bits);
        auto obligors = random_obligors(60, factors, 12);
        for (Obligor& obligor : obligors) obligor.loss_minor = largest - 1;
        obligors.back().loss_minor = largest;
        check_all_kernels(obligors, factors, {.seed = 6, .count = 40});
    }
}

BOOST_AUTO_TEST_SUITE_END()
