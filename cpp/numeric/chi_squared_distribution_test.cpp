#include "numeric/chi_squared_distribution.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "errors/error.hpp"
#include "numeric/bit_digest.hpp"

BOOST_AUTO_TEST_SUITE(chi_squared_distribution_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The nearest doubles to figures of mpmath 1.4.1, 50 digits and more: the series below the mean
/// and Legendre's fraction above it.
struct Probability {
    double degrees_of_freedom, x, cdf, survival;
};
constexpr Probability probabilities[] = {
    {2.0, 1e-10, 0x1.b7cdfd9d4ca27p-35, 0x1.ffffffff920c8p-1},
    {2.0, 0.3, 0x1.1d4522eec8c8p-3, 0x1.b8aeb7444dcep-1},
    {2.0, 1.5, 0x1.0e25f8a081941p-1, 0x1.e3b40ebefcd7ep-2},
    {2.0, 2.0, 0x1.43a54e4e98864p-1, 0x1.78b56362cef38p-2},
    {2.0, 2.5, 0x1.6d4f3e46ad3d8p-1, 0x1.25618372a584fp-2},
    {2.0, 40.0, 0x1.ffffffee4b79bp-1, 0x1.1b48655f37267p-29},
    {2.0, 1400.0, 0x1p+0, 0x1.14f2b0fb9307fp-1010},
    {2.1, 1e-100, 0x1.156a3758de693p-350, 0x1p+0},
    {2.1, 1e-05, 0x1.649d8c20fcf7cp-19, 0x1.ffffa6d89cf7cp-1},
    {2.1, 0.7, 0x1.177de30c1352bp-2, 0x1.74410e79f656ap-1},
    {2.1, 2.2, 0x1.4b134262a8c24p-1, 0x1.69d97b3aae7b7p-2},
    {2.1, 4.0, 0x1.b4f62020a84e2p-1, 0x1.2c277f7d5ec77p-3},
    {2.1, 25.0, 0x1.ffff6db7693a2p-1, 0x1.24912d8bc1ad7p-18},
    {2.1, 75.0, 0x1.fffffffffffffp-1, 0x1.2644f7059ad65p-54},
    {3.0, 0.1, 0x1.0b78a70fb482dp-7, 0x1.fbd21d63c12dfp-1},
    {3.0, 2.9, 0x1.2f762b43f12dbp-1, 0x1.a113a9781da4ap-2},
    {3.0, 3.1, 0x1.3f4049a908d2p-1, 0x1.817f6cadee5cp-2},
    {3.0, 12.0, 0x1.fc38463e2d3dap-1, 0x1.e3dce0e9612d2p-8},
    {4.0, 0.001, 0x1.0c589314eea1dp-23, 0x1.fffffbce9db3bp-1},
    {4.0, 1.0, 0x1.7179c2ac4f788p-4, 0x1.d1d0c7aa7610fp-1},
    {4.0, 5.0, 0x1.6ce757bbed53p-1, 0x1.26315088255ap-2},
    {4.0, 60.0, 0x1.fffffffff99efp-1, 0x1.98429bc971b79p-39},
    {10.0, 0.5, 0x1.bbb45290bd256p-18, 0x1.ffff2225d6b7ap-1},
    {10.0, 7.0, 0x1.1924f549f2b07p-2, 0x1.736d855b06a7cp-1},
    {10.0, 9.9, 0x1.19f407a649b77p-1, 0x1.cc17f0b36c911p-2},
    {10.0, 10.1, 0x1.22efcd0090ec9p-1, 0x1.ba2065fede26ep-2},
    {10.0, 18.0, 0x1.e3dbce3a9e71p-1, 0x1.c2431c5618effp-5},
    {10.0, 90.0, 0x1.fffffffffffdp-1, 0x1.81ef6603f48a9p-48},
    {39.5, 4.0, 0x1.038f48d2c2a3cp-43, 0x1.ffffffffffbf2p-1},
    {39.5, 30.0, 0x1.194bfff6e9a8ep-3, 0x1.b9ad00024595dp-1},
    {39.5, 39.0, 0x1.03d0c04bfceadp-1, 0x1.f85e7f68062a7p-2},
    {39.5, 40.0, 0x1.1ab04f268ecbdp-1, 0x1.ca9f61b2e2685p-2},
    {39.5, 70.0, 0x1.fefca86212268p-1, 0x1.03579dedd9781p-9},
    {41.0, 6.0, 0x1.1506004d47e19p-35, 0x1.ffffffffbabe8p-1},
    {41.0, 14.0, 0x1.ac0e994770512p-16, 0x1.fffca7e2cd712p-1},
    {41.0, 30.0, 0x1.a2c789dd16a91p-4, 0x1.cba70ec45d2aep-1},
    {41.0, 41.0, 0x1.0f0a957597e79p-1, 0x1.e1ead514d030ep-2},
    {41.0, 60.0, 0x1.f1b1b9362b6bcp-1, 0x1.c9c8d93a9289p-6},
    {41.0, 98.0, 0x1.ffffcfd127735p-1, 0x1.8176c4658c3b5p-20},
    {41.0, 150.0, 0x1.fffffffffff24p-1, 0x1.b704d2009b0b7p-46},
    {250.5, 60.0, 0x1.b11777aa879c5p-126, 0x1p+0},
    {250.5, 170.0, 0x1.b76dd8f9f0a4p-16, 0x1.fffc91244e0c2p-1},
    {250.5, 249.0, 0x1.f0bf6f554aff3p-2, 0x1.07a048555a807p-1},
    {250.5, 260.0, 0x1.58b2d9a0441d5p-1, 0x1.4e9a4cbf77c56p-2},
    {250.5, 400.0, 0x1.ffffffcf1c71ep-1, 0x1.871c71385ec76p-28},
    {250.5, 520.0, 0x1p+0, 0x1.8de773c85054fp-68},
    {10000.0, 9500.0, 0x1.58be26650e845p-13, 0x1.ffea741d99af1p-1},
    {10000.0, 10000.0, 0x1.00f67f9b578cp-1, 0x1.fe1300c950e8p-2},
    {10000.0, 10200.0, 0x1.d76234744965ap-1, 0x1.44ee5c5db4d33p-4},
    {10000.0, 15000.0, 0x1p+0, 0x1.84fa7a1308f51p-689},
    {1000000.0, 990000.0, 0x1.6ded56d6c021fp-41, 0x1.fffffffffe921p-1},
    {1000000.0, 999000.0, 0x1.eb28763998edap-3, 0x1.8535e27199c4ap-1},
    {1000000.0, 1000500.0, 0x1.46d196268518p-1, 0x1.725cd3b2f5d01p-2},
    {1000000.0, 1006000.0, 0x1.fffe7ff779b85p-1, 0x1.80088647b1b77p-17},
};

struct Quantile {
    double degrees_of_freedom, p, x;
};
constexpr Quantile quantiles[] = {
    {2.0, 1e-300, 0x1.56e1fc2f8f359p-996},
    {2.0, 1e-100, 0x1.bff2ee48e053p-332},
    {2.0, 1e-16, 0x1.cd2b297d889bcp-53},
    {2.0, 1e-05, 0x1.4f8bc681e6006p-16},
    {2.0, 0.01, 0x1.495453e6fd4b7p-6},
    {2.0, 0.3, 0x1.6d3c324e13f4ep-1},
    {2.0, 0.5, 0x1.62e42fefa39efp+0},
    {2.0, 0.7, 0x1.34378fcbda72p+1},
    {2.0, 0.99, 0x1.26bb1bbb55515p+3},
    {2.0, 0.999999, 0x1.ba18a998fc064p+4},
    {2.0, 0.9999999999999999, 0x1.25e4f7b2737fap+6},
    {2.1, 1e-300, 0x1.e04fec299a3c7p-949},
    {2.1, 1e-100, 0x1.93643f0a3022ap-316},
    {2.1, 1e-16, 0x1.5435f18661b8bp-50},
    {2.1, 1e-05, 0x1.2868dfce706a6p-15},
    {2.1, 0.01, 0x1.a33f0dc8030dep-6},
    {2.1, 0.3, 0x1.8f712f1f79067p-1},
    {2.1, 0.5, 0x1.7bb781e40e904p+0},
    {2.1, 0.7, 0x1.44a6b6d5d4374p+1},
    {2.1, 0.99, 0x1.2dfd5948e097cp+3},
    {2.1, 0.999999, 0x1.bf48714336e19p+4},
    {2.1, 0.9999999999999999, 0x1.2790458accbfdp+6},
    {3.0, 1e-300, 0x1.d9d1501f6efedp-664},
    {3.0, 1e-100, 0x1.c16c996696168p-221},
    {3.0, 1e-16, 0x1.ca3931972d2a1p-35},
    {3.0, 1e-05, 0x1.26473ddf673bbp-10},
    {3.0, 0.01, 0x1.d659df1b28ca2p-4},
    {3.0, 0.3, 0x1.6c747930b6ac8p+0},
    {3.0, 0.5, 0x1.2ed83b744a845p+1},
    {3.0, 0.7, 0x1.d51a7c5ee4265p+1},
    {3.0, 0.99, 0x1.6b0925f3ee5a5p+3},
    {3.0, 0.999999, 0x1.eaa339720b013p+4},
    {3.0, 0.9999999999999999, 0x1.3595d3ba5c75ap+6},
    {10.0, 1e-300, 0x1.0bed226024c25p-197},
    {10.0, 1e-100, 0x1.ec1a57f308d93p-65},
    {10.0, 1e-16, 0x1.af048cdec2627p-9},
    {10.0, 1e-05, 0x1.17207649b36bdp-1},
    {10.0, 0.01, 0x1.47737efe1de56p+1},
    {10.0, 0.3, 0x1.d11a1a38e3985p+2},
    {10.0, 0.5, 0x1.2af02bcf8d18fp+3},
    {10.0, 0.7, 0x1.78fbae04fcf17p+3},
    {10.0, 0.99, 0x1.735917be45bebp+4},
    {10.0, 0.999999, 0x1.76e7851aec7a7p+5},
    {10.0, 0.9999999999999999, 0x1.89d1c7d70b854p+6},
    {41.0, 1e-300, 0x1.6334d2f020762p-45},
    {41.0, 1e-100, 0x1.d7a6a29742cfcp-13},
    {41.0, 1e-16, 0x1.828e0aa62cdddp+1},
    {41.0, 1e-05, 0x1.a354798c55025p+3},
    {41.0, 0.01, 0x1.6e7d62123834cp+4},
    {41.0, 0.3, 0x1.1e8133b9e389p+5},
    {41.0, 0.5, 0x1.42aeaf1a790f3p+5},
    {41.0, 0.7, 0x1.69c9ffff3f1c7p+5},
    {41.0, 0.99, 0x1.03ccdf8006657p+6},
    {41.0, 0.999999, 0x1.8cb21cb0b6024p+6},
    {41.0, 0.9999999999999999, 0x1.4889cf144cc9dp+7},
    {100.0, 1e-300, 0x1.46dff8c0d4774p-15},
    {100.0, 1e-100, 0x1.908cd52a41639p-2},
    {100.0, 1e-16, 0x1.775a3d7448b5ap+4},
    {100.0, 1e-05, 0x1.95b000061ff9ep+5},
    {100.0, 0.01, 0x1.184273d0b912fp+6},
    {100.0, 0.3, 0x1.708409fc1a434p+6},
    {100.0, 0.5, 0x1.8d5625f974d4ep+6},
    {100.0, 0.7, 0x1.ab9f7fb88912cp+6},
    {100.0, 0.99, 0x1.0f9d0ad1c8f88p+7},
    {100.0, 0.999999, 0x1.6c40e8ee3ba2p+7},
    {100.0, 0.9999999999999999, 0x1.07a358ee26822p+8},
    {1000000.0, 1e-16, 0x1.e2a012a2aca7bp+19},
    {1000000.0, 1e-05, 0x1.e5577fa8ee377p+19},
    {1000000.0, 0.01, 0x1.e6ad1fa49073dp+19},
    {1000000.0, 0.3, 0x1.e7eb3ce24b7e5p+19},
    {1000000.0, 0.5, 0x1.e847eaaaaad51p+19},
    {1000000.0, 0.7, 0x1.e8a4a42eba63bp+19},
    {1000000.0, 0.99, 0x1.e9e39c99143f6p+19},
    {1000000.0, 0.999999, 0x1.eb92184ef0bfbp+19},
    {1000000.0, 0.9999999999999999, 0x1.edf8cae5fe363p+19},
};

double log_tail(double p) {
    return std::log(std::min(p, 1.0 - p));
}

double relative_error(double found, double exact) {
    return std::abs(found / exact - 1.0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(probabilities_keep_their_relative_error_in_both_tails) {
    for (const auto& [nu, x, cdf, survival] : probabilities) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", x = " << x) {
            BOOST_TEST(relative_error(chi_squared_cdf(x, nu), cdf) < 6e-16 * (4.0 - std::log(cdf)));
            BOOST_TEST(relative_error(chi_squared_survival(x, nu), survival) <
                       6e-16 * (4.0 - std::log(survival)));
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_keep_their_relative_error_from_1e_300_to_the_last_double) {
    for (const auto& [nu, p, x] : quantiles) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", p = " << p) {
            BOOST_TEST(relative_error(chi_squared_quantile(p, nu), x) <
                       3e-16 * (4.0 - log_tail(p)));
            BOOST_TEST(relative_error(ChiSquaredQuantile(nu)(p), x) < 3e-16 * (4.0 - log_tail(p)));
        }
    }
}

BOOST_AUTO_TEST_CASE(two_degrees_of_freedom_are_an_exponential_distribution) {
    const ChiSquaredQuantile quantile(2.0);
    double worst = 0.0;
    for (int i = 1; i < 4096; ++i) {
        const double p = i / 4096.0;
        worst = std::max(worst, std::abs(quantile(p) / (-2.0 * std::log1p(-p)) - 1.0));
    }
    BOOST_TEST(worst < 2e-15);
    for (int i = 1; i < 100; ++i) {
        BOOST_TEST(std::abs(chi_squared_survival(i, 2.0) / std::exp(-0.5 * i) - 1.0) < 1e-14);
    }
}

BOOST_AUTO_TEST_CASE(prepared_quantiles_agree_with_direct_ones) {
    std::mt19937_64 random(4);
    std::uniform_real_distribution<double> exponent(-54.0, -1.0);
    for (const double nu : {2.0, 2.5, 4.0, 13.7, 60.0, 1000.0, 1e6, 1e9}) {
        const ChiSquaredQuantile quantile(nu);
        double worst = 0.0;
        for (int i = 0; i < 1000; ++i) {
            const double tail = std::exp2(exponent(random));
            for (const double p : {tail, 1.0 - tail}) {
                if (p == 1.0) continue;
                const double error = std::abs(quantile(p) / chi_squared_quantile(p, nu) - 1.0);
                worst = std::max(worst, error / (4.0 - log_tail(p)));
            }
        }
        BOOST_TEST(worst < 5e-16);
    }
}

BOOST_AUTO_TEST_CASE(quantiles_rise_with_their_probability) {
    for (const double nu : {2.1, 5.0, 40.0, 1e4}) {
        const ChiSquaredQuantile quantile(nu);
        double before = 0.0;
        for (int i = 1; i < (1 << 20); ++i) {
            const double x = quantile(i * 0x1p-20);
            BOOST_TEST_REQUIRE(before < x);
            before = x;
        }
    }
}

BOOST_AUTO_TEST_CASE(
    neighbouring_probabilities_have_quantiles_that_fall_by_no_more_than_the_error) {
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    const ChiSquaredQuantile quantile(4.0);
    for (int i = 0; i < 20'000; ++i) {
        const double p = uniform(random);
        BOOST_TEST_REQUIRE(quantile(std::nextafter(p, 1.0)) >= quantile(p) * (1.0 - 1e-15));
    }
}

BOOST_AUTO_TEST_CASE(the_quantile_of_a_probability_is_its_argument) {
    for (const double nu : {2.1, 5.0, 40.0, 41.0, 300.0, 1e5}) {
        for (int i = 1; i <= 60; ++i) {
            const double x = nu * (1.0 + (i - 30) / 31.0 / std::sqrt(nu));
            const double p = chi_squared_cdf(x, nu);
            BOOST_TEST(std::abs(chi_squared_quantile(p, nu) / x - 1.0) < 2e-14);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    for (const auto& [nu, digest] : {std::pair{2.1, 0xa0c94c81b17dd0f9U},
                                     {4.0, 0xe8ba5f9106c83df9U},
                                     {1000.0, 0x56b6bcf913c19e5bU}}) {
        BOOST_TEST(bit_digest(ChiSquaredQuantile(nu), 1, (1 << 14) - 1, 0x1p-14) == digest);
    }
    const auto cdf = [](double x) { return chi_squared_cdf(x, 7.5); };
    BOOST_TEST(bit_digest(cdf, 1, 3000, 0x1p-6) == 0x4f4d0f651f887fc9U);
    const auto direct = [](double p) { return chi_squared_quantile(p, 7.5); };
    BOOST_TEST(bit_digest(direct, 1, 1023, 0x1p-10) == 0xa2d33beed1d6c7a0U);
}

BOOST_AUTO_TEST_CASE(the_ends_are_0_and_infinity_and_outside_is_no_number) {
    const ChiSquaredQuantile quantile(5.0);
    BOOST_TEST(quantile(0.0) == 0.0);
    BOOST_TEST(quantile(1.0) == infinity);
    BOOST_TEST(std::isnan(quantile(-0.1)));
    BOOST_TEST(std::isnan(quantile(1.1)));
    BOOST_TEST(std::isnan(quantile(std::nan(""))));
    BOOST_TEST(chi_squared_quantile(0.0, 5.0) == 0.0);
    BOOST_TEST(chi_squared_cdf(-1.0, 5.0) == 0.0);
    BOOST_TEST(chi_squared_cdf(0.0, 5.0) == 0.0);
    BOOST_TEST(chi_squared_cdf(infinity, 5.0) == 1.0);
    BOOST_TEST(chi_squared_survival(0.0, 5.0) == 1.0);
    BOOST_TEST(chi_squared_survival(infinity, 5.0) == 0.0);
    BOOST_TEST(std::isnan(chi_squared_cdf(std::nan(""), 5.0)));
}

BOOST_AUTO_TEST_CASE(degrees_of_freedom_below_2_or_beyond_1e9_are_refused) {
    for (const double nu : {1.99, -1.0, 1.1e9, infinity, std::nan("")}) {
        BOOST_CHECK_EXCEPTION(chi_squared_quantile(0.5, nu), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input &&
                   error.where() == "degrees_of_freedom";
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
