#include "numeric/bivariate_normal.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "numeric/bit_digest.hpp"
#include "numeric/normal_distribution.hpp"
#include "table/error.hpp"

BOOST_AUTO_TEST_SUITE(bivariate_normal_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Figure {
    BivariatePoint point;
    double probability;
};

}  // namespace

BOOST_AUTO_TEST_CASE(probabilities_are_those_of_placketts_integral_at_40_digits) {
    static constexpr Figure figures[] = {
        {{.x = 0.0, .y = 0.0, .correlation = 0.5}, 0.33333333333333333333},
        {{.x = -1.0, .y = -1.0, .correlation = 0.3}, 0.045457848515603966108},
        {{.x = -2.3263478740408411, .y = -2.3263478740408411, .correlation = 0.2},
         0.00033891717907344971876},
        {{.x = 1.0, .y = -0.5, .correlation = -0.7}, 0.18704893398126544385},
        {{.x = -3.0, .y = -2.0, .correlation = 0.9}, 0.0013189787601425563555},
    };
    for (const auto& [point, probability] : figures) {
        BOOST_TEST(std::abs(bivariate_normal_cdf(point) / probability - 1.0) < 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(probabilities_are_within_1e_15_up_to_correlations_near_1) {
    // mpmath 1.4.1, 30 digits: the integral of the density times the conditional probability.
    static constexpr Figure figures[] = {
        {{.x = 0.3, .y = 0.3, .correlation = -0.999999}, 0.23582284437790526614},
        {{.x = 0.3, .y = 0.3, .correlation = -0.95}, 0.23724080481344086336},
        {{.x = 0.3, .y = 0.3, .correlation = -0.9}, 0.24338598410619377673},
        {{.x = 0.3, .y = 0.3, .correlation = -0.3}, 0.33824609646689208307},
        {{.x = 0.3, .y = 0.3, .correlation = 0.3}, 0.42664168109865769054},
        {{.x = 0.3, .y = 0.3, .correlation = 0.9}, 0.54934031424439076144},
        {{.x = 0.3, .y = 0.3, .correlation = 0.9000001}, 0.54934034906782436236},
        {{.x = 0.3, .y = 0.3, .correlation = 0.95}, 0.56961250698354635096},
        {{.x = 0.3, .y = 0.3, .correlation = 0.999}, 0.61110647408950317301},
        {{.x = 0.3, .y = 0.3, .correlation = 0.999999}, 0.61769624713985723441},
        {{.x = 0.3, .y = 0.3, .correlation = 0.9999999999990905}, 0.6179112169820503438},
        {{.x = -2.5, .y = -2.4, .correlation = -0.999999}, 0.0},
        {{.x = -2.5, .y = -2.4, .correlation = -0.95}, 1.5273148160850654247e-56},
        {{.x = -2.5, .y = -2.4, .correlation = -0.9}, 5.0615255041947174173e-30},
        {{.x = -2.5, .y = -2.4, .correlation = -0.3}, 2.1641955835439648899e-6},
        {{.x = -2.5, .y = -2.4, .correlation = 0.3}, 0.00032625700063404081122},
        {{.x = -2.5, .y = -2.4, .correlation = 0.9}, 0.003711864112840393296},
        {{.x = -2.5, .y = -2.4, .correlation = 0.9000001}, 0.0037118656248634149858},
        {{.x = -2.5, .y = -2.4, .correlation = 0.95}, 0.0046209169770148347664},
        {{.x = -2.5, .y = -2.4, .correlation = 0.999}, 0.0062057587016206994479},
        {{.x = -2.5, .y = -2.4, .correlation = 0.999999}, 0.006209665325776135167},
        {{.x = -2.5, .y = -2.4, .correlation = 0.9999999999990905}, 0.006209665325776135167},
        {{.x = 1.0, .y = -0.5, .correlation = -0.999999}, 0.14988228479452984495},
        {{.x = 1.0, .y = -0.5, .correlation = -0.95}, 0.152205184284614976},
        {{.x = 1.0, .y = -0.5, .correlation = -0.9}, 0.15886279180075532492},
        {{.x = 1.0, .y = -0.5, .correlation = -0.3}, 0.23203606826854737174},
        {{.x = 1.0, .y = -0.5, .correlation = 0.3}, 0.28313842024448095212},
        {{.x = 1.0, .y = -0.5, .correlation = 0.9}, 0.30851925963385502947},
        {{.x = 1.0, .y = -0.5, .correlation = 0.9000001}, 0.30851925976127859386},
        {{.x = 1.0, .y = -0.5, .correlation = 0.95}, 0.30853751336083356256},
        {{.x = 1.0, .y = -0.5, .correlation = 0.999}, 0.30853753872598689636},
        {{.x = 1.0, .y = -0.5, .correlation = 0.999999}, 0.30853753872598689636},
        {{.x = 1.0, .y = -0.5, .correlation = 0.9999999999990905}, 0.30853753872598689636},
        {{.x = 3.0, .y = 2.9, .correlation = -0.999999}, 0.99678428866798586699},
        {{.x = 3.0, .y = 2.9, .correlation = -0.95}, 0.99678428866798586699},
        {{.x = 3.0, .y = 2.9, .correlation = -0.9}, 0.99678428866798586699},
        {{.x = 3.0, .y = 2.9, .correlation = -0.3}, 0.9967843217163997142},
        {{.x = 3.0, .y = 2.9, .correlation = 0.3}, 0.99681499366850143141},
        {{.x = 3.0, .y = 2.9, .correlation = 0.9}, 0.99750471926316519627},
        {{.x = 3.0, .y = 2.9, .correlation = 0.9000001}, 0.99750471962825785775},
        {{.x = 3.0, .y = 2.9, .correlation = 0.95}, 0.99772856473049894661},
        {{.x = 3.0, .y = 2.9, .correlation = 0.999}, 0.99813317449890726917},
        {{.x = 3.0, .y = 2.9, .correlation = 0.999999}, 0.99813418669961596152},
        {{.x = 3.0, .y = 2.9, .correlation = 0.9999999999990905}, 0.99813418669961596152},
        {{.x = -1.0, .y = 1.0000001, .correlation = -0.9999999999}, 1.3773062760142295107e-6},
        {{.x = 0.5, .y = 0.5000001, .correlation = 0.9999999999}, 0.69146049251168788892},
        {{.x = -6.0, .y = -6.0, .correlation = 0.8}, 3.9800872230922770596e-11},
        {{.x = -8.0, .y = 2.0, .correlation = 0.97}, 6.2209605742717841235e-16},
    };
    for (const auto& [point, probability] : figures) {
        BOOST_TEST_CONTEXT(point.x << ", " << point.y << ", " << point.correlation) {
            BOOST_TEST(std::abs(bivariate_normal_cdf(point) - probability) < 1e-15);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_orthant_is_known_in_closed_form) {
    for (int i = -1000; i <= 1000; ++i) {
        const double correlation = i / 1000.0;
        const double expected = 0.25 + std::asin(correlation) / (2.0 * std::acos(-1.0));
        BOOST_TEST(std::abs(bivariate_normal_cdf({.x = 0.0, .y = 0.0, .correlation = correlation}) -
                            expected) < 1e-15);
    }
}

BOOST_AUTO_TEST_CASE(the_four_quadrants_about_a_point_add_up_to_1) {
    for (const double r : {-1.0, -0.97, -0.5, 0.0, 0.2, 0.9, 0.99, 1.0}) {
        const double x = 0.7;
        const double y = -0.4;
        const double sum = bivariate_normal_cdf({.x = x, .y = y, .correlation = r}) +
                           bivariate_normal_cdf({.x = -x, .y = y, .correlation = -r}) +
                           bivariate_normal_cdf({.x = x, .y = -y, .correlation = -r}) +
                           bivariate_normal_cdf({.x = -x, .y = -y, .correlation = r});
        BOOST_TEST(std::abs(sum - 1.0) < 2e-15);
    }
}

BOOST_AUTO_TEST_CASE(the_arguments_may_change_places) {
    for (const double r : {-0.97, -0.5, 0.2, 0.99}) {
        BOOST_TEST(bivariate_normal_cdf({.x = 0.7, .y = -0.4, .correlation = r}) ==
                   bivariate_normal_cdf({.x = -0.4, .y = 0.7, .correlation = r}));
    }
}

BOOST_AUTO_TEST_CASE(correlations_of_0_and_1_are_the_product_and_the_lesser_probability) {
    const double x = normal_cdf(-1.2);
    const double y = normal_cdf(0.3);
    BOOST_TEST(bivariate_normal_cdf({.x = -1.2, .y = 0.3, .correlation = 0.0}) == x * y);
    BOOST_TEST(bivariate_normal_cdf({.x = -1.2, .y = 0.3, .correlation = 1.0}) == x);
    BOOST_TEST(bivariate_normal_cdf({.x = -1.2, .y = 0.3, .correlation = -1.0}) == 0.0);
    BOOST_TEST(bivariate_normal_cdf({.x = 1.2, .y = 0.3, .correlation = -1.0}) ==
               normal_cdf(1.2) - normal_cdf(-0.3));
}

BOOST_AUTO_TEST_CASE(the_probability_rises_with_the_correlation) {
    double before = -1.0;
    for (int i = -200; i <= 200; ++i) {
        const double probability =
            bivariate_normal_cdf({.x = -1.5, .y = -2.0, .correlation = i / 200.0});
        BOOST_TEST(probability >= before - 1e-15);
        before = probability;
    }
}

BOOST_AUTO_TEST_CASE(far_arguments_leave_the_other_margin_or_nothing) {
    BOOST_TEST(bivariate_normal_cdf({.x = infinity, .y = 0.3, .correlation = 0.4}) ==
               normal_cdf(0.3));
    BOOST_TEST(bivariate_normal_cdf({.x = -1e300, .y = 0.3, .correlation = 0.95}) == 0.0);
    BOOST_TEST(bivariate_normal_cdf({.x = infinity, .y = infinity, .correlation = -1.0}) == 1.0);
    BOOST_TEST(std::isnan(bivariate_normal_cdf({.x = std::nan(""), .y = 0.3, .correlation = 0.4})));
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    const auto by_correlation = [](double r) {
        return bivariate_normal_cdf({.x = -1.25, .y = -0.75, .correlation = r});
    };
    BOOST_TEST(bit_digest(by_correlation, -1024, 1024, 0x1p-10) == 0xea96e9cbf08c857U);
}

BOOST_AUTO_TEST_CASE(a_correlation_beyond_1_is_refused) {
    for (const double r : {1.0 + 0x1p-52, -1.1, std::nan("")}) {
        BOOST_CHECK_EXCEPTION(bivariate_normal_cdf({.x = 0.0, .y = 0.0, .correlation = r}), Error,
                              [](const Error& error) {
                                  return error.code() == ErrorCode::invalid_input &&
                                         error.where() == "correlation";
                              });
    }
}

BOOST_AUTO_TEST_SUITE_END()
