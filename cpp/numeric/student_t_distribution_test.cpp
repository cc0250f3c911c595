#include "numeric/student_t_distribution.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "errors/error.hpp"
#include "numeric/bit_digest.hpp"
#include "numeric/normal_distribution.hpp"

BOOST_AUTO_TEST_SUITE(student_t_distribution_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The nearest doubles to figures of mpmath 1.4.1, 50 digits and more: the series of the incomplete
/// beta function.
struct Point {
    double degrees_of_freedom, argument, value;
};
constexpr Point probabilities[] = {
    {2.0, -1e+100, 0x1.87e92154ef7acp-666},   {2.0, -1000000.0, 0x1.19799812dcd0dp-41},
    {2.0, -50.0, 0x1.a32dcd01e5879p-13},      {2.0, -8.0, 0x1.f44ddf4fc1957p-8},
    {2.0, -3.0, 0x1.8707522ff1e39p-5},        {2.0, -1.3, 0x1.4b014518b7429p-3},
    {2.0, -1.0, 0x1.b0cb174df99c7p-3},        {2.0, -0.99, 0x1.b4c123cfa8df2p-3},
    {2.0, -0.5, 0x1.5555555555555p-2},        {2.0, -0.001, 0x1.ffa3517084bf9p-2},
    {2.1, -1e+100, 0x1.67f3472a7df91p-699},   {2.1, -1000000.0, 0x1.2e637a2d1cef7p-43},
    {2.1, -50.0, 0x1.2f1136fa325bdp-13},      {2.1, -8.0, 0x1.b16441033d32cp-8},
    {2.1, -3.0, 0x1.7099a7a61734dp-5},        {2.1, -1.3, 0x1.4597e06f59dd3p-3},
    {2.1, -1.0, 0x1.ac5eaa876d0ccp-3},        {2.1, -0.99, 0x1.b05eddcc2bf76p-3},
    {2.1, -0.5, 0x1.54432dbc2aabbp-2},        {2.1, -0.001, 0x1.ffa2d028080f3p-2},
    {3.0, -1e+100, 0x1.7a1514423f0b6p-997},   {3.0, -1000000.0, 0x1.45727793a42bcp-60},
    {3.0, -50.0, 0x1.27911784866dfp-17},      {3.0, -8.0, 0x1.0b299f6b4d18dp-9},
    {3.0, -3.0, 0x1.d86c6b37d820dp-6},        {3.0, -1.3, 0x1.234b735b0b2dp-3},
    {3.0, -1.0, 0x1.9062e2bc50597p-3},        {3.0, -0.99, 0x1.94a4456a03cd1p-3},
    {3.0, -0.5, 0x1.4d8a9670231b2p-2},        {3.0, -0.001, 0x1.ff9fa5f7de924p-2},
    {7.5, -1000000.0, 0x1.8086484b3739p-142}, {7.5, -50.0, 0x1.a8b13b7a2867cp-35},
    {7.5, -8.0, 0x1.069a2a6490f13p-15},       {7.5, -3.0, 0x1.2d512ff75bdep-7},
    {7.5, -1.3, 0x1.db6548dc4f986p-4},        {7.5, -1.0, 0x1.64d6e63618b6ep-3},
    {7.5, -0.99, 0x1.69816b28ca85bp-3},       {7.5, -0.5, 0x1.43484c46c74c6p-2},
    {7.5, -0.001, 0x1.ff9ad6a518e6dp-2},      {30.0, -50.0, 0x1.2faccdaf3204fp-100},
    {30.0, -8.0, 0x1.ae9583c448c91p-29},      {30.0, -3.0, 0x1.613c97637aa78p-9},
    {30.0, -1.3, 0x1.a0c51c4d01c5p-4},        {30.0, -1.0, 0x1.4d1db3a172861p-3},
    {30.0, -0.99, 0x1.5203b659c6db3p-3},      {30.0, -0.5, 0x1.3dcf67dbb6834p-2},
    {30.0, -0.001, 0x1.ff984993fd36dp-2},     {250.0, -8.0, 0x1.a3164c6e33b4fp-46},
    {10000.0, -8.0, 0x1.8e5e852457106p-51},   {10000.0, -3.0, 0x1.62bd54edc0616p-10},
    {10000.0, -1.3, 0x1.8c8e5fc9bc153p-4},    {10000.0, -1.0, 0x1.44f36383f0a9dp-3},
    {10000.0, -0.99, 0x1.49ee4a9e0cd9cp-3},   {10000.0, -0.5, 0x1.3bf2b4e305325p-2},
    {10000.0, -0.001, 0x1.ff976c1c4b9e1p-2},  {1000000.0, -8.0, 0x1.66fe25a3bc102p-51},
    {1000000.0, -3.0, 0x1.61e05aa361588p-10}, {1000000.0, -1.3, 0x1.8c7ed26ffe8f9p-4},
    {1000000.0, -1.0, 0x1.44ed1bf4d15cdp-3},  {1000000.0, -0.99, 0x1.49e8133682fabp-3},
    {1000000.0, -0.5, 0x1.3bf1476abbdadp-2},  {1000000.0, -0.001, 0x1.ff976b72aa9e4p-2},
};
constexpr Point quantiles[] = {
    {2.0, 1e-300, -0x1.ba66ec32acb5fp+497},
    {2.0, 1e-100, -0x1.830ec3c0b1d6p+165},
    {2.0, 1e-16, -0x1.0dbd6587980a1p+26},
    {2.0, 1e-06, -0x1.618d88400cb37p+9},
    {2.0, 0.01, -0x1.bdbb4c2b3886cp+2},
    {2.0, 0.2, -0x1.0f876ccdf6cd9p+0},
    {2.0, 0.25, -0x1.a20bd700c2c3ep-1},
    {2.0, 0.3, -0x1.3c03650e00e03p-1},
    {2.0, 0.4999, -0x1.28950396ad38cp-12},
    {2.0, 0.5000001, 0x1.2fb3367756bc4p-22},
    {2.0, 0.9, 0x1.e2b7dddfefa67p+0},
    {2.0, 0.9999, 0x1.1accdf6e8f74ap+6},
    {2.0, 0.9999999999999999, 0x1.ffffffffffffep+25},
    {2.1, 1e-300, -0x1.1852923e655e5p+474},
    {2.1, 1e-100, -0x1.b095bfc33067ap+157},
    {2.1, 1e-16, -0x1.d70b161c7803ep+24},
    {2.1, 1e-06, -0x1.0b0eb93389afap+9},
    {2.1, 0.01, -0x1.a1f8fc47998f4p+2},
    {2.1, 0.2, -0x1.0c5db20434306p+0},
    {2.1, 0.25, -0x1.9e227a4361ddcp-1},
    {2.1, 0.3, -0x1.398eb21038f5ap-1},
    {2.1, 0.4999, -0x1.26f98cd31695dp-12},
    {2.1, 0.5000001, 0x1.2e0ddfae36c7ap-22},
    {2.1, 0.9, 0x1.d8c109c17bd85p+0},
    {2.1, 0.9999, 0x1.dcb3fd63c652dp+5},
    {2.1, 0.9999999999999999, 0x1.c029f883a6543p+24},
    {3.0, 1e-300, -0x1.2e4b0c9627b32p+332},
    {3.0, 1e-100, -0x1.b6f4a8b91602p+110},
    {3.0, 1e-16, -0x1.b2b87dbe86539p+17},
    {3.0, 1e-06, -0x1.9d32a7ae8c6d6p+6},
    {3.0, 0.01, -0x1.229ae02999d8ap+2},
    {3.0, 0.2, -0x1.f4fa52ab48a5ap-1},
    {3.0, 0.25, -0x1.879ff79eea791p-1},
    {3.0, 0.3, -0x1.2b35215ef1db2p-1},
    {3.0, 0.4999, -0x1.1d4935ca28a71p-12},
    {3.0, 0.5000001, 0x1.24220181f450dp-22},
    {3.0, 0.9, 0x1.a34336c655793p+0},
    {3.0, 0.9999, 0x1.6342874203a6ap+4},
    {3.0, 0.9999999999999999, 0x1.a3d47fc083bd3p+17},
    {7.5, 1e-300, -0x1.efccfd4604167p+133},
    {7.5, 1e-100, -0x1.4a952bcfbb9f7p+45},
    {7.5, 1e-16, -0x1.1ea9d3d3ab76dp+8},
    {7.5, 1e-06, -0x1.a1ab5fea87e6ap+3},
    {7.5, 0.01, -0x1.78b77a8774af4p+1},
    {7.5, 0.2, -0x1.c8cfa9dc95349p-1},
    {7.5, 0.25, -0x1.6acd906fef512p-1},
    {7.5, 0.3, -0x1.1846802d3dd56p-1},
    {7.5, 0.4999, -0x1.0fb8c0e51adf1p-12},
    {7.5, 0.5000001, 0x1.163e35ec6ca35p-22},
    {7.5, 0.9, 0x1.67bbf6ac4eec5p+0},
    {7.5, 0.9999, 0x1.ae38f8544acb3p+2},
    {7.5, 0.9999999999999999, 0x1.1ab1bcc5cd842p+8},
    {30.0, 1e-300, -0x1.75dc09801029ap+35},
    {30.0, 1e-100, -0x1.51d528f65c1a1p+13},
    {30.0, 1e-16, -0x1.043d345999afep+4},
    {30.0, 1e-06, -0x1.77c06205cbd3bp+2},
    {30.0, 0.01, -0x1.3a878bd52a1e9p+1},
    {30.0, 0.2, -0x1.b520fb84d4541p-1},
    {30.0, 0.25, -0x1.5d92277bf20d4p-1},
    {30.0, 0.3, -0x1.0f5ea6a012e8ep-1},
    {30.0, 0.4999, -0x1.0909c0af4fd84p-12},
    {30.0, 0.5000001, 0x1.0f66255c352a8p-22},
    {30.0, 0.9, 0x1.4f775bee3e38dp+0},
    {30.0, 0.9999, 0x1.0ef9a03c8d3b7p+2},
    {30.0, 0.9999999999999999, 0x1.033bfb027c6e5p+4},
    {10000.0, 1e-16, -0x1.078efc01a941fp+3},
    {10000.0, 1e-06, -0x1.306611316553ep+2},
    {10000.0, 0.01, -0x1.29d1fd0a80e85p+1},
    {10000.0, 0.2, -0x1.aeedb095b6ca4p-1},
    {10000.0, 0.25, -0x1.5959efb1156ffp-1},
    {10000.0, 0.3, -0x1.0c806a3a67ce1p-1},
    {10000.0, 0.4999, -0x1.06d879296431ep-12},
    {10000.0, 0.5000001, 0x1.0d276558f8368p-22},
    {10000.0, 0.9, 0x1.48194fdc0fa73p+0},
    {10000.0, 0.9999, 0x1.dc35ee8d04563p+1},
    {10000.0, 0.9999999999999999, 0x1.0727aed306215p+3},
    {1000000.0, 1e-16, -0x1.071c73e565ad2p+3},
    {1000000.0, 1e-06, -0x1.30389032bd291p+2},
    {1000000.0, 0.01, -0x1.29c5e3ab3355p+1},
    {1000000.0, 0.2, -0x1.aee906833478bp-1},
    {1000000.0, 0.25, -0x1.5956c0b092069p-1},
    {1000000.0, 0.3, -0x1.0c7e3ef3ffe0fp-1},
    {1000000.0, 0.4999, -0x1.06d6ced3c14b6p-12},
    {1000000.0, 0.5000001, 0x1.0d25b0c7f1362p-22},
    {1000000.0, 0.9, 0x1.4813d1a2353f8p+0},
    {1000000.0, 0.9999, 0x1.dc092f1d7835bp+1},
    {1000000.0, 0.9999999999999999, 0x1.06b5ab8d9c6efp+3},
};

double relative_error(double found, double exact) {
    return std::abs(found / exact - 1.0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(probabilities_keep_their_relative_error_in_the_tail) {
    for (const auto& [nu, x, p] : probabilities) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", x = " << x) {
            BOOST_TEST(relative_error(student_t_cdf(x, nu), p) < 4e-16 * (4.0 - std::log(p)));
            BOOST_TEST(std::abs(student_t_cdf(-x, nu) - (1.0 - student_t_cdf(x, nu))) <= 0x1p-53);
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_keep_their_relative_error_from_1e_300_to_the_last_double) {
    for (const auto& [nu, p, x] : quantiles) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", p = " << p) {
            const double allowed = 4e-16 * (4.0 - std::log(std::min(p, 1.0 - p)));
            BOOST_TEST(relative_error(student_t_quantile(p, nu), x) < allowed);
            BOOST_TEST(relative_error(StudentTQuantile(nu)(p), x) < allowed);
        }
    }
}

BOOST_AUTO_TEST_CASE(prepared_quantiles_agree_with_direct_ones) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> exponent(-54.0, -1.0);
    for (const double nu : {2.0, 2.5, 4.0, 13.7, 1000.0, 1e9}) {
        const StudentTQuantile quantile(nu);
        double worst = 0.0;
        for (int i = 0; i < 1000; ++i) {
            const double p = std::exp2(exponent(random));
            const double error = std::abs(quantile(p) / student_t_quantile(p, nu) - 1.0);
            worst = std::max(worst, error / (4.0 - std::log(p)));
        }
        BOOST_TEST(worst < 5e-16);
    }
}

