#include "engines/debt/simulation/importance_choice.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "engines/debt/analytic/book_distribution.hpp"
#include "engines/debt/analytic/homogeneous_pool.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "engines/debt/simulation/weighted_tail.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(importance_choice_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// A book with what the simulation and the exact distribution need of it.
struct Book {
    std::vector<double> probabilities{}, loadings{};
    std::vector<std::int64_t> units{};
    double nu = infinity;
    std::size_t factor_count = 1;

    FactorBook exact() const {
        FactorBook book{.default_probabilities = probabilities,
                        .loadings = loadings,
                        .factor_count = factor_count,
                        .loss_units = units};
        if (std::isfinite(nu)) book.degrees_of_freedom = nu;
        return book;
    }
    ObligorGroups groups() const {
        const Factors factors(factor_count, 0.0, nu);
        const auto thresholds = default_thresholds(probabilities, factors.model());
        std::vector<Obligor> obligors;
        for (std::size_t i = 0; i < units.size(); ++i) {
            const auto row = loadings.begin() + static_cast<std::ptrdiff_t>(i * factor_count);
            obligors.push_back(
                {.slot = static_cast<std::uint32_t>(i),
                 .default_threshold = thresholds[i],
                 .factor_weight = {row, row + static_cast<std::ptrdiff_t>(factor_count)},
                 .loss_minor = units[i]});
        }
        return groups_of(obligors, factors);
    }
};

/// Fourteen unlike obligors on two factors, of which some hedge.
Book unlike_book(double nu) {
    Book book{.nu = nu, .factor_count = 2};
    for (int i = 0; i < 14; ++i) {
        book.probabilities.push_back(0.002 * (1 + i % 7 * 3));
        book.loadings.push_back(0.2 + 0.1 * (i % 5));
        book.loadings.push_back(0.3 - 0.15 * (i % 4));
        book.units.push_back(1 + i % 5);
    }
    return book;
}

/// Loans that are all alike.
Book like_book(std::size_t count, double nu) {
    return {.probabilities = std::vector<double>(count, 0.01),
            .loadings = std::vector<double>(count, 0.4),
            .units = std::vector<std::int64_t>(count, 1),
            .nu = nu,
            .factor_count = 1};
}

ImportanceShift choose(const ObligorGroups& groups, const ConfidenceLevel& level,
                       std::uint64_t seed = 4, std::size_t threads = 0) {
    return choose_importance_shift(groups,
                                   [&](const SimulationRange& range) {
                                       return simulate_losses(groups, range, {.threads = threads});
                                   },
                                   {.seed = seed, .level = level}, {.threads = threads});
}

struct Estimates {
    WeightedTail tail;
    LossMoments moments;
};

Estimates estimate(const ObligorGroups& groups, const ImportanceShift& shift,
                   const ConfidenceLevel& level, std::size_t count) {
    const SimulationRange range{.seed = 4, .count = count, .sampling = {.importance = &shift}};
    const auto losses = simulate_losses(groups, range, {});
    const auto weights = scenario_weights(groups, range, {});
    return {weighted_tail({losses, weights}, level), weighted_moments({losses, weights})};
}

