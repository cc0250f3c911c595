#include "engines/debt/simulation/default_rule.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/uniform.hpp"

BOOST_AUTO_TEST_SUITE(default_rule_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using boost::test_tools::tolerance;

namespace {

constexpr std::uint64_t certain = std::uint64_t{1} << 48U;

/// ∫ Φ(A − b'z) φ(z) dz for one factor, by the trapezoidal rule, which is exact enough here.
double unconditional_probability(double threshold, float loading) {
    double sum = 0.0;
    const double step = 1.0 / 64.0;
    for (int i = -64 * 10; i <= 64 * 10; ++i) {
        const double z = i * step;
        sum += seawall::normal_cdf(threshold - static_cast<double>(loading) * z) *
               seawall::normal_density(z) * step;
    }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(factors_are_the_normals_of_the_published_stream) {
    // Random123's Philox4x32-10 and 50-digit quantiles of its uniforms.
    constexpr std::uint64_t seed = 0x5ea3a115ea3a1155;
    std::vector<double> factor(4);
    draw_factors(seed, 0, factor);
    BOOST_TEST(factor[0] == 0.069907791081156183889, tolerance(1e-14));
    BOOST_TEST(factor[1] == 0.45426261476827665002, tolerance(1e-14));
    BOOST_TEST(factor[2] == -0.43480940579789922407, tolerance(1e-14));
    BOOST_TEST(factor[3] == 2.4063480431500223405, tolerance(1e-14));
    draw_factors(seed, 1, factor);
    BOOST_TEST(factor[0] == 0.76686140823068334243, tolerance(1e-14));
    BOOST_TEST(factor[1] == -1.4765006845703899964, tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(a_loading_is_the_weight_over_the_obligors_own_risk) {
    std::vector<float> loading(1);
    const std::vector<double> weight{0.6};
    const std::vector<double> root{1.0};
    BOOST_TEST(standardise_loading(weight, root, loading));
    BOOST_TEST(loading[0] == 0.75F);
}

BOOST_AUTO_TEST_CASE(no_own_risk_is_no_loading) {
    std::vector<float> loading(1);
    const std::vector<double> root{1.0};
    for (const double weight : {1.0, -1.0, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
        BOOST_TEST(!standardise_loading({&weight, 1}, root, loading));
    }
}

BOOST_AUTO_TEST_CASE(the_probability_of_default_is_exact_for_the_rounded_loading) {
    for (const double probability : {1e-6, 0.02, 0.5, 0.97}) {
        const std::vector<double> weight{0.3};
        const std::vector<double> root{1.0};
        std::vector<float> loading(1);
        standardise_loading(weight, root, loading);
        const double threshold =
            standardise_threshold(seawall::normal_quantile(probability), loading);
        BOOST_TEST(unconditional_probability(threshold, loading[0]) == probability,
                   tolerance(1e-12));
    }
}

BOOST_AUTO_TEST_CASE(the_limit_is_the_conditional_probability_in_48_bits) {
    const std::vector<float> loading{0.5F, -2.0F};
    const std::vector<double> factor{1.0, 0.25};
    BOOST_TEST(conditional_default_limit(0.0, loading, {.factor = factor}) == certain / 2);
    // Φ(−1·2 − 0) = 0.02275013194817920720
    BOOST_TEST(conditional_default_limit(-1.0, loading, {.factor = factor, .mixing_root = 2.0}) ==
               static_cast<std::uint64_t>(0x1p48 * 0.02275013194817920720));
}

BOOST_AUTO_TEST_CASE(infinite_thresholds_need_no_draw) {
    const std::vector<float> loading{3.0F};
    const std::vector<double> factor{8.0};
    BOOST_TEST(conditional_default_limit(-infinity, loading, {.factor = factor}) == 0U);
    BOOST_TEST(conditional_default_limit(infinity, loading, {.factor = factor}) == certain);
}

BOOST_AUTO_TEST_CASE(mixing_is_of_the_first_uniform_of_its_stream) {
    // One draw a scenario, and for two degrees of freedom the quantile is −2·ln(1 − u).
    const MixingVariable mixing(2.0 + 0x1p-40);
    const double uniform = seawall::stream_uniform_53(7, seawall::RandomStream::mixing, 5, 0);
    BOOST_TEST(mixing.root(7, 5) == std::sqrt(-std::log(1.0 - uniform)), tolerance(1e-11));
    BOOST_TEST(MixingVariable(infinity).root(7, 5) == 1.0);
}

BOOST_AUTO_TEST_CASE(two_obligors_default_jointly_as_often_as_the_bivariate_normal_says) {
    // PD 20 %, asset correlation 30 %: 0.0661456997 (mpmath, 40 digits).
    const std::vector<Obligor> pair{{.slot = 0,
                                     .default_threshold = seawall::normal_quantile(0.2),
                                     .factor_weight = {std::sqrt(0.3)}},
                                    {.slot = 77,
                                     .default_threshold = seawall::normal_quantile(0.2),
                                     .factor_weight = {std::sqrt(0.3)}}};
    constexpr std::size_t count = 40'000;
    const auto losses = losses_literally(pair, Factors(1), {.seed = 11, .count = count});
    double single = 0.0;
    double joint = 0.0;
    for (const std::int64_t loss : losses) {
        single += static_cast<double>(loss) / (2.0 * count);
        joint += (loss == 2 ? 1.0 : 0.0) / count;
    }
    BOOST_TEST(std::abs(single - 0.2) < 5.0 * 0.0016);
    BOOST_TEST(std::abs(joint - 0.066145699702208479730) < 5.0 * 0.00125);
}

BOOST_AUTO_TEST_SUITE_END()
