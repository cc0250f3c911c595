#include "engines/debt/simulation/sampling.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "engines/debt/simulation/tail_contributions.hpp"
#include "errors/error.hpp"
#include "numeric/chi_squared_distribution.hpp"
#include "numeric/uniform.hpp"

BOOST_AUTO_TEST_SUITE(sampling_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

constexpr std::uint64_t seed = 77;

struct Drawn {
    std::vector<double> factor;
    double root = 0.0;
};

Drawn draw(const StateSampling& sampling, std::uint64_t scenario, std::size_t factor_count,
           double degrees_of_freedom) {
    Drawn drawn{.factor = std::vector<double>(factor_count)};
    drawn.root =
        draw_state(sampling, seed, scenario, MixingVariable(degrees_of_freedom), drawn.factor);
    return drawn;
}

std::string refusal(const StateSampling& sampling, double degrees_of_freedom = infinity) {
    try {
        check(sampling, seed, 2, MixingVariable(degrees_of_freedom));
    } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_input ? error.where() : "another code";
    }
    return "none";
}

std::string refusal(const ImportanceShift& shift, double degrees_of_freedom = infinity) {
    return refusal(StateSampling{.importance = &shift}, degrees_of_freedom);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_shift_moves_seven_scenarios_of_eight_and_leaves_the_eighth) {
    const ImportanceShift shift{.factor_shift = {-2.5, 0.5}, .mixing_tilt = 1.5};
    for (std::uint64_t s = 16; s < 32; ++s) {
        const Drawn plain = draw({}, s, 2, 4.0);
        const Drawn shifted = draw({.importance = &shift}, s, 2, 4.0);
        const bool stays = s % 8 == 0;
        BOOST_TEST(shifted.factor[0] == plain.factor[0] + (stays ? 0.0 : -2.5));
        BOOST_TEST(shifted.factor[1] == plain.factor[1] + (stays ? 0.0 : 0.5));
        BOOST_CHECK_CLOSE_FRACTION(shifted.root, stays ? plain.root : plain.root / 2.0, 1e-15);
    }
}

BOOST_AUTO_TEST_CASE(a_sobol_scenario_is_a_point_of_its_scramble) {
    const SobolScrambles scrambles(seed, 2);
    for (const std::uint64_t s : {0U, 5U, 31U, 32U, 1000U}) {
        const ScrambledSobol scramble(3, seed, static_cast<std::uint32_t>(s % 32));
        const Drawn drawn = draw({.scrambles = &scrambles}, s, 2, 3.0);
        BOOST_TEST(drawn.factor[0] == normal_quantile(scramble.coordinate(s / 32, 0)));
        BOOST_TEST(drawn.factor[1] == normal_quantile(scramble.coordinate(s / 32, 1)));
        const double w = chi_squared_quantile(scramble.coordinate(s / 32, 2), 3.0);
        BOOST_CHECK_CLOSE_FRACTION(drawn.root, std::sqrt(w / 3.0), 1e-14);
        BOOST_TEST(draw({.scrambles = &scrambles}, s, 2, infinity).root == 1.0);
    }
}

BOOST_AUTO_TEST_CASE(a_power_of_two_of_points_of_each_scramble_is_stratified) {
    const SobolScrambles scrambles(seed, 3);
    const MixingVariable mixing(infinity);
    constexpr std::size_t points = 64;
    std::vector<std::size_t> seen(scramble_count * points);
    std::vector<double> z(3);
    for (std::uint64_t s = 0; s < scramble_count * points; ++s) {
        scrambles.draw(s, mixing, z);
        const auto cell = static_cast<std::size_t>(normal_cdf(z[1]) * points);
        ++seen[s % scramble_count * points + cell];
    }
    BOOST_TEST(seen == std::vector<std::size_t>(scramble_count * points, 1));
}

