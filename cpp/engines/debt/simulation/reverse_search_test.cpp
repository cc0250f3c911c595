#include "engines/debt/simulation/reverse_search.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <utility>

#include "engines/debt/analytic/reverse_stress.hpp"
#include "engines/debt/simulation/conditional_loss.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

using boost::test_tools::tolerance;
using fixture::Factors;
using fixture::infinity;
using fixture::Obligor;

const ParallelOptions one_thread{.threads = 1};

ReverseStress search(const std::vector<Obligor>& obligors, const Factors& factors, double loss) {
    return reverse_search(fixture::groups_of(obligors, factors), factors.model(),
                          {.loss_minor = loss}, one_thread);
}

/// A weight whose loading b, of one factor, is the float itself.
double weight_of(double loading) {
    return loading / std::sqrt(1.0 + loading * loading);
}

Obligor obligor_of(std::uint32_t slot, double probability, std::vector<double> weight,
                   std::int64_t loss = 1'000'000) {
    return {.slot = slot,
            .default_threshold = normal_quantile(probability),
            .factor_weight = std::move(weight),
            .loss_minor = loss};
}

/// E[L | r·cos, r·sin] of a plane of states: one factor and v, or two factors.
class Plane {
  public:
    Plane(const std::vector<Obligor>& obligors, const Factors& factors)
        : groups_(fixture::groups_of(obligors, factors)),
          mixing_(factors.model().degrees_of_freedom) {}

    double loss(double x, double y) const {
        const std::vector<double> z = mixing_.is_gaussian() ? std::vector{x, y} : std::vector{x};
        return conditional_loss_minor(
            groups_,
            {.factor = z, .mixing_root = mixing_.is_gaussian() ? 1.0 : mixing_.root(y).value},
            one_thread);
    }

    /// The least radius over a fine grid of directions, each to the first crossing.
    double least_radius(double target) const {
        constexpr int directions = 2000;
        constexpr double step = 0.1;
        double least = 12.0;
        for (int i = 0; i < directions; ++i) {
            const double angle = 2.0 * std::numbers::pi * i / directions;
            const double x = std::cos(angle);
            const double y = std::sin(angle);
            double outside = 0.0;
            while (outside < least && loss(outside * x, outside * y) < target) outside += step;
            if (outside >= least + step) continue;
            double inside = std::max(outside - step, 0.0);
            for (int halving = 0; halving < 30; ++halving) {
                const double middle = 0.5 * (inside + outside);
                (loss(middle * x, middle * y) < target ? inside : outside) = middle;
            }
            least = std::min(least, outside);
        }
        return least;
    }

  private:
    ObligorGroups groups_;
    MixingScore mixing_;
};

std::string place_refused(const std::vector<Obligor>& obligors, const Factors& factors,
                          const ReverseTarget& target) {
    try {
        reverse_search(fixture::groups_of(obligors, factors), factors.model(), target, one_thread);
    } catch (const Error& error) {
        return std::string(code_name(error.code())) + " " + error.where();
    }
    return "none";
}

BOOST_AUTO_TEST_SUITE(reverse_search_test)