BOOST_AUTO_TEST_CASE(two_degrees_of_freedom_have_a_closed_form) {
    const StudentT distribution(2.0);
    for (int i = 1; i < 1024; ++i) {
        const double p = i / 1024.0;
        const double closed = (2.0 * p - 1.0) / std::sqrt(2.0 * p * (1.0 - p));
        BOOST_TEST(std::abs(distribution.quantile(p) - closed) <= 2e-15 * std::abs(closed));
    }
}

BOOST_AUTO_TEST_CASE(four_degrees_of_freedom_have_a_closed_form) {
    // W. T. Shaw, "Sampling Student's T distribution" (2006): q = 4(cos(arccos(√α)/3)/√α - 1).
    const StudentT distribution(4.0);
    for (int i = 1; i < 512; ++i) {
        const double p = i / 1024.0;
        const double root = std::sqrt(4.0 * p * (1.0 - p));
        const double closed = -2.0 * std::sqrt(std::cos(std::acos(root) / 3.0) / root - 1.0);
        BOOST_TEST(std::abs(distribution.quantile(p) / closed - 1.0) < 1e-10);  // 1 is subtracted
    }
}

BOOST_AUTO_TEST_CASE(many_degrees_of_freedom_are_normal_but_for_terms_of_1_over_them) {
    // Abramowitz and Stegun 26.7.5, two terms.
    for (const double nu : {1e6, 1e9}) {
        for (const double p : {1e-12, 1e-4, 0.03, 0.4, 0.999}) {
            const double z = normal_quantile(p);
            const double first = z * (z * z + 1.0) / 4.0;
            const double second = z * (5.0 * z * z * z * z + 16.0 * z * z + 3.0) / 96.0;
            const double expected = z + (first + second / nu) / nu;
            BOOST_TEST(std::abs(student_t_quantile(p, nu) / expected - 1.0) < 5e-14);
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_are_odd_about_one_half) {
    const StudentT distribution(5.5);
    BOOST_TEST(distribution.quantile(0.5) == 0.0);
    for (int i = 1; i < 512; ++i) {
        BOOST_TEST(distribution.quantile(i / 1024.0) == -distribution.quantile(1.0 - i / 1024.0));
    }
}

BOOST_AUTO_TEST_CASE(probabilities_and_quantiles_rise) {
    for (const double nu : {2.1, 5.0, 40.0, 1e4}) {
        const StudentT distribution(nu);
        double before = -infinity;
        double cdf_before = 0.0;
        for (int i = 1; i < (1 << 14); ++i) {
            const double x = distribution.quantile(i * 0x1p-14);
            BOOST_TEST_REQUIRE(before < x);
            before = x;
            const double cdf = distribution.cdf((i - (1 << 13)) * 0x1p-11);
            BOOST_TEST_REQUIRE(cdf_before < cdf);
            cdf_before = cdf;
        }
    }
}

BOOST_AUTO_TEST_CASE(the_density_is_the_slope_of_the_probability) {
    const StudentT distribution(3.5);
    for (const double x : {-9.0, -2.0, -0.5, 0.25, 0.75, 4.0}) {
        const double slope =
            (distribution.cdf(x + 0x1p-17) - distribution.cdf(x - 0x1p-17)) * 0x1p16;
        BOOST_TEST(std::abs(distribution.density(x) / slope - 1.0) < 1e-7);
    }
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    for (const auto& [nu, quantile_digest, cdf_digest, prepared_digest] :
         {std::tuple{2.1, 0xc6ae7081e9e0e201U, 0xa4f63615e364462cU, 0x8463393be89be945U},
          {4.0, 0xd2e5123880a2cb1U, 0x9b00b3e28e73908aU, 0xc66a516d933f59b5U},
          {1000.0, 0x12fa4a2785ec3095U, 0xf84cbf987f511474U, 0xf351afe8e6caac19U}}) {
        const StudentT distribution(nu);
        BOOST_TEST(bit_digest([&](double p) { return distribution.quantile(p); }, 1, 4095,
                              0x1p-12) == quantile_digest);
        BOOST_TEST(bit_digest(StudentTQuantile(nu), 1, 4095, 0x1p-12) == prepared_digest);
        BOOST_TEST(bit_digest([&](double x) { return distribution.cdf(x); }, -4000, 4000, 0x1p-8) ==
                   cdf_digest);
    }
}

BOOST_AUTO_TEST_CASE(the_ends_are_infinite_and_outside_is_no_number) {
    const StudentT distribution(5.0);
    BOOST_TEST(distribution.quantile(0.0) == -infinity);
    BOOST_TEST(distribution.quantile(1.0) == infinity);
    BOOST_TEST(std::isnan(distribution.quantile(-0.1)));
    BOOST_TEST(std::isnan(distribution.quantile(1.1)));
    BOOST_TEST(std::isnan(distribution.quantile(std::nan(""))));
    BOOST_TEST(distribution.cdf(0.0) == 0.5);
    BOOST_TEST(distribution.cdf(-infinity) == 0.0);
    BOOST_TEST(distribution.cdf(infinity) == 1.0);
    BOOST_TEST(std::isnan(distribution.cdf(std::nan(""))));
}

BOOST_AUTO_TEST_CASE(degrees_of_freedom_below_2_or_beyond_1e9_are_refused) {
    for (const double nu : {1.99, -1.0, 1.1e9, infinity, std::nan("")}) {
        BOOST_CHECK_EXCEPTION(student_t_quantile(0.5, nu), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input &&
                   error.where() == "degrees_of_freedom";
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
