#include "engines/debt/simulation/conditional_factors.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "engines/debt/simulation/importance_choice.hpp"
#include "engines/debt/simulation/reverse_search.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(conditional_factors_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;
using boost::test_tools::tolerance;

namespace {

const ParallelOptions one_thread{.threads = 1};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Variables with what they have in common with the factors.
struct Macro {
    std::vector<double> value, covariance, factor_covariance;

    MacroValues values() const {
        return {.value = value, .covariance = covariance, .factor_covariance = factor_covariance};
    }
};

ConditionalFactors given(const Factors& factors, const Macro& macro) {
    return conditional_factors(factors.model(), macro.values());
}

std::string refusal(const Factors& factors, const Macro& macro) {
    try {
        given(factors, macro);
    } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_input ? error.where() : "another code";
    }
    return "none";
}

/// Z of independent normals: L·z, through the whitened law, or m + L'·u.
std::vector<double> factors_of(const std::vector<double>& root, const std::vector<double>& normals,
                               std::vector<double> mean) {
    for (std::size_t k = 0; k < mean.size(); ++k) {
        for (std::size_t j = 0; j < mean.size(); ++j) {
            mean[k] += root[k * mean.size() + j] * normals[j];
        }
    }
    return mean;
}

std::vector<std::int64_t> losses(const std::vector<Obligor>& obligors, const Factors& factors,
                                 const StateSampling& sampling, std::size_t count) {
    return simulate_losses(groups_of(obligors, factors),
                           {.seed = 11, .count = count, .sampling = sampling}, one_thread);
}

double mean_of(const std::vector<std::int64_t>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(const std::vector<std::int64_t>& values) {
    const double mean = mean_of(values);
    double square = 0.0;
    for (const std::int64_t value : values) {
        square += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
    }
    return std::sqrt(square / static_cast<double>(values.size()));
}

/// Obligors alike with a loss of 1 each.
std::vector<Obligor> pool(std::size_t count, double probability, const std::vector<double>& weight,
                          double degrees_of_freedom = infinity) {
    const Factors one_factor(1, 0.0, degrees_of_freedom);
    const FactorModel copula = one_factor.model();
    const std::vector<double> one{probability};
    std::vector<Obligor> obligors;
    obligors.reserve(count);
    for (std::uint32_t slot = 0; slot < count; ++slot) {
        obligors.push_back({.slot = slot,
                            .default_threshold = default_thresholds(one, copula)[0],
                            .factor_weight = weight});
    }
    return obligors;
}

/// Two factors and two variables of unlike scales.
const Factors two_factors(2, 0.4);
const Macro two_variables{.value = {-3.0, 1.5},
                          .covariance = {4.0, -0.6, -0.6, 0.25},
                          .factor_covariance = {1.0, -0.2, 0.6, -0.1}};

/// E[p | x] of an obligor with these weights, as the page of the model says it.
double closed_form(double probability, const std::vector<double>& weight) {
    const double det = 4.0 * 0.25 - 0.6 * 0.6;
    const double inverse[2][2] = {{0.25 / det, 0.6 / det}, {0.6 / det, 4.0 / det}};
    const double c[2][2] = {{1.0, 0.4}, {0.4, 1.0}};
    const auto& s = two_variables.factor_covariance;
    double shift = 0.0;
    double of_all = 0.0;
    double explained = 0.0;
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 2; ++j) {
            of_all += weight[i] * c[i][j] * weight[j];
            for (std::size_t k = 0; k < 2; ++k) {
                shift += weight[i] * s[i * 2 + j] * inverse[j][k] * two_variables.value[k];
                for (std::size_t l = 0; l < 2; ++l) {
                    explained +=
                        weight[i] * s[i * 2 + j] * inverse[j][k] * s[l * 2 + k] * weight[l];
                }
            }
        }
    }
    return normal_cdf((normal_quantile(probability) - shift) / std::sqrt(1.0 - explained));
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_variable_gives_the_law_of_the_textbook) {
    const ConditionalFactors law =
        given(Factors(1), {.value = {-2.0}, .covariance = {4.0}, .factor_covariance = {1.2}});
    BOOST_TEST(law.mean[0] == -0.6, tolerance(1e-15));  // ρ·x/σ, ρ = 0.6
    BOOST_TEST(law.root[0] == std::sqrt(1.0 - 0.36), tolerance(1e-15));
    BOOST_TEST(law.whitened_mean[0] == law.mean[0]);
    BOOST_TEST(law.whitened_root[0] == law.root[0]);
}