// reverse-stress-1f of the reference figures: PD 2 %, correlation 20 %, a loss of 8 %.
BOOST_AUTO_TEST_CASE(a_large_pool_of_one_factor_has_the_published_state) {
    const Factors factors(1);
    const auto found = search({obligor_of(0, 0.02, {std::sqrt(0.2)})}, factors, 80'000.0);
    BOOST_TEST(found.minima.size() == 1U);
    const ReversePoint& point = found.minima[0];
    BOOST_TEST(point.factor[0] == -1.7821790522696317984, tolerance(1e-10));
    BOOST_TEST(point.first_order_probability == 0.037360018842411215165, tolerance(1e-10));
    BOOST_TEST(point.second_order_probability == point.first_order_probability);
    BOOST_TEST(point.conditional_loss_minor == 80'000.0, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(large_pools_of_one_factor_have_the_closed_forms_state) {
    const Factors factors(1);
    for (const double loading : {0.25, 0.75, 2.0}) {
        for (const double probability : {0.001, 0.3}) {
            for (const double loss : {0.5, 0.97}) {
                const auto found =
                    search({obligor_of(3, probability, {weight_of(loading)})}, factors, loss * 1e6);
                const double square = loading * loading;
                const AdverseFactor exact =
                    factor_of_loss({.default_probability = probability,
                                    .asset_correlation = square / (1.0 + square)},
                                   loss);
                BOOST_TEST(found.minima.at(0).factor[0] == exact.factor, tolerance(1e-10));
                BOOST_TEST(found.minima[0].first_order_probability == exact.probability,
                           tolerance(1e-9));
            }
        }
    }
}

// reverse-stress-linear: the pool loses its target where β'Z = 1.5.
BOOST_AUTO_TEST_CASE(a_linear_pool_of_three_factors_has_the_published_state) {
    const std::vector<double> correlation{1.0, 0.4, 0.1, 0.4, 1.0, -0.3, 0.1, -0.3, 1.0};
    const FactorModel model{.factor_count = 3, .correlation = correlation};
    const double own = std::sqrt(1.0 - 1.5 * 1.5 / 1.8662722567253980955 / 1.8662722567253980955);
    const fixture::Obligors book({{.slot = 5,
                                   .default_threshold = -2.0,
                                   .factor_weight = {-0.6, -0.3, 0.2},
                                   .loss_minor = 1'000'000'000}});
    const double loss = 1e9 * normal_cdf((-2.0 + 1.5) / own);
    const auto found = reverse_search(group_obligors_by_slot(book.columns(), model), model,
                                      {.loss_minor = loss}, one_thread);
    // Loadings are floats: 2^-24 and no more.
    BOOST_TEST(found.minima.size() == 1U);
    BOOST_TEST(found.minima[0].radius == 1.8662722567253980955, tolerance(1e-7));
    BOOST_TEST(found.minima[0].factor[0] == 1.6253869969040247678, tolerance(3e-7));
    BOOST_TEST(found.minima[0].factor[1] == 1.3931888544891640867, tolerance(3e-7));
    BOOST_TEST(found.minima[0].factor[2] == -0.53405572755417956656, tolerance(3e-7));
    BOOST_TEST(found.minima[0].least_curvature == 1.0, tolerance(1e-8));
}

BOOST_AUTO_TEST_CASE(a_linear_pool_has_the_closed_form_of_its_rounded_loadings) {
    for (const std::size_t count : {2U, 5U, 20U, 64U}) {
        const Factors factors(count, 0.3);
        auto obligor = fixture::random_obligors(1, factors, static_cast<unsigned>(count))[0];
        obligor.loss_minor = 1'000'000;
        const ObligorGroups groups = fixture::groups_of({obligor}, factors);
        std::vector<float> rounded(count);
        groups.copy_loading(0, rounded);
        std::vector<double> sensitivities(rounded.begin(), rounded.end());
        std::vector<double> identity(count * count);
        for (std::size_t k = 0; k < count; ++k) identity[k * count + k] = 1.0;
        const double loss = 1e6 * normal_cdf(groups.threshold[0] + 1.25);
        const auto exact =
            factors_of_loss({.sensitivities = sensitivities, .factor_covariance = identity}, -1.25);
        const auto found =
            reverse_search(groups, factors.model(), {.loss_minor = loss}, one_thread);
        BOOST_TEST(found.minima.size() == 1U);
        BOOST_TEST(found.minima[0].radius == exact.distance, tolerance(1e-10));
        for (std::size_t k = 0; k < count; ++k) {
            BOOST_TEST(std::abs(found.minima[0].whitened[k] - exact.factors[k]) < 1e-10);
        }
    }
}

BOOST_AUTO_TEST_CASE(under_t_no_direction_of_a_fine_grid_is_nearer) {
    for (const double degrees : {2.5, 4.0, 30.0}) {
        const Factors factors(1, 0.0, degrees);
        auto obligors = fixture::random_obligors(40, factors, 11);
        double total = 0.0;
        for (Obligor& obligor : obligors) {
            obligor.factor_weight[0] = std::abs(obligor.factor_weight[0]);
            obligor.loss_minor = 1000 + obligor.loss_minor % 100'000;
            total += static_cast<double>(obligor.loss_minor);
        }
        for (const double share : {0.3, 0.6, 0.9}) {
            const auto found = search(obligors, factors, share * total);
            const double grid = Plane(obligors, factors).least_radius(share * total);
            BOOST_TEST(found.minima.at(0).radius <= grid + 1e-9);
            BOOST_TEST(found.minima[0].radius == grid, tolerance(2e-5));
        }
    }
}

BOOST_AUTO_TEST_CASE(with_two_factors_no_direction_of_a_fine_grid_is_nearer) {
    const Factors factors(2, 0.4);
    for (const unsigned seed : {1U, 2U, 3U, 4U}) {
        auto obligors = fixture::random_obligors(30, factors, seed);  // of mixed signs
        double total = 0.0;
        for (Obligor& obligor : obligors) {
            obligor.loss_minor = 1000 + obligor.loss_minor % 100'000;
            total += static_cast<double>(obligor.loss_minor);
        }
        const auto found = search(obligors, factors, 0.4 * total);
        const double grid = Plane(obligors, factors).least_radius(0.4 * total);
        BOOST_TEST(found.minima.at(0).radius <= grid + 1e-9);
        BOOST_TEST(found.minima[0].radius == grid, tolerance(2e-5));
    }
}

BOOST_AUTO_TEST_CASE(a_symmetric_book_reports_both_of_its_minima) {
    const Factors factors(1);
    const auto found =
        search({obligor_of(0, 0.01, {0.6}), obligor_of(1, 0.01, {-0.6})}, factors, 400'000.0);
    BOOST_TEST(found.minima.size() == 2U);
    BOOST_TEST(found.minima[0].factor[0] == -found.minima[1].factor[0], tolerance(1e-12));
    BOOST_TEST(found.minima[0].radius > 1.0);
}

BOOST_AUTO_TEST_CASE(minima_that_differ_are_reported_by_rising_radius) {
    const Factors factors(1);
    const auto found =
        search({obligor_of(0, 0.03, {0.6}), obligor_of(1, 0.01, {-0.6})}, factors, 400'000.0);
    BOOST_TEST(found.minima.size() == 2U);
    BOOST_TEST(found.minima[0].factor[0] < 0.0);
    BOOST_TEST(found.minima[1].factor[0] > 0.0);
    BOOST_TEST(found.minima[0].radius < found.minima[1].radius - 0.1);
}

BOOST_AUTO_TEST_CASE(four_sectors_alike_have_four_minima_and_no_saddle_among_them) {
    const Factors factors(2);
    const auto found = search({obligor_of(0, 0.01, {0.7, 0.0}), obligor_of(1, 0.01, {-0.7, 0.0}),
                               obligor_of(2, 0.01, {0.0, 0.7}), obligor_of(3, 0.01, {0.0, -0.7})},
                              factors, 500'000.0);
    BOOST_TEST(found.minima.size() == 4U);
    for (const ReversePoint& point : found.minima) {
        BOOST_TEST(point.radius == found.minima[0].radius, tolerance(1e-12));
        BOOST_TEST(point.least_curvature > 0.0);
    }
}

BOOST_AUTO_TEST_CASE(a_start_that_ends_on_a_saddle_leads_to_the_minima_beside_it) {
    // Along the diagonal both sectors fail alike; the slope at the middle points along it.
    const Factors factors(2);
    const auto obligors =
        std::vector{obligor_of(0, 0.01, {0.9, 0.0}), obligor_of(1, 0.01, {0.0, 0.9})};
    const auto found = search(obligors, factors, 600'000.0);
    BOOST_TEST(found.saddle_count == 1U);
    BOOST_TEST(found.minima.size() == 2U);
    BOOST_TEST(found.minima[0].radius == found.minima[1].radius, tolerance(1e-12));
    BOOST_TEST(found.minima[0].factor[0] == found.minima[1].factor[1], tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(the_multiplier_is_what_the_squared_radius_rises_by) {
    const Factors factors(3, 0.2, 5.0);
    const auto obligors = fixture::random_obligors(200, factors, 21);
    double total = 0.0;
    for (const Obligor& obligor : obligors) total += static_cast<double>(obligor.loss_minor);
    const auto radius = [&](double share) {
        return search(obligors, factors, share * total).minima.at(0).radius;
    };
    const ReversePoint point = search(obligors, factors, 0.5 * total).minima.at(0);
    const double up = radius(0.5 + 1e-5);
    const double down = radius(0.5 - 1e-5);
    BOOST_TEST(point.multiplier_per_minor == (up * up - down * down) / (2e-5 * total),
               tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(each_minimum_has_the_loss_and_the_slope_that_it_must) {
    const Factors factors(4, -0.1, 4.0);
    const auto obligors = fixture::random_obligors(500, factors, 22);
    const ObligorGroups groups = fixture::groups_of(obligors, factors);
    double total = 0.0;
    for (const Obligor& obligor : obligors) total += static_cast<double>(obligor.loss_minor);
    const auto found = search(obligors, factors, 0.5 * total);
    const MixingScore mixing(4.0);
    for (const ReversePoint& point : found.minima) {
        BOOST_TEST(point.conditional_loss_minor == 0.5 * total, tolerance(1e-12));
        BOOST_TEST(point.kkt_residual < 1e-8);
        const ConditionalLoss loss = conditional_loss(
            groups, {.factor = point.whitened, .mixing_root = point.mixing_root}, one_thread);
        const double half = 0.5 * point.multiplier_per_minor;
        for (std::size_t k = 0; k < 4; ++k) {
            BOOST_TEST(std::abs(point.whitened[k] - half * loss.factor_slope[k]) < 1e-8);
        }
        const double by_score = loss.mixing_slope * mixing.root(point.mixing_score).slope;
        BOOST_TEST(std::abs(point.mixing_score - half * by_score) < 1e-8);
        BOOST_TEST(point.mixing_root == std::sqrt(point.mixing_variable / 4.0), tolerance(1e-14));
    }
}

BOOST_AUTO_TEST_CASE(factors_are_in_their_own_units) {
    const Factors factors(2, 0.6);
    const auto found = search({obligor_of(0, 0.02, {0.3, 0.5})}, factors, 500'000.0);
    const ReversePoint& point = found.minima.at(0);
    BOOST_TEST(point.factor[0] == point.whitened[0], tolerance(1e-15));
    BOOST_TEST(point.factor[1] == 0.6 * point.whitened[0] + 0.8 * point.whitened[1],
               tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(curvature_brings_the_probability_nearer_to_the_true_one) {
    const Factors factors(1, 0.0, 4.0);
    const std::vector<Obligor> pool{obligor_of(0, 0.01, {weight_of(0.5)})};
    const ObligorGroups groups = fixture::groups_of(pool, factors);
    const MixingScore mixing(4.0);
    const ReversePoint point = search(pool, factors, 600'000.0).minima.at(0);
    // P(A√(W/ν) − bz >= q) over v by the trapezoid rule.
    double exact = 0.0;
    for (double v = -12.0; v <= 12.0; v += 0.01) {
        const double z = (groups.threshold[0] * mixing.root(v).value - normal_quantile(0.6)) / 0.5;
        exact += 0.01 * normal_density(v) * normal_cdf(z);
    }
    const double first = std::abs(point.first_order_probability / exact - 1.0);
    const double second = std::abs(point.second_order_probability / exact - 1.0);
    BOOST_TEST(second < 0.5 * first);
}

BOOST_AUTO_TEST_CASE(a_target_that_the_middle_reaches_is_reached_there) {
    const Factors factors(2);
    const auto found = search({obligor_of(0, 0.4, {0.3, 0.5})}, factors, 100'000.0);
    BOOST_TEST(!found.is_binding);
    BOOST_TEST(found.minima.size() == 1U);
    BOOST_TEST(found.minima[0].radius == 0.0);
    BOOST_TEST(found.minima[0].multiplier_per_minor == 0.0);
    BOOST_TEST(found.minima[0].conditional_loss_minor > 100'000.0);
}

BOOST_AUTO_TEST_CASE(certain_losses_count_towards_the_target) {
    const Factors factors(1);
    auto certain = obligor_of(1, 0.5, {0.1}, 500'000);
    certain.default_threshold = infinity;
    const auto with = search({obligor_of(0, 0.02, {0.5}), certain}, factors, 600'000.0);
    const auto without = search({obligor_of(0, 0.02, {0.5})}, factors, 100'000.0);
    BOOST_TEST(with.minima.at(0).radius == without.minima.at(0).radius, tolerance(1e-12));
    BOOST_TEST(!search({certain}, factors, 500'000.0).is_binding);
}

BOOST_AUTO_TEST_CASE(a_loss_that_no_state_has_is_refused_with_its_place) {
    const Factors factors(1);
    const std::vector<Obligor> opposed{obligor_of(0, 0.01, {0.6}), obligor_of(1, 0.01, {-0.6})};
    const auto place = [&](double loss) {
        return place_refused(opposed, factors, {.loss_minor = loss});
    };
    BOOST_TEST(place(2e6) == "invalid_input target.loss_minor");
    BOOST_TEST(place(1.5e6) == "invalid_input target.loss_minor");  // one of them at most
    BOOST_TEST(place(0.0) == "invalid_input target.loss_minor");
    BOOST_TEST(place(std::nan("")) == "invalid_input target.loss_minor");
    BOOST_TEST(place(infinity) == "invalid_input target.loss_minor");
    BOOST_TEST(place(9e5) == "none");
}

BOOST_AUTO_TEST_CASE(too_many_starts_and_a_model_of_another_book_are_refused) {
    const Factors factors(1);
    const std::vector<Obligor> book{obligor_of(0, 0.01, {0.6})};
    BOOST_TEST(place_refused(book, factors, {.loss_minor = 1.0, .random_starts = 1025}) ==
               "limit_exceeded target.random_starts");
    BOOST_CHECK_THROW(reverse_search(fixture::groups_of(book, factors), Factors(2).model(),
                                     {.loss_minor = 1.0}, one_thread),
                      Error);
}

BOOST_AUTO_TEST_CASE(neither_threads_nor_the_order_of_rows_change_a_bit) {
    const Factors factors(3, 0.3, 3.0);
    auto obligors = fixture::random_obligors(20'000, factors, 31);
    double total = 0.0;
    for (const Obligor& obligor : obligors) total += static_cast<double>(obligor.loss_minor);
    const ReverseTarget target{.loss_minor = 0.4 * total};
    const auto one =
        reverse_search(fixture::groups_of(obligors, factors), factors.model(), target, one_thread);
    std::shuffle(obligors.begin(), obligors.end(), std::mt19937(5));
    const auto other = reverse_search(fixture::groups_of(obligors, factors), factors.model(),
                                      target, {.threads = 4});
    BOOST_TEST(one.minima.size() == other.minima.size());
    for (std::size_t i = 0; i < one.minima.size(); ++i) {
        BOOST_TEST(one.minima[i].radius == other.minima[i].radius);
        BOOST_TEST(one.minima[i].whitened == other.minima[i].whitened,
                   boost::test_tools::per_element());
        BOOST_TEST(one.minima[i].second_order_probability ==
                   other.minima[i].second_order_probability);
    }
}

BOOST_AUTO_TEST_CASE(factors_without_an_obligor_stay_in_the_middle) {
    const Factors factors(3);
    const auto found = search({obligor_of(0, 0.01, {0.0, 0.6, 0.0})}, factors, 400'000.0);
    BOOST_TEST(found.minima.size() == 1U);
    BOOST_TEST(found.minima[0].factor[0] == 0.0);
    BOOST_TEST(found.minima[0].factor[2] == 0.0);
}

BOOST_AUTO_TEST_CASE(a_rare_state_is_found_far_out) {
    const Factors factors(1);
    const auto found = search({obligor_of(0, 1e-9, {weight_of(0.25)})}, factors, 990'000.0);
    const AdverseFactor exact =
        factor_of_loss({.default_probability = 1e-9, .asset_correlation = 0.0625 / 1.0625}, 0.99);
    BOOST_TEST(exact.factor < -33.0);
    BOOST_TEST(found.minima.at(0).factor[0] == exact.factor, tolerance(1e-10));
}

BOOST_AUTO_TEST_CASE(a_request_to_stop_ends_the_search) {
    const Factors factors(1);
    std::stop_source source;
    source.request_stop();
    BOOST_CHECK_EXCEPTION(
        reverse_search(fixture::groups_of({obligor_of(0, 0.01, {0.6})}, factors), factors.model(),
                       {.loss_minor = 500'000.0}, {.control = {.stop = source.get_token()}}),
        Error, [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
