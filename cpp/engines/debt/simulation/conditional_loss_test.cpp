#include "engines/debt/simulation/conditional_loss.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"
#include "numeric/chi_squared_distribution.hpp"

namespace seawall::debt {
namespace {

using fixture::Factors;
using fixture::Obligor;

struct Point {
    std::vector<double> z;
    double root = 1.0;
    ScenarioState state() const { return {.factor = z, .mixing_root = root}; }
};

double literal_loss(const std::vector<Obligor>& obligors, const Factors& factors,
                    const Point& point) {
    const std::vector<double> root = correlation_root(factors.model());
    long double sum = 0.0L;
    for (const Obligor& obligor : obligors) {
        std::vector<float> b(point.z.size());
        standardise_loading(obligor.factor_weight, root, b);
        double distance = standardise_threshold(obligor.default_threshold, b) * point.root;
        for (std::size_t k = 0; k < b.size(); ++k) {
            distance -= static_cast<double>(b[k]) * point.z[k];
        }
        sum += static_cast<long double>(obligor.loss_minor) *
               static_cast<long double>(normal_cdf(distance));
    }
    return static_cast<double>(sum);
}

std::vector<Obligor> shuffled(std::vector<Obligor> obligors, unsigned seed) {
    std::shuffle(obligors.begin(), obligors.end(), std::mt19937(seed));
    return obligors;
}

std::stop_source stopped() {
    std::stop_source source;
    source.request_stop();
    return source;
}

const ParallelOptions one_thread{.threads = 1};

BOOST_AUTO_TEST_SUITE(conditional_loss_test)

BOOST_AUTO_TEST_CASE(the_loss_is_the_sum_of_losses_times_the_rules_probabilities) {
    const Factors factors(5, 0.3, 4.0);
    auto obligors = fixture::random_obligors(3000, factors, 1);
    obligors[7].default_threshold = fixture::infinity;
    obligors[8].default_threshold = -fixture::infinity;
    const ObligorGroups groups = fixture::groups_of(obligors, factors);
    const Point point{.z = {-1.0, 0.5, 0.2, -2.0, 0.1}, .root = 0.4};
    const double expected = literal_loss(obligors, factors, point);
    BOOST_TEST(conditional_loss_minor(groups, point.state(), one_thread) == expected,
               boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(the_value_with_slopes_has_the_bits_of_the_value_alone) {
    const Factors factors(3, 0.2);
    const ObligorGroups groups =
        fixture::groups_of(fixture::random_obligors(5000, factors, 2), factors);
    const Point point{.z = {-1.5, 0.3, 0.9}};
    BOOST_TEST(conditional_loss(groups, point.state(), one_thread).loss_minor ==
               conditional_loss_minor(groups, point.state(), one_thread));
}

BOOST_AUTO_TEST_CASE(the_slopes_are_those_of_differences) {
    const Factors factors(3, 0.2, 5.0);
    const ObligorGroups groups =
        fixture::groups_of(fixture::random_obligors(2000, factors, 3), factors);
    const Point point{.z = {-1.5, 0.3, 0.9}, .root = 0.7};
    const ConditionalLoss found = conditional_loss(groups, point.state(), one_thread);
    constexpr double step = 1e-5;
    const auto difference = [&](const Point& up, const Point& down) {
        return (conditional_loss_minor(groups, up.state(), one_thread) -
                conditional_loss_minor(groups, down.state(), one_thread)) /
               (2.0 * step);
    };
    for (std::size_t k = 0; k < 3; ++k) {
        Point up = point;
        Point down = point;
        up.z[k] += step;
        down.z[k] -= step;
        BOOST_TEST(found.factor_slope[k] == difference(up, down),
                   boost::test_tools::tolerance(1e-7));
    }
    Point up = point;
    Point down = point;
    up.root += step;
    down.root -= step;
    BOOST_TEST(found.mixing_slope == difference(up, down), boost::test_tools::tolerance(1e-7));
}

BOOST_AUTO_TEST_CASE(neither_threads_nor_the_order_of_rows_change_a_bit) {
    const Factors factors(4, 0.1, 3.0);
    const auto obligors = fixture::random_obligors(40'000, factors, 4);
    const ObligorGroups groups = fixture::groups_of(obligors, factors);
    const ObligorGroups other = fixture::groups_of(shuffled(obligors, 5), factors);
    const Point point{.z = {-1.5, 0.3, 0.9, -0.2}, .root = 0.6};
    const ConditionalLoss one = conditional_loss(groups, point.state(), one_thread);
    const ConditionalLoss many = conditional_loss(other, point.state(), {.threads = 5});
    BOOST_TEST(one.loss_minor == many.loss_minor);
    BOOST_TEST(one.mixing_slope == many.mixing_slope);
    BOOST_TEST(one.factor_slope == many.factor_slope, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(probabilities_stand_at_the_rows_of_the_obligors) {
    const Factors factors(1);
    std::vector<Obligor> obligors;
    for (const double threshold : {-1.0, fixture::infinity, -fixture::infinity, 0.5}) {
        obligors.push_back({.slot = static_cast<std::uint32_t>(40 - obligors.size()),
                            .default_threshold = threshold,
                            .factor_weight = {0.0}});
    }
    const Point point{.z = {-3.0}};
    const std::vector<double> expected{normal_cdf(-1.0), 1.0, 0.0, normal_cdf(0.5)};
    BOOST_TEST(conditional_default_probabilities(fixture::groups_of(obligors, factors),
                                                 point.state()) == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_mixing_variable_has_the_score_it_is_given) {
    for (const double degrees : {2.1, 4.0, 300.0}) {
        const MixingScore mixing(degrees);
        for (const double score : {-8.0, -1.0, 0.0, 2.5}) {
            const double w = mixing.variable(score);
            BOOST_TEST(chi_squared_cdf(w, degrees) == normal_cdf(score),
                       boost::test_tools::tolerance(1e-13));
        }
        BOOST_TEST(chi_squared_survival(mixing.variable(12.0), degrees) == normal_cdf(-12.0),
                   boost::test_tools::tolerance(1e-12));
    }
}

BOOST_AUTO_TEST_CASE(the_root_of_the_mixing_variable_has_the_slope_of_differences) {
    const MixingScore mixing(3.5);
    for (const double score : {-30.0, -2.0, 0.0, 1.0, 9.0}) {
        const ValueAndSlope found = mixing.root(score);
        const double difference =
            (mixing.root(score + 1e-5).value - mixing.root(score - 1e-5).value) / 2e-5;
        BOOST_TEST(found.slope == difference, boost::test_tools::tolerance(1e-7));
        BOOST_TEST(found.value == std::sqrt(mixing.variable(score) / 3.5),
                   boost::test_tools::tolerance(1e-15));
    }
    BOOST_TEST(MixingScore(fixture::infinity).root(-3.0).value == 1.0);
    BOOST_TEST(MixingScore(fixture::infinity).root(-3.0).slope == 0.0);
}

BOOST_AUTO_TEST_CASE(the_bound_counts_what_each_obligor_can_come_to) {
    const Factors factors(1);
    const std::vector<Obligor> obligors{
        {.slot = 0, .default_threshold = -1.0, .factor_weight = {0.5}, .loss_minor = 100},
        {.slot = 1, .default_threshold = 0.0, .factor_weight = {0.0}, .loss_minor = 10},
        {.slot = 2, .default_threshold = fixture::infinity, .factor_weight = {0.1}},
        {.slot = 3, .default_threshold = -fixture::infinity, .factor_weight = {0.1}}};
    const ObligorGroups groups = fixture::groups_of(obligors, factors);
    BOOST_TEST(conditional_loss_bound_minor(groups, true) == 106.0);
    BOOST_TEST(conditional_loss_bound_minor(groups, false) == 106.0);
}

BOOST_AUTO_TEST_CASE(a_state_of_other_factors_is_refused) {
    const Factors factors(2);
    const auto obligors = fixture::random_obligors(10, factors, 1);
    const ObligorGroups groups = fixture::groups_of(obligors, factors);
    const Point point{.z = {1.0}};
    BOOST_CHECK_THROW(conditional_loss_minor(groups, point.state(), one_thread), Error);
    BOOST_CHECK_THROW(conditional_loss(groups, point.state(), one_thread), Error);
    BOOST_CHECK_THROW(conditional_default_probabilities(groups, point.state()), Error);
}

BOOST_AUTO_TEST_CASE(a_request_to_stop_ends_the_sum) {
    const Factors factors(1);
    const auto obligors = fixture::random_obligors(10, factors, 1);
    const std::stop_source source = stopped();
    const Point point{.z = {1.0}};
    BOOST_CHECK_EXCEPTION(
        conditional_loss_minor(fixture::groups_of(obligors, factors), point.state(),
                               {.control = {.stop = source.get_token()}}),
        Error, [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