void check_unbiased(const Book& book, const LatticeDistribution& exact,
                    const ConfidenceLevel& level) {
    const double alpha =
        static_cast<double>(level.numerator) / static_cast<double>(level.denominator);
    const LatticeTail wanted = lattice_tail(exact.probabilities, alpha);
    const double mean = lattice_moments(exact.probabilities).mean;
    const ObligorGroups groups = book.groups();
    const ImportanceShift shift = choose(groups, level);
    const auto [tail, moments] = estimate(groups, shift, level, 64'000);
    BOOST_TEST_CONTEXT("nu " << book.nu << ", alpha " << alpha << ", shift "
                             << shift.factor_shift[0] << ", tilt " << shift.mixing_tilt) {
        BOOST_TEST(std::abs(tail.es_minor - wanted.expected_shortfall) <
                   4.0 * tail.es_standard_error_minor);
        BOOST_TEST(std::abs(moments.expected_minor - mean) < 4.0 * moments.standard_error_minor);
        const auto var = static_cast<std::int64_t>(wanted.value_at_risk);
        BOOST_TEST(tail.var_low_minor <= var);
        BOOST_TEST(var <= tail.var_high_minor);
        BOOST_TEST(!tail.is_thin());
    }
}

double squared(double value) {
    return value * value;
}

std::string refusal(const ShiftSearch& search) {
    const ObligorGroups groups = groups_of({}, Factors(1));
    try {
        choose_importance_shift(
            groups, [](const SimulationRange&) { return std::vector<std::int64_t>(); }, search, {});
    } catch (const Error& error) {
        return error.where();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_book_has_its_exact_figures_within_four_standard_errors) {
    for (const double nu : {infinity, 4.0}) {
        const Book book = unlike_book(nu);
        const LatticeDistribution exact = exact_loss_distribution(book.exact());
        check_unbiased(book, exact, {99, 100});
        check_unbiased(book, exact, {9'995, 10'000});
    }
}

BOOST_AUTO_TEST_CASE(a_pool_has_its_exact_figures_within_four_standard_errors) {
    for (const double nu : {infinity, 4.0}) {
        HomogeneousPool pool{
            .obligor_count = 500, .default_probability = 0.01, .asset_correlation = 0.16};
        if (std::isfinite(nu)) pool.degrees_of_freedom = nu;
        check_unbiased(like_book(500, nu), default_count_distribution(pool), {999, 1000});
    }
}

BOOST_AUTO_TEST_CASE(on_diversified_books_the_variance_of_the_tail_falls) {
    constexpr ConfidenceLevel level{999, 1000};
    for (const double nu : {infinity, 4.0}) {
        const Factors factors(4, 0.3, nu);
        auto obligors = random_obligors(1000, factors, 15);
        for (std::size_t i = 0; i < obligors.size(); ++i) {
            for (double& weight : obligors[i].factor_weight) weight = std::abs(weight);
            set_systematic_share(obligors[i].factor_weight, factors.model(), 0.2);
            obligors[i].loss_minor = 1'000 + static_cast<std::int64_t>(i);
            obligors[i].default_threshold -= 1.0;
        }
        const ObligorGroups groups = groups_of(obligors, factors);
        const ImportanceShift shift = choose(groups, level);
        const ImportanceShift none{.factor_shift = std::vector<double>(4)};
        const WeightedTail plain = estimate(groups, none, level, 64'000).tail;
        const WeightedTail tail = estimate(groups, shift, level, 64'000).tail;
        const double es_gain =
            squared(plain.es_standard_error_minor / tail.es_standard_error_minor);
        const double var_gain =
            squared(static_cast<double>(plain.var_high_minor - plain.var_low_minor) /
                    static_cast<double>(tail.var_high_minor - tail.var_low_minor));
        BOOST_TEST_MESSAGE("nu " << nu << ": variance of ES99.9 falls by " << es_gain
                                 << ", squared width of VaR99.9 by " << var_gain << "; shift "
                                 << shift.factor_shift[0] << " " << shift.factor_shift[1] << " "
                                 << shift.factor_shift[2] << " " << shift.factor_shift[3]
                                 << ", tilt " << shift.mixing_tilt << ", effective tail "
                                 << tail.tail_effective_count);
        BOOST_TEST(es_gain > 1.0);
        BOOST_TEST(var_gain > 1.0);
    }
}

BOOST_AUTO_TEST_CASE(a_shift_is_where_a_large_pool_loses_its_value_at_risk) {
    // The state of a large pool beyond VaR99.9: z on average normal given the worst 1/1000.
    const ImportanceShift shift = choose(like_book(20'000, infinity).groups(), {999, 1000});
    const double mean = normal_density(normal_quantile(0.001)) / 0.001;
    BOOST_TEST(std::abs(-shift.factor_shift[0] - mean) < 0.05);
}

BOOST_AUTO_TEST_CASE(a_tilt_gives_the_mixing_variable_its_mean_in_the_tail) {
    const ObligorGroups groups = like_book(500, 4.0).groups();
    const SimulationRange range{.seed = 99, .count = 200'000};
    const auto losses = simulate_losses(groups, range, {});
    const std::int64_t var = tail_risk(losses, {99, 100}).var_minor;
    double sum = 0.0, count = 0.0;  // of W/ν
    for (std::size_t s = 0; s < losses.size(); ++s) {
        if (losses[s] < var) continue;
        sum += squared(groups.mixing.root(range.seed, s));
        count += 1.0;
    }
    const double tilt = choose(groups, {99, 100}).mixing_tilt;
    BOOST_CHECK_CLOSE_FRACTION(1.0 / (1.0 + 2.0 * tilt), sum / count, 0.1);
}

BOOST_AUTO_TEST_CASE(a_choice_has_few_bits_and_does_not_depend_on_threads) {
    const ObligorGroups groups = unlike_book(4.0).groups();
    const ImportanceShift shift = choose(groups, {99, 100}, 8, 1);
    BOOST_TEST((shift == choose(groups, {99, 100}, 8, 7)));
    for (const double mu : shift.factor_shift) BOOST_TEST(std::fmod(mu * 1024.0, 1.0) == 0.0);
    BOOST_TEST(std::fmod(shift.mixing_tilt * 1024.0, 1.0) == 0.0);
    BOOST_TEST(shift.mixing_tilt > 0.0);
}

BOOST_AUTO_TEST_CASE(where_both_ends_of_a_factor_hurt_a_shift_is_shortened) {
    // One half defaults at the low end and the other at the high end: a shift to one of the ends
    // would give the other, as bad, weights of 8.
    Book book = like_book(1000, infinity);
    for (std::size_t i = 0; i < 1000; ++i) book.loadings[i] = i % 2 == 0 ? 0.4 : -0.4;
    const ImportanceShift both = choose(book.groups(), {999, 1000});
    const ImportanceShift one = choose(like_book(1000, infinity).groups(), {999, 1000});
    BOOST_TEST(std::abs(both.factor_shift[0]) < 1.0);
    BOOST_TEST(std::abs(one.factor_shift[0]) > 3.0);
}

BOOST_AUTO_TEST_CASE(who_loses_the_same_always_needs_no_shift) {
    const Factors factors(1);
    const ObligorGroups groups = groups_of(
        {{.slot = 0, .default_threshold = infinity, .factor_weight = {0.5}, .loss_minor = 5}},
        factors);
    BOOST_TEST((choose(groups, {99, 100}) == ImportanceShift{.factor_shift = {0.0}}));
}

BOOST_AUTO_TEST_CASE(a_search_out_of_range_is_refused) {
    BOOST_TEST(refusal({.level = {1, 1}}) == "level");
    BOOST_TEST(refusal({.level = {9, 10}}) == "losses_of");
    BOOST_TEST(refusal({.level = {9, 10}, .pilot_scenarios = 1025}) == "pilot_scenarios");
    BOOST_TEST(refusal({.level = {9, 10}, .pilot_scenarios = 1016}) == "pilot_scenarios");
}

BOOST_AUTO_TEST_SUITE_END()
