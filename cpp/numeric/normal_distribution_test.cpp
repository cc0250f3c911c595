#include "numeric/normal_distribution.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "numeric/bit_digest.hpp"
#include "numeric/exact_figure.hpp"

BOOST_AUTO_TEST_SUITE(normal_distribution_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Quantile {
    double p, x;
};

void check_neighbours_do_not_fall(double x, int count) {
    double before = normal_cdf(x);
    for (int i = 0; i < count; ++i) {
        x = std::nextafter(x, infinity);
        const double value = normal_cdf(x);
        BOOST_TEST_REQUIRE(before <= value, "falls before x = " << x);
        before = value;
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(probabilities_keep_their_relative_error_in_both_tails) {
    // mpmath 1.4.1, 50 digits.
    static constexpr ExactPoint points[] = {
        {-37.5, {0x1.08eda98086fd1p-1021, -0x0.0000000000001p-1022}},
        {-37.0, {0x1.eaccc6bfeb0afp-995, -0x0.0000003679c0cp-1022}},
        {-30.0, {0x1.7795ad05ea397p-656, -0x1.44d5d4c718834p-711}},
        {-25.3, {0x1.379cab63104acp-468, -0x1.b3bd55beaffdcp-522}},
        {-20.0, {0x1.c0bd0f1880783p-295, -0x1.ede1acbcb844fp-351}},
        {-15.5, {0x1.543b1842c894ep-179, -0x1.63f7192f28192p-233}},
        {-12.0, {0x1.272b313666239p-109, -0x1.e0bbf65391f77p-165}},
        {-10.0, {0x1.26c75e84fb10dp-77, 0x1.ace508f1cc541p-131}},
        {-8.5, {0x1.5dbbaccf1a4ep-57, 0x1.d3f69c97b7828p-111}},
        {-7.0, {0x1.683c36759a444p-40, 0x1.add0c63255d4ep-95}},
        {-6.0, {0x1.0f30ef0092d48p-30, 0x1.f0faa93e340a9p-85}},
        {-5.5, {0x1.463cfa9c7fce7p-26, 0x1.d319482f286c1p-80}},
        {-5.0, {0x1.33ca2f2133831p-22, -0x1.bdc39cdfb8c0dp-83}},
        {-4.5, {0x1.c80728dd3b03ap-19, 0x1.6b3512e2aa93p-73}},
        {-4.1, {0x1.5a93510d1bfc4p-16, -0x1.d7b757bd73103p-71}},
        {-4.07, {0x1.8a5ff1ccd5da9p-16, 0x1.f47c2f12737e7p-70}},
        {-4.0625, {0x1.97443804f6995p-16, -0x1.e8686766c0573p-72}},
        {-4.06, {0x1.9ba6dae328d59p-16, 0x1.25de62a42c86cp-70}},
        {-3.9375, {0x1.595675c2cbdcp-15, -0x1.b88fdf737123cp-70}},
        {-3.5, {0x1.e7dbc92b77dd5p-13, -0x1.1f5b3032df8cap-67}},
        {-3.0, {0x1.61de1f985b5d7p-10, -0x1.dd537b698460ep-65}},
        {-2.7, {0x1.c66c563346a6fp-9, 0x1.d61c0a0febde4p-63}},
        {-2.3263478740408408, {0x1.47ae147ae148p-7, 0x1.4041647771c1cp-62}},
        {-2.0, {0x1.74bcf82c9d86p-6, -0x1.98c5d9f298e61p-60}},
        {-1.6448536269514722, {0x1.99999999999a1p-5, 0x1.7daf59a39c44cp-59}},
        {-1.1875, {0x1.e157a5e4d23ep-4, 0x1.60c7ed5681fadp-59}},
        {-1.0, {0x1.44ed0bb7cb20bp-3, 0x1.6d0374584348cp-58}},
        {-0.7, {0x1.ef8aa3a8f356p-3, -0x1.6c518600d56cdp-58}},
        {-0.5, {0x1.3bf143b9aa712p-2, 0x1.0cbf1c37bd636p-56}},
        {-0.3, {0x1.87423a677e90fp-2, -0x1.fcb9b8a4477a8p-57}},
        {-0.125, {0x1.cd116c3bf96a6p-2, 0x1.f9b54729840bep-56}},
        {-0.0625, {0x1.e67bfb89b5133p-2, 0x1.da6ffe9ae42fdp-56}},
        {-0.01, {0x1.fbea36d462e24p-2, -0x1.aa10939130a77p-58}},
        {-1e-05, {0x1.fffef4463cf4bp-2, -0x1.0cffc0d505cddp-57}},
        {-1e-10, {0x1.ffffffff508b1p-2, 0x1.e95344e07bfd8p-56}},
        {1e-10, {0x1.0000000057ba7p-1, 0x1.0b565d8fc2014p-55}},
        {1e-05, {0x1.000085dce185bp-1, -0x1.bcc00fcabe8c9p-55}},
        {0.01, {0x1.020ae495ce8eep-1, 0x1.aa10939130a77p-58}},
        {0.0625, {0x1.0cc2023b25766p-1, 0x1.12c800b28de82p-55}},
        {0.2, {0x1.2894ba87dce1cp-1, 0x1.6ddf84488652cp-55}},
        {0.5, {0x1.62075e232ac77p-1, -0x1.0cbf1c37bd636p-56}},
        {1.0, {0x1.aec4bd120d37dp-1, 0x1.a4bf22e9ef2ddp-56}},
        {1.5, {0x1.ddcb724ed3702p-1, 0x1.61d5255b4c4c2p-56}},
        {2.0, {0x1.f45a183e9b13dp-1, 0x1.98c5d9f298e61p-60}},
        {3.0, {0x1.ff4f10f033d25p-1, 0x1.49dd537b69846p-57}},
        {4.0, {0x1.fffbd94a1aad4p-1, 0x1.0e83426c70d94p-64}},
        {5.0, {0x1.fffff661ae86fp-1, 0x1.98f9e01bdc39dp-55}},
        {6.0, {0x1.fffffff786788p-1, 0x1.feda56f83c156p-55}},
        {7.0, {0x1.fffffffffd2f8p-1, 0x1.e4c532ddde523p-55}},
        {8.0, {0x1.ffffffffffffap-1, 0x1.962d36f2aa31cp-55}},
        {8.2, {0x1.fffffffffffffp-1, -0x1.525ba84cff01dp-57}},
    };
    for (const auto& [x, exact] : points) {
        BOOST_TEST_CONTEXT("x = " << x) {
            BOOST_TEST(relative_error(normal_cdf(x), exact) < 8e-16);
            if (x > -4.0625) BOOST_TEST(error_ulps(normal_cdf(x), exact) < (x > 0.0 ? 0.8 : 0.6));
        }
    }
}

BOOST_AUTO_TEST_CASE(densities_are_within_4e_16) {
    // mpmath 1.4.1, 50 digits.
    static constexpr ExactPoint points[] = {
        {-37.0, {0x1.1bf35e596c74p-989, 0x0.00000545a2f7ap-1022}},
        {-20.0, {0x1.1928c553065a4p-290, -0x1.3a34c1f076b84p-344}},
        {-5.5, {0x1.ce8ec39250975p-24, 0x1.b565716c2634ap-79}},
        {-1.0, {0x1.ef8e58e331737p-3, 0x1.c30e33c93dc5ep-57}},
        {-0.1, {0x1.967aba85e91ddp-2, 0x1.dd4f9954cf89cp-57}},
        {0.0, {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56}},
        {1e-05, {0x1.9884533cebaa9p-2, 0x1.28eb2a3e06f95p-56}},
        {0.3, {0x1.868a8709fbbbfp-2, 0x1.5783f765b7ep-58}},
        {1.0, {0x1.ef8e58e331737p-3, 0x1.c30e33c93dc5ep-57}},
        {2.5, {0x1.1f2f0557f5256p-6, 0x1.24a8e793d0774p-61}},
        {5.0, {0x1.8f16964c8fd3fp-20, 0x1.22449b40a3301p-75}},
        {12.3, {0x1.74a0531074358p-111, 0x1.09a9770ca0596p-165}},
        {30.0, {0x1.6080417588184p-651, -0x1.58ccaaa2c9bffp-705}},
    };
    for (const auto& [x, exact] : points) {
        BOOST_TEST_CONTEXT("x = " << x) {
            BOOST_TEST(relative_error(normal_density(x), exact) < 4e-16);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_probability_of_the_mean_is_one_half) {
    BOOST_TEST(normal_cdf(0.0) == 0.5);
    BOOST_TEST(normal_quantile(0.5) == 0.0);
}

BOOST_AUTO_TEST_CASE(probabilities_agree_with_the_library_function_on_a_grid) {
    double worst = 0.0;
    for (double x = -37.5; x < 9.0; x += 0.00091) {
        const long double expected =
            0.5L * std::erfc(-static_cast<long double>(x) * 0.7071067811865475244008443621048490L);
        const auto nearest = static_cast<double>(expected);
        worst = std::max(worst, relative_error(normal_cdf(x),
                                               {nearest, static_cast<double>(expected - nearest)}));
    }
    BOOST_TEST(worst < 8e-16);
}

BOOST_AUTO_TEST_CASE(probabilities_of_neighbouring_doubles_do_not_fall) {
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> centre(-6.0, 6.0);
    std::uniform_real_distribution<double> exponent(-60.0, 3.0);
    for (int i = 0; i < 10'000; ++i) {
        check_neighbours_do_not_fall(centre(random), 64);
        const double near_0 = std::exp2(exponent(random));
        check_neighbours_do_not_fall(near_0, 16);
        check_neighbours_do_not_fall(-near_0, 16);
    }
}

BOOST_AUTO_TEST_CASE(probabilities_do_not_fall_where_one_formula_takes_over_from_another) {
    for (int sixteenths = -65; sixteenths <= 65; ++sixteenths) {
        double x = sixteenths / 16.0;
        for (int i = 0; i < 20; ++i) x = std::nextafter(x, -infinity);
        check_neighbours_do_not_fall(x, 40);
    }
}

BOOST_AUTO_TEST_CASE(probabilities_beyond_all_doubles_are_0_or_1) {
    BOOST_TEST(normal_cdf(-38.4) > 0.0);
    BOOST_TEST(normal_cdf(-39.5) == 0.0);
    BOOST_TEST(normal_cdf(-infinity) == 0.0);
    BOOST_TEST(normal_cdf(8.3) == 1.0);
    BOOST_TEST(normal_cdf(infinity) == 1.0);
    BOOST_TEST(normal_density(infinity) == 0.0);
    BOOST_TEST(std::isnan(normal_cdf(std::nan(""))));
    BOOST_TEST(std::isnan(normal_density(std::nan(""))));
}

BOOST_AUTO_TEST_CASE(quantiles_are_within_1e_15_of_the_exact_ones) {
    // mpmath, 50 digits, of the nearest double to p; with the check values of AS 241.
    static constexpr Quantile quantiles[] = {
        {1e-300, -37.0470962993611992365470425049},
        {1e-100, -21.2734535609653242941795170354},
        {1e-20, -9.26234008979840757957209460428},
        {1e-16, -8.22208221613043561518201472506},
        {1e-10, -6.36134090240405619910039694879},
        {2.3283064365386963e-10, -6.23026013798904316302514815054},
        {1e-06, -4.75342430882289895733886399995},
        {0.0001, -3.71901648545568055228756433302},
        {0.001, -3.09023230616781353535800457626},
        {0.0013, -3.01145375849978403625434896531},
        {0.01, -2.32634787404084109307509639163},
        {0.02, -2.05374891063182304433863907492},
        {0.02425, -1.97296105131188483760274814279},
        {0.025, -1.95996398454005421177958419423},
        {0.05, -1.64485362695147268795212807646},
        {0.075, -1.43953147093845593494980102247},
        {0.1, -1.28155156554460043533451708968},
        {0.2, -0.841621233572914165522490625772},
        {0.25, -0.674489750196081743202227014541},
        {0.3, -0.524400512708040815969454362264},
        {0.4, -0.253347103135799741324688691772},
        {0.425, -0.189118426272792518444942199392},
        {0.49, -0.0250689082587110580326916255394},
        {0.575, 0.189118426272792376788409127811},
        {0.75, 0.674489750196081743202227014541},
        {0.9, 1.28155156554460059348744828852},
        {0.925, 1.43953147093845622906332015725},
        {0.95, 1.64485362695147228427631560354},
        {0.975, 1.95996398454005385560443064983},
        {0.99, 2.32634787404084076763718923689},
        {0.995, 2.5758293035489004538574826715},
        {0.999, 3.09023230616781327775820233256},
        {0.9997, 3.43161440362329917816246421648},
        {0.9999, 3.71901648545570838672275941534},
        {0.999999, 4.75342430881708776568809703068},
        {0.9999999999, 6.36134088969742186415544178743},
        {0.9999999999999999, 8.20953615160138685563076877867},
    };
    for (const auto& [p, x] : quantiles) {
        BOOST_TEST_CONTEXT("p = " << p) {
            BOOST_TEST(std::abs(normal_quantile(p) / x - 1.0) < 1e-15);
        }
    }
}

BOOST_AUTO_TEST_CASE(normals_of_the_random_stream_are_those_of_an_independent_implementation) {
    // 53-bit uniforms of Philox blocks and their quantiles at 50 digits.
    static constexpr Quantile quantiles[] = {
        {0.5278664740412615, 0.069907791081156183889},
        {0.675180089646418, 0.45426261476827665002},
        {0.7784180395768612, 0.76686140823068334243},
        {0.06990476580259336, -1.4765006845703899964},
        {0.3318503885433945, -0.43480940579789922407},
        {0.9919435471184503, 2.4063480431500223405},
        {0.6640477294415248, 0.4235355853255039558},
        {0.03411620897270001, -1.8234688026748080237},
        {0.49667022535014765, -0.0083466041966020722305},
        {0.11924399367647959, -1.1787744837629585571},
    };
    for (const auto& [p, x] : quantiles) {
        BOOST_TEST_CONTEXT("p = " << p) {
            BOOST_TEST(std::abs(normal_quantile(p) / x - 1.0) < 1e-15);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_quantile_of_a_probability_is_its_argument) {
    double worst = 0.0;
    for (double x = -37.0; x < -0.01; x += 0.0137) {
        worst = std::max(worst, std::abs(normal_quantile(normal_cdf(x)) / x - 1.0));
    }
    BOOST_TEST(worst < 2e-15);
}

BOOST_AUTO_TEST_CASE(quantiles_of_the_ends_are_infinite_and_outside_is_no_number) {
    BOOST_TEST(normal_quantile(0.0) == -infinity);
    BOOST_TEST(normal_quantile(1.0) == infinity);
    BOOST_TEST(std::isfinite(normal_quantile(1.0 - 0x1p-53)));
    BOOST_TEST(std::isnan(normal_quantile(-0.1)));
    BOOST_TEST(std::isnan(normal_quantile(1.1)));
    BOOST_TEST(std::isnan(normal_quantile(std::nan(""))));
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    BOOST_TEST(bit_digest(normal_cdf, -40'000, 10'000, 0x1p-10) == 0xe018af00411a28efU);
    BOOST_TEST(bit_digest(normal_quantile, 1, (1 << 16) - 1, 0x1p-16) == 0x30027815dca202d5U);
    BOOST_TEST(bit_digest(normal_quantile, 1, 10'000, 0x1p-200) == 0xf848f6e2e8275aaeU);
}

BOOST_AUTO_TEST_SUITE_END()
