#include "numeric/exponential.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "numeric/bit_digest.hpp"
#include "numeric/exact_figure.hpp"

BOOST_AUTO_TEST_SUITE(exponential_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double error_ulps_extended(double found, long double expected) {
    const auto nearest = static_cast<double>(expected);
    return error_ulps(found, {nearest, static_cast<double>(expected - nearest)});
}

}  // namespace

BOOST_AUTO_TEST_CASE(exponentials_are_within_0_54_units_in_the_last_place) {
    // mpmath 1.4.1, 50 digits.
    static constexpr ExactPoint points[] = {
        {-708.0, {0x1.7c8ab2288c9abp-1022, 0x0p+0}},
        {-500.3, {0x1.2a1a93d2e36c1p-722, 0x1.bd2a3e086f322p-779}},
        {-87.25, {0x1.1724770e1384dp-126, 0x1.5e4efaaf6690cp-181}},
        {-37.5, {0x1.dd5c566301ec8p-55, -0x1.884835ad01ca7p-109}},
        {-10.1, {0x1.5899ac5129ae3p-15, -0x1.2ab69c9c7ff0cp-70}},
        {-2.0, {0x1.152aaa3bf81ccp-3, -0x1.809224547b4bfp-57}},
        {-1.0, {0x1.78b56362cef38p-2, -0x1.ca8a4270fadf5p-57}},
        {-0.7, {0x1.fc80db9dd5542p-2, 0x1.6a92966c1fc73p-57}},
        {-0.01, {0x1.fae7cfd2b9cfep-1, -0x1.ebb3170fb8de9p-55}},
        {-1e-05, {0x1.fffeb07515653p-1, 0x1.a6d17a564b029p-58}},
        {-1e-20, {0x1p+0, -0x1.79ca10c924223p-67}},
        {1e-20, {0x1p+0, 0x1.79ca10c924223p-67}},
        {1e-05, {0x1.0000a7c5e340ep+0, 0x1.bf6ba1f2a2657p-54}},
        {0.01, {0x1.0292a5d2f2226p+0, 0x1.f4f1ab959f6adp-54}},
        {0.011, {0x1.02d4e0212b927p+0, 0x1.e286ae48fa40cp-54}},
        {0.3, {0x1.599058c8c1a96p+0, -0x1.b3ae34963b3dp-54}},
        {0.5, {0x1.a61298e1e069cp+0, -0x1.b4690082a4906p-55}},
        {1.0, {0x1.5bf0a8b145769p+1, 0x1.4d57ee2b1013ap-53}},
        {1.1, {0x1.808883244d593p+1, -0x1.2598b56c7967ep-56}},
        {5.5, {0x1.e96244f21bbf6p+7, 0x1.298c834010b39p-48}},
        {10.0, {0x1.5829dcf95056p+14, -0x1.83e055cfea4bbp-40}},
        {33.3, {0x1.078401f5a3ec8p+48, 0x1.3933bbaeb7eebp-6}},
        {100.0, {0x1.3494a9b171bf5p+144, -0x1.4cf76bdb3376fp+90}},
        {345.678, {0x1.a22ad25ccb60ep+498, -0x1.e747e038280a6p+444}},
        {700.1, {0x1.058614179b2a5p+1010, -0x1.c9dfb9b17c3cp+956}},
        {709.7, {0x1.d75ae7a50ee14p+1023, -0x1.a7242fe782b54p+968}},
    };
    for (const auto& [x, exact] : points) {
        BOOST_TEST_CONTEXT("x = " << x) BOOST_TEST(error_ulps(canonical_exp(x), exact) < 0.54);
    }
}