BOOST_AUTO_TEST_CASE(moved_normals_are_the_conditional_factors_whitened) {
    for (const double correlation : {0.4, 1.0}) {  // 1: the factors are one, C is singular
        const Factors factors(3, correlation);
        const Macro macro{.value = {1.0, -2.0},
                          .covariance = {1.0, 0.3, 0.3, 1.0},
                          .factor_covariance = {0.5, 0.2, 0.5, 0.2, 0.5, 0.2}};
        const ConditionalFactors law = given(factors, macro);
        const std::vector<double> normals{0.7, -1.1, 2.3};
        std::vector<double> z = normals;
        law.move(z);
        const auto whitened = factors_of(correlation_root(factors.model()), z, {0.0, 0.0, 0.0});
        const auto meant = factors_of(law.root, normals, law.mean);
        for (std::size_t k = 0; k < 3; ++k) BOOST_TEST(whitened[k] == meant[k], tolerance(1e-13));
    }
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_the_factor_leaves_it_no_spread) {
    const ConditionalFactors law =
        given(Factors(1), {.value = {-1.5}, .covariance = {0.09}, .factor_covariance = {0.3}});
    BOOST_TEST(law.mean[0] == -5.0, tolerance(1e-15));
    BOOST_TEST(law.root[0] == 0.0);
    std::vector<double> z{3.0};
    law.move(z);
    BOOST_TEST(z[0] == law.mean[0]);
}