BOOST_AUTO_TEST_CASE(a_sampling_out_of_order_is_refused_at_its_place) {
    BOOST_TEST(refusal(ImportanceShift{{1.0, -2.0}, 0.0}) == "none");
    BOOST_TEST(refusal(ImportanceShift{{1.0}, 0.0}) == "sampling.factor_shift");
    BOOST_TEST(refusal(ImportanceShift{{1.0, infinity}, 0.0}) == "sampling.factor_shift[1]");
    BOOST_TEST(refusal(ImportanceShift{{30.0, 30.0}, 0.0}) == "sampling.factor_shift");
    BOOST_TEST(refusal(ImportanceShift{{0.0, 0.0}, 1.0}) == "sampling.mixing_tilt");
    BOOST_TEST(refusal(ImportanceShift{{0.0, 0.0}, 1.0}, 4.0) == "none");
    BOOST_TEST(refusal(ImportanceShift{{0.0, 0.0}, -0.5}, 4.0) == "sampling.mixing_tilt");
    BOOST_TEST(refusal(ImportanceShift{{0.0, 0.0}, std::nan("")}, 4.0) == "sampling.mixing_tilt");
    const ImportanceShift shift{{0.0, 0.0}, 0.0};
    const SobolScrambles scrambles(seed, 2);
    const SobolScrambles other_seed(seed + 1, 2);
    const SobolScrambles other_factors(seed, 3);
    BOOST_TEST(refusal({.scrambles = &scrambles}) == "none");
    BOOST_TEST(refusal({.importance = &shift, .scrambles = &scrambles}) == "sampling");
    BOOST_TEST(refusal({.scrambles = &other_seed}) == "sampling.scrambles");
    BOOST_TEST(refusal({.scrambles = &other_factors}) == "sampling.scrambles");
}

BOOST_AUTO_TEST_CASE(any_split_and_any_thread_count_gives_the_bits_of_the_rule) {
    const Factors factors(3, 0.2, 5.0);
    const auto obligors = random_obligors(300, factors, 4);
    const ObligorGroups groups = groups_of(obligors, factors);
    const ImportanceShift shift{.factor_shift = {-1.5, 0.3, -0.7}, .mixing_tilt = 0.8};
    const SobolScrambles scrambles(seed, 3);
    for (const StateSampling& sampling :
         {StateSampling{.importance = &shift}, StateSampling{.scrambles = &scrambles}}) {
        const auto run = [&](std::uint64_t first, std::size_t count, std::size_t threads) {
            const SimulationRange range{
                .seed = seed, .first_scenario = first, .count = count, .sampling = sampling};
            return simulate_losses(groups, range, {.threads = threads});
        };
        const auto expected = losses_literally(
            obligors, factors,
            {.seed = seed, .first_scenario = 1003, .count = 200, .sampling = sampling});
        BOOST_TEST(run(1003, 200, 7) == expected);
        auto split = run(1003, 77, 1);
        const auto rest = run(1080, 123, 2);
        split.insert(split.end(), rest.begin(), rest.end());
        BOOST_TEST(split == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_tail_of_sobol_scenarios_is_replayed_as_it_was) {
    const Factors factors(3, 0.2, 5.0);
    const auto obligors = random_obligors(100, factors, 4);
    const ObligorGroups groups = groups_of(obligors, factors);
    const SobolScrambles scrambles(seed, 3);
    const SimulationRange range{.seed = seed, .count = 640, .sampling = {.scrambles = &scrambles}};
    const auto losses = simulate_losses(groups, range, {});
    const TailRisk tail = tail_risk(losses, {9, 10});
    const TailDefaults defaults = replay_tail(groups, range, losses, tail, {});
    std::int64_t replayed = 0, wanted = 0;
    for (std::size_t i = 0; i < obligors.size(); ++i) {
        replayed += obligors[i].loss_minor * defaults.above_count[i];
    }
    for (const std::int64_t loss : losses) wanted += loss > tail.var_minor ? loss : 0;
    BOOST_TEST(replayed == wanted);
}

BOOST_AUTO_TEST_CASE(sobol_points_end) {
    const SobolScrambles scrambles(seed, 1);
    const ObligorGroups groups = groups_of({}, Factors(1));
    const auto run = [&](std::uint64_t first) {
        return simulate_losses(groups,
                               {.seed = seed,
                                .first_scenario = first,
                                .count = 2,
                                .sampling = {.scrambles = &scrambles}},
                               {});
    };
    BOOST_TEST(run((1ULL << 37U) - 2).size() == 2U);
    BOOST_CHECK_EXCEPTION(run((1ULL << 37U) - 1), Error, [](const Error& error) {
        return error.code() == ErrorCode::limit_exceeded && error.where() == "scenarios";
    });
}

BOOST_AUTO_TEST_SUITE_END()