BOOST_AUTO_TEST_CASE(logarithms_are_within_0_53_units_in_the_last_place) {
    // mpmath 1.4.1, 50 digits.
    static constexpr ExactPoint points[] = {
        {5e-324, {-0x1.74385446d71c3p+9, -0x1.8e569fa8ee781p-45}},
        {1e-310, {-0x1.64e69394d9508p+9, -0x1.35918fe61c196p-47}},
        {1e-300, {-0x1.5963447f87fb5p+9, -0x1.aa670d35324e6p-46}},
        {1e-100, {-0x1.cc845b54b54f2p+7, 0x1.8ed150b29b629p-47}},
        {1e-20, {-0x1.7069e2aa2aa5bp+5, 0x1.a71834167debfp-51}},
        {0.001, {-0x1.ba18a998fffap+2, -0x1.f25f824141444p-53}},
        {0.1, {-0x1.26bb1bbb55515p+1, -0x1.8b752b6b15c17p-53}},
        {0.3, {-0x1.34378fcbda721p+0, 0x1.9c1404e27f13dp-54}},
        {0.6875, {-0x1.7fafa3bd8151cp-2, 0x1.219024acd3b77p-58}},
        {0.7, {-0x1.6d3c324e13f5p-2, 0x1.641052af5fd8dp-58}},
        {0.9, {-0x1.af8e8210a415cp-4, 0x1.62ed262461c3cp-58}},
        {0.98, {-0x1.4b004bce0abf7p-6, -0x1.7f368862c340cp-61}},
        {0.99, {-0x1.495453e6fd4bcp-7, 0x1.004bec099ed61p-61}},
        {0.999, {-0x1.064670d979b73p-10, -0x1.e46a88405b99bp-66}},
        {0.9999999, {-0x1.ad7f2b1049b9fp-24, -0x1.abda442e82e0dp-78}},
        {0.9999999999999999, {-0x1p-53, -0x1p-107}},
        {1.0000000000000002, {0x1.fffffffffffffp-53, 0x1.5555555555554p-158}},
        {1.0000001, {0x1.ad7f2847b6492p-24, 0x1.d7f4a57fcf3ddp-80}},
        {1.001, {0x1.060354f8c3cc4p-10, -0x1.404acdf912225p-64}},
        {1.01, {0x1.460d6ccca367cp-7, -0x1.b91e884162e7ep-62}},
        {1.0234, {0x1.7af8008e96e41p-6, 0x1.6f84828d803f5p-60}},
        {1.1, {0x1.8663f793c46ccp-4, 0x1.b55a66e0b30efp-58}},
        {1.374, {0x1.455a03edd123p-2, 0x1.cb7b1bf477a5ap-56}},
        {1.376, {0x1.46d750d6da9dbp-2, 0x1.3c8b961ecad36p-58}},
        {1.5, {0x1.9f323ecbf984cp-2, -0x1.a92e513217f5cp-59}},
        {2.0, {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}},
        {2.5, {0x1.d5240f0e0e078p-1, -0x1.7df5360740fe5p-55}},
        {10.0, {0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53}},
        {12345.678, {0x1.2d79559791e31p+3, -0x1.b815cbf5bdc23p-53}},
        {1e+20, {0x1.7069e2aa2aa5bp+5, -0x1.c6b626e89338fp-51}},
        {1e+300, {0x1.5963447f87fb5p+9, 0x1.abccc0710fcd4p-46}},
        {1.7e+308, {0x1.62dd08fdc6f88p+9, 0x1.16a687db2877dp-45}},
    };
    for (const auto& [x, exact] : points) {
        BOOST_TEST_CONTEXT("x = " << x) BOOST_TEST(error_ulps(canonical_log(x), exact) < 0.53);
    }
}

BOOST_AUTO_TEST_CASE(exponentials_keep_their_error_over_the_whole_range) {
    double worst = 0.0;
    for (double x = -708.0; x < 709.0; x += 0.00717) {
        worst = std::max(
            worst, error_ulps_extended(canonical_exp(x), std::exp(static_cast<long double>(x))));
    }
    BOOST_TEST(worst < 0.54);
}

BOOST_AUTO_TEST_CASE(logarithms_keep_their_error_over_the_whole_range) {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> near_1(0.5, 2.0);
    std::uniform_int_distribution<int> exponent(-1073, 1022);
    double worst = 0.0;
    for (int i = 0; i < 200'000; ++i) {
        const double m = near_1(random);
        for (const double x : {m, std::ldexp(m, exponent(random))}) {
            worst = std::max(worst, error_ulps_extended(canonical_log(x),
                                                        std::log(static_cast<long double>(x))));
        }
    }
    BOOST_TEST(worst < 0.53);
}

BOOST_AUTO_TEST_CASE(a_low_part_of_the_exponent_counts) {
    std::mt19937_64 random(2);
    std::uniform_real_distribution<double> high(-700.0, 700.0);
    std::uniform_real_distribution<double> low(-0x1p-10, 0x1p-10);
    double worst = 0.0;
    for (int i = 0; i < 100'000; ++i) {
        const double x = high(random);
        const double rest = low(random);
        worst = std::max(worst, error_ulps_extended(canonical_exp(x, rest),
                                                    std::exp(static_cast<long double>(x) + rest)));
    }
    BOOST_TEST(worst < 0.8);  // the sum above is rounded to 64 bits
}

BOOST_AUTO_TEST_CASE(exact_values_are_exact) {
    BOOST_TEST(canonical_exp(0.0) == 1.0);
    BOOST_TEST(canonical_log(1.0) == 0.0);
}

BOOST_AUTO_TEST_CASE(subnormal_exponentials_are_within_one_unit) {
    for (double x = -745.1; x < -708.4; x += 0.037) {
        const auto expected = static_cast<double>(std::exp(static_cast<long double>(x)));
        BOOST_TEST(std::abs(canonical_exp(x) - expected) <=
                   std::numeric_limits<double>::denorm_min());
    }
}

BOOST_AUTO_TEST_CASE(what_no_double_holds_is_infinite_0_or_no_number) {
    BOOST_TEST(canonical_exp(709.8) == infinity);
    BOOST_TEST(canonical_exp(infinity) == infinity);
    BOOST_TEST(canonical_exp(-745.2) == 0.0);
    BOOST_TEST(canonical_exp(-infinity) == 0.0);
    BOOST_TEST(canonical_log(0.0) == -infinity);
    BOOST_TEST(canonical_log(infinity) == infinity);
    BOOST_TEST(std::isnan(canonical_log(-1.0)));
    BOOST_TEST(std::isnan(canonical_log(std::nan(""))));
    BOOST_TEST(std::isnan(canonical_exp(std::nan(""))));
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    const auto exponential = [](double x) { return canonical_exp(x); };
    BOOST_TEST(bit_digest(exponential, -90'000, 90'000, 0x1p-7) == 0xec7a8f2e2023cd99U);
    BOOST_TEST(bit_digest(canonical_log, 1, 100'000, 0x1p-15) == 0xfd3f1f654c3d9fb5U);
}

BOOST_AUTO_TEST_SUITE_END()