BOOST_AUTO_TEST_CASE(variables_that_have_nothing_in_common_with_the_factors_leave_every_bit) {
    for (const double correlation : {0.3, 1.0}) {
        const Factors factors(4, correlation);
        const ConditionalFactors law =
            given(factors, {.value = {9.0, -3.0},
                            .covariance = {2.0, 0.5, 0.5, 3.0},
                            .factor_covariance = std::vector<double>(8)});
        const auto obligors = random_obligors(200, factors, 3);
        const ImportanceShift shift{.factor_shift = {-1.0, 0.5, 0.0, -0.3}};
        const SobolScrambles scrambles(11, 4);
        for (StateSampling sampling : {StateSampling{}, StateSampling{.importance = &shift},
                                       StateSampling{.scrambles = &scrambles}}) {
            const auto plain = losses(obligors, factors, sampling, 512);
            sampling.conditional = &law;
            BOOST_TEST(losses(obligors, factors, sampling, 512) == plain);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_pool_defaults_as_often_as_the_closed_form_says) {
    const std::vector<double> weight{0.5, 0.3};
    const ConditionalFactors law = given(two_factors, two_variables);
    const double expected = closed_form(0.05, weight);
    const std::vector<double> one{0.05};
    BOOST_TEST(conditional_obligors(one, weight, two_factors.model(), law).default_probability[0] ==
                   expected,
               tolerance(1e-13));
    const SobolScrambles scrambles(11, 2);
    for (const SobolScrambles* points : {static_cast<const SobolScrambles*>(nullptr), &scrambles}) {
        const auto found = losses(pool(1000, 0.05, weight), two_factors,
                                  {.scrambles = points, .conditional = &law}, 16384);
        const double error = deviation_of(found) / 128.0;
        BOOST_TEST(std::abs(mean_of(found) - 1000.0 * expected) < 4.0 * error);
    }
    BOOST_TEST(expected > 0.1);  // so that the plain 5 % would not do
}

BOOST_AUTO_TEST_CASE(importance_sampling_has_the_closed_form_as_its_weighted_mean) {
    const std::vector<double> weight{0.5, 0.3};
    const ConditionalFactors law = given(two_factors, two_variables);
    const auto obligors = pool(1000, 0.05, weight);
    const ImportanceShift shift{.factor_shift = {-1.0, -0.25}};
    const SimulationRange range{
        .seed = 11, .count = 16384, .sampling = {.importance = &shift, .conditional = &law}};
    const ObligorGroups groups = groups_of(obligors, two_factors);
    const auto found = simulate_losses(groups, range, one_thread);
    const auto weights = scenario_weights(groups, range, one_thread);
    double sum = 0.0;
    double square = 0.0;
    for (std::size_t s = 0; s < found.size(); ++s) {
        const double weighed = static_cast<double>(found[s]) * weights[s] / unit_weight;
        sum += weighed;
        square += weighed * weighed;
    }
    const double mean = sum / 16384.0;
    const double error = std::sqrt((square / 16384.0 - mean * mean) / 16384.0);
    BOOST_TEST(std::abs(mean - 1000.0 * closed_form(0.05, weight)) < 4.0 * error);
}

BOOST_AUTO_TEST_CASE(values_drawn_from_their_law_give_the_unconditional_losses) {
    const Factors factors(2, 0.4, 5.0);
    const auto obligors = pool(200, 0.05, {0.5, 0.3}, 5.0);
    std::mt19937 random(4);
    std::normal_distribution<double> normal;
    Macro macro = two_variables;
    std::vector<std::int64_t> together;
    for (std::uint64_t draw = 0; draw < 4096; ++draw) {
        // x = R·w with R·Rᵀ the covariance.
        const double w = normal(random);
        macro.value = {2.0 * w, -0.3 * w + std::sqrt(0.25 - 0.09) * normal(random)};
        const ConditionalFactors law = given(factors, macro);
        const SimulationRange range{
            .seed = 11, .first_scenario = draw * 4, .count = 4, .sampling = {.conditional = &law}};
        const auto some = simulate_losses(groups_of(obligors, factors), range, one_thread);
        together.insert(together.end(), some.begin(), some.end());
    }
    const auto plain =
        simulate_losses(groups_of(obligors, factors), {.seed = 12, .count = 262144}, one_thread);
    // The four of a draw share its values: 4096 of them are independent.
    BOOST_TEST(std::abs(mean_of(together) - 10.0) < 4.0 * deviation_of(plain) / 64.0);
    const auto above = [](const std::vector<std::int64_t>& values, std::int64_t limit) {
        const auto count = std::ranges::count_if(values, [=](auto v) { return v > limit; });
        return static_cast<double>(count) / static_cast<double>(values.size());
    };
    for (const std::int64_t limit : {0, 10, 40, 80}) {
        const double share = above(plain, limit);
        const double error = std::sqrt(share * (1.0 - share) / 4096.0);
        BOOST_TEST(std::abs(above(together, limit) - share) < 4.0 * error);
    }
}

BOOST_AUTO_TEST_CASE(the_losses_are_those_of_the_rule_on_any_kernel_and_split) {
    const Factors factors(3, 0.2, 4.0);
    const auto obligors = random_obligors(300, factors, 5);
    const ConditionalFactors law = given(
        factors, {.value = {-2.5}, .covariance = {1.0}, .factor_covariance = {0.6, 0.2, -0.1}});
    const SimulationRange range{.seed = 3, .count = 256, .sampling = {.conditional = &law}};
    const auto expected = losses_literally(obligors, factors, range);
    const ObligorGroups groups = groups_of(obligors, factors);
    for (const InstructionSet set : default_kernels()) {
        BOOST_TEST(simulate_losses(groups, range, {.threads = 2}, set) == expected);
    }
    SimulationRange half = range;
    half.first_scenario = 128;
    half.count = 128;
    const auto second = simulate_losses(groups, half, one_thread);
    BOOST_TEST(second == std::vector(expected.begin() + 128, expected.end()));
}

BOOST_AUTO_TEST_CASE(the_nearest_state_is_measured_in_the_conditional_law) {
    // One factor: the loss falls in it, so that the state is where the pool's rate is the target.
    const Factors factors(1);
    const auto obligors = pool(100, 0.05, {0.5});
    const Macro macro{.value = {-1.0}, .covariance = {1.0}, .factor_covariance = {0.6}};
    const ConditionalFactors law = given(factors, macro);
    const auto found = [&](const ConditionalFactors* conditional) {
        return reverse_search(groups_of(obligors, factors), factors.model(),
                              {.loss_minor = 40.0, .conditional = conditional}, one_thread)
            .minima.front();
    };
    const ReversePoint plain = found(nullptr);
    const ReversePoint near = found(&law);
    BOOST_TEST(near.factor[0] == plain.factor[0], tolerance(1e-9));
    BOOST_TEST(near.whitened[0] == plain.whitened[0], tolerance(1e-9));
    BOOST_TEST(near.radius == (-0.6 - plain.factor[0]) / 0.8, tolerance(1e-9));
    BOOST_TEST(near.kkt_residual < 1e-7);
}

BOOST_AUTO_TEST_CASE(slopes_in_the_normals_are_those_of_a_linear_function_of_the_factors) {
    const ConditionalFactors law = given(two_factors, two_variables);
    const std::vector<double> in_factors{2.0, -3.0};
    const auto value = [&](std::vector<double> normals) {
        law.move(normals);
        return in_factors[0] * normals[0] + in_factors[1] * normals[1];
    };
    const std::vector<double> slope = law.slope(in_factors);
    BOOST_TEST(slope[0] == value({1.0, 0.0}) - value({0.0, 0.0}), tolerance(1e-14));
    BOOST_TEST(slope[1] == value({0.0, 1.0}) - value({0.0, 0.0}), tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(a_joint_covariance_that_is_none_is_refused_not_repaired) {
    const Macro weak{.value = {0.0}, .covariance = {1.0}, .factor_covariance = {1.0 + 1e-9}};
    BOOST_TEST(refusal(Factors(1), weak) == "macro.factor_covariance[0]");
    // Factors that are one cannot have unlike covariances.
    const Macro unlike{.value = {0.0}, .covariance = {1.0}, .factor_covariance = {0.5, 0.4}};
    BOOST_TEST(refusal(Factors(2, 1.0), unlike).starts_with("macro.factor_covariance["));
    const Macro apart{
        .value = {0.0, 0.0}, .covariance = {1.0, 1.1, 1.1, 1.0}, .factor_covariance = {0.0, 0.0}};
    BOOST_TEST(refusal(Factors(1), apart) == "macro.covariance[1][1]");
    const Macro singular{
        .value = {0.0, 0.0}, .covariance = {1.0, 2.0, 2.0, 4.0}, .factor_covariance = {0.0, 0.0}};
    BOOST_TEST(refusal(Factors(1), singular) == "macro.covariance");
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused_with_their_place) {
    const Macro good{
        .value = {1.0, 2.0}, .covariance = {1.0, 0.5, 0.5, 1.0}, .factor_covariance = {0.1, 0.2}};
    BOOST_TEST(refusal(Factors(1), good) == "none");
    const auto place = [&](std::vector<double> Macro::* column, std::vector<double> values) {
        Macro wrong = good;
        wrong.*column = std::move(values);
        return refusal(Factors(1), wrong);
    };
    BOOST_TEST(place(&Macro::value, {}) == "macro.value");
    BOOST_TEST(place(&Macro::value, {1.0, nan}) == "macro.value[1]");
    BOOST_TEST(place(&Macro::value, {30.0, -30.0}) == "macro.value");
    BOOST_TEST(place(&Macro::covariance, {1.0}) == "macro.covariance");
    BOOST_TEST(place(&Macro::covariance, {1.0, 0.5, 0.4, 1.0}) == "macro.covariance[1][0]");
    BOOST_TEST(place(&Macro::covariance, {1.0, nan, nan, 1.0}) == "macro.covariance[0][1]");
    BOOST_TEST(place(&Macro::covariance, {0.0, 0.0, 0.0, 1.0}) == "macro.covariance[0][0]");
    BOOST_TEST(place(&Macro::factor_covariance, {0.1}) == "macro.factor_covariance");
    BOOST_TEST(place(&Macro::factor_covariance, {0.1, infinity}) ==
               "macro.factor_covariance[0][1]");
    BOOST_TEST(place(&Macro::factor_covariance, {1e200, 1e200}) == "macro.factor_covariance[0]");
}

BOOST_AUTO_TEST_CASE(a_law_of_other_factors_is_refused) {
    const ConditionalFactors law =
        given(Factors(1), {.value = {1.0}, .covariance = {1.0}, .factor_covariance = {0.5}});
    BOOST_CHECK_EXCEPTION(
        losses(pool(1, 0.5, {0.1, 0.1}), two_factors, {.conditional = &law}, 16), Error,
        [](const Error& error) { return error.where() == "sampling.conditional"; });
}

BOOST_AUTO_TEST_SUITE_END()
