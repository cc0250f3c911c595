#include "engines/debt/simulation/parametric_losses.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "engines/debt/analytic/frye_jacobs.hpp"
#include "engines/debt/simulation/fixed_losses.hpp"
#include "engines/debt/simulation/loss_book_fixture.hpp"
#include "engines/debt/simulation/loss_simulation.hpp"
#include "errors/error.hpp"
#include "numeric/bivariate_normal.hpp"
#include "numeric/student_t_distribution.hpp"
#include "numeric/uniform.hpp"

BOOST_AUTO_TEST_SUITE(parametric_losses_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// An obligor's standard loading and thresholds, of the definitions.
struct Literal {
    std::vector<float> loading;
    double systematic = 0.0;
    double mixing_root = 1.0;
    double scale = 1.0;  ///< √(1 + |b|²)

    double probability(double x) const { return normal_cdf(x * scale * mixing_root - systematic); }
};

double quantile_of(double probability, const Factors& factors) {
    return default_thresholds(std::vector<double>{probability}, factors.model())[0];
}

/// The losses of a range as the page of the model says them.
std::vector<std::int64_t> parametric_losses_literally(const LossBook& book, const Factors& factors,
                                                      const SimulationRange& range) {
    const std::vector<double> root = correlation_root(factors.model());
    const MixingVariable mixing(factors.model().degrees_of_freedom);
    std::vector<std::int64_t> losses(range.count);
    for (std::size_t s = 0; s < range.count; ++s) {
        const std::uint64_t scenario = range.first_scenario + s;
        std::vector<double> z(factors.model().factor_count);
        draw_factors(range.seed, scenario, z);
        const double mixing_root = mixing.root(range.seed, scenario);
        for (const Position& position : book.positions) {
            const Obligor& obligor = book.obligors[position.obligor];
            Literal of{.loading = std::vector<float>(z.size()), .mixing_root = mixing_root};
            standardise_loading(obligor.factor_weight, root, of.loading);
            const double threshold = standardise_threshold(obligor.default_threshold, of.loading);
            if (!defaults(range.seed, scenario, obligor.slot, threshold, of.loading,
                          {.factor = z, .mixing_root = mixing_root})) {
                continue;
            }
            of.scale = standardise_threshold(1.0, of.loading);
            for (std::size_t k = 0; k < z.size(); ++k) of.systematic += of.loading[k] * z[k];
            const double probability = book.default_probability[position.obligor];
            const double mean =
                of.probability(quantile_of(probability * position.loss_given_default, factors)) /
                of.probability(obligor.default_threshold);
            const double own = normal_quantile(
                stream_uniform_53(range.seed, RandomStream::recovery, scenario, obligor.slot));
            const double r = position.dispersion;
            const double severity =
                r == 0.0
                    ? mean
                    : normal_cdf((normal_quantile(mean) + std::sqrt(r) * own) / std::sqrt(1.0 - r));
            losses[s] += static_cast<std::int64_t>(
                std::nearbyint(static_cast<long double>(position.exposure_minor) * severity));
        }
    }
    return losses;
}

std::vector<std::int64_t> losses_of(const LossBook& book, const Factors& factors,
                                    const SimulationRange& range) {
    const StandardObligors obligors = book.standard(factors);
    return simulate_losses(groups_of(book.obligors, factors), book.rule(obligors, factors), range,
                           {});
}

struct Moments {
    double mean = 0.0;
    double standard_error = 0.0;
};

Moments moments_of(const std::vector<std::int64_t>& losses) {
    const LossMoments moments = loss_moments(losses);
    return {moments.expected_minor, moments.standard_error_minor};
}

/// `count` equal obligors under one factor, a position each.
LossBook pool(std::size_t count, double probability, double severity, double correlation,
              double dispersion, const Factors& factors) {
    LossBook book;
    for (std::size_t i = 0; i < count; ++i) {
        book.obligors.push_back({.slot = static_cast<std::uint32_t>(i),
                                 .default_threshold = quantile_of(probability, factors),
                                 .factor_weight = {std::sqrt(correlation)}});
        book.default_probability.push_back(probability);
        book.positions.push_back({.obligor = static_cast<std::uint32_t>(i),
                                  .exposure_minor = 1'000'000,
                                  .loss_given_default = severity,
                                  .dispersion = dispersion});
    }
    return book;
}

}  // namespace

BOOST_AUTO_TEST_CASE(losses_are_the_formulas_of_the_page_bit_for_bit) {
    for (const double degrees_of_freedom : {infinity, 4.0, 2.1}) {
        const Factors factors(3, 0.2, degrees_of_freedom);
        const LossBook book = random_loss_book(300, factors, 31);
        const SimulationRange range{.seed = 12, .first_scenario = (1ULL << 32U) - 20, .count = 60};
        BOOST_TEST(losses_of(book, factors, range) ==
                   parametric_losses_literally(book, factors, range));
    }
}

BOOST_AUTO_TEST_CASE(no_bit_depends_on_kernel_threads_tasks_or_the_order_of_the_book) {
    const Factors factors(4, 0.3, 5.0);
    LossBook book = random_loss_book(1000, factors, 32);
    const SimulationRange range{.seed = 3, .count = 150};
    const auto expected = losses_of(book, factors, range);
    {
        const StandardObligors obligors = book.standard(factors);
        const ParametricLosses rule = book.rule(obligors, factors);
        for (const InstructionSet set : default_kernels()) {
            for (const std::size_t task_scenarios : {1U, 40U, 1024U}) {
                BOOST_TEST(
                    simulate_losses(groups_of(book.obligors, factors), rule, range, {.threads = 3},
                                    {.instruction_set = set, .task_scenarios = task_scenarios}) ==
                    expected);
            }
        }
    }
    std::ranges::reverse(book.obligors);
    std::ranges::reverse(book.default_probability);
    std::ranges::reverse(book.positions);
    const auto last = static_cast<std::uint32_t>(book.obligors.size() - 1);
    for (Position& position : book.positions) position.obligor = last - position.obligor;
    BOOST_TEST(losses_of(book, factors, range) == expected);
}

BOOST_AUTO_TEST_CASE(the_expected_loss_is_exposure_times_pd_times_lgd_in_both_copulas) {
    unsigned seed = 100;
    for (const double degrees_of_freedom : {infinity, 4.0}) {
        const Factors factors(1, 0.0, degrees_of_freedom);
        for (const double probability : {0.01, 0.2, 0.7, 1.0}) {
            for (const double correlation : {0.1, 0.5, 0.9}) {
                for (const double dispersion : {0.0, 0.3}) {
                    const auto losses =
                        losses_of(pool(50, probability, 0.45, correlation, dispersion, factors),
                                  factors, {.seed = seed++, .count = 20'000});
                    const auto [mean, standard_error] = moments_of(losses);
                    const double expected = 50.0 * 1e6 * probability * 0.45;
                    BOOST_TEST(std::abs(mean - expected) < 4.0 * standard_error,
                               "PD " << probability << ", R² " << correlation << ", r "
                                     << dispersion << ": " << (mean - expected) / standard_error);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(loss_given_default_follows_frye_and_jacobs_in_the_factor) {
    const Factors factors(1);
    const double probability = 0.2, severity = 0.4, correlation = 0.3;
    LossBook book = pool(1, probability, severity, correlation, 0.0, factors);
    book.positions[0].exposure_minor = 1'000'000'000'000;
    const auto losses = losses_of(book, factors, {.seed = 6, .count = 400});
    std::size_t default_count = 0;
    for (std::size_t s = 0; s < losses.size(); ++s) {
        if (losses[s] == 0) continue;
        ++default_count;
        std::vector<double> z(1);
        draw_factors(6, s, z);
        const StressedLoss expected = frye_jacobs_loss({.default_probability = probability,
                                                        .expected_loss = probability * severity,
                                                        .asset_correlation = correlation},
                                                       normal_cdf(-z[0]));
        BOOST_CHECK_CLOSE_FRACTION(static_cast<double>(losses[s]),
                                   1e12 * expected.loss_given_default, 1e-6);
    }
    BOOST_TEST(default_count > 40U);
}

BOOST_AUTO_TEST_CASE(bad_scenarios_lose_more_of_each_default) {
    const Factors factors(1);
    const LossBook book = pool(1000, 0.05, 0.45, 0.2, 0.0, factors);
    const SimulationRange range{.seed = 8, .count = 500};
    const auto losses = losses_of(book, factors, range);
    std::vector<Obligor> counted = book.obligors;  // a loss of 1 each
    const auto defaults = simulate_losses(groups_of(counted, factors), range, {});
    std::vector<std::size_t> order(range.count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t s) { return defaults[s] == 0; });
    // Equal obligors: a scenario's LGD is a function of its factor alone, and rises as it falls.
    const auto factor_of = [&](std::size_t s) {
        std::vector<double> z(1);
        draw_factors(range.seed, s, z);
        return z[0];
    };
    std::ranges::sort(order, {}, factor_of);
    for (std::size_t i = 1; i < order.size(); ++i) {
        const auto severity = [&](std::size_t s) { return losses[s] / defaults[s]; };
        BOOST_TEST(severity(order[i - 1]) >= severity(order[i]));
    }
    BOOST_TEST(losses[order.front()] / defaults[order.front()] > 500'000);
    BOOST_TEST(losses[order.back()] / defaults[order.back()] < 400'000);
}

BOOST_AUTO_TEST_CASE(the_variance_of_a_severity_is_that_of_two_correlated_normals) {
    // With no factor and a certain default, E[LGD²] = Φ₂(Φ⁻¹(m), Φ⁻¹(m); r).
    const Factors factors(1);
    const double severity = 0.35, dispersion = 0.25;
    LossBook book = pool(1, 1.0, severity, 0.0, dispersion, factors);
    book.positions[0].exposure_minor = 1'000'000'000;
    constexpr std::size_t count = 100'000;
    const auto losses = losses_of(book, factors, {.seed = 16, .count = count});
    double square = 0.0, fourth = 0.0;
    for (const std::int64_t loss : losses) {
        const double share = static_cast<double>(loss) / 1e9;
        square += share * share / count;
        fourth += share * share * share * share / count;
    }
    const double x = normal_quantile(severity);
    const double expected = bivariate_normal_cdf({.x = x, .y = x, .correlation = dispersion});
    BOOST_TEST(std::abs(square - expected) < 4.0 * std::sqrt((fourth - square * square) / count));
}

BOOST_AUTO_TEST_CASE(an_lgd_of_1_loses_all_and_one_of_0_nothing) {
    const Factors factors(2, 0.1, 3.0);
    LossBook book = random_loss_book(200, factors, 33);
    const SimulationRange range{.seed = 4, .count = 100};
    for (Position& position : book.positions) position.loss_given_default = 1.0;
    BOOST_TEST(losses_of(book, factors, range) ==
               simulate_losses(groups_of(book.obligors, factors), book.fixed_rule(), range, {}));
    for (Position& position : book.positions) position.loss_given_default = 0.0;
    BOOST_TEST(losses_of(book, factors, range) == std::vector<std::int64_t>(range.count));
}

BOOST_AUTO_TEST_CASE(the_positions_of_an_obligor_share_its_draw) {
    const Factors factors(1);
    LossBook book = pool(20, 0.3, 0.5, 0.2, 0.4, factors);
    for (std::size_t i = 0; i < 20; ++i) book.positions.push_back(book.positions[i]);
    const StandardObligors obligors = book.standard(factors);
    const ParametricLosses rule = book.rule(obligors, factors);
    const ObligorGroups groups = groups_of(book.obligors, factors);
    const SimulationRange range{.seed = 4, .count = 200};
    const auto losses = simulate_losses(groups, rule, range, {});
    const TailRisk tail = tail_risk(losses, {1, 10});
    const TailLosses parts = replay_losses(groups, rule, range, losses, tail, {}).money;
    for (std::size_t i = 0; i < 20; ++i) {
        BOOST_TEST(parts.above_minor[i] > 0);
        BOOST_TEST(parts.above_minor[i] == parts.above_minor[20 + i]);
        BOOST_TEST(parts.at_minor[i] == parts.at_minor[20 + i]);
        BOOST_TEST(parts.above_minor[i] != parts.above_minor[(i + 1) % 20]);
    }
}

BOOST_AUTO_TEST_CASE(a_replayed_tail_adds_up_to_its_losses) {
    const Factors factors(3, 0.2, 4.0);
    const LossBook book = random_loss_book(150, factors, 34);
    const StandardObligors obligors = book.standard(factors);
    const ParametricLosses rule = book.rule(obligors, factors);
    const ObligorGroups groups = groups_of(book.obligors, factors);
    const SimulationRange range{.seed = 5, .count = 1000};
    const auto losses = simulate_losses(groups, rule, range, {});
    const TailRisk tail = tail_risk(losses, {95, 100});
    const TailLosses parts = replay_losses(groups, rule, range, losses, tail, {}).money;
    const auto sum = [](const std::vector<std::int64_t>& values) {
        return std::accumulate(values.begin(), values.end(), std::int64_t{0});
    };
    std::int64_t above = 0;
    for (const std::int64_t loss : losses) above += loss > tail.var_minor ? loss : 0;
    BOOST_TEST(sum(parts.above_minor) == above);
    const auto at_count = static_cast<std::int64_t>(tail.at_count);
    BOOST_TEST(sum(parts.at_minor) == at_count * tail.var_minor);
    BOOST_TEST(sum(whole_contributions_minor(parts, tail)) == std::llround(tail.es_minor));
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused_at_their_place) {
    const Factors factors(1);
    const LossBook good = pool(3, 0.3, 0.5, 0.2, 0.4, factors);
    const StandardObligors obligors = good.standard(factors);
    const auto refusal = [&](const auto& change) {
        LossBook book = good;
        change(book);
        try {
            book.rule(obligors, factors);
        } catch (const Error& error) {
            return std::string(code_name(error.code())) + " " + error.where();
        }
        return std::string("none");
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(refusal([](LossBook&) {}) == "none");
    for (const double value : {-0.1, 1.1, nan}) {
        BOOST_TEST(refusal([&](LossBook& book) { book.positions[1].loss_given_default = value; }) ==
                   "invalid_input positions.loss_given_default[1]");
    }
    for (const double value : {-0.1, 1.0, nan}) {
        BOOST_TEST(refusal([&](LossBook& book) { book.positions[2].dispersion = value; }) ==
                   "invalid_input positions.dispersion[2]");
    }
    BOOST_TEST(refusal([](LossBook& book) { book.positions[2].exposure_minor = -1; }) ==
               "invalid_input positions.exposure_minor[2]");
    BOOST_TEST(refusal([](LossBook& book) { book.positions[2].obligor = 3; }) ==
               "invalid_input positions.obligor_row[2]");
    BOOST_TEST(refusal([](LossBook& book) { book.default_probability[1] = 0.31; }) ==
               "invalid_input positions.default_probability[1]");
    BOOST_TEST(refusal([](LossBook& book) { book.default_probability.pop_back(); }) ==
               "invalid_input positions.default_probability");
    BOOST_TEST(refusal([](LossBook& book) {
                   for (Position& position : book.positions) {
                       position.exposure_minor = 0x2000'0000'0000'0000;
                   }
               }) == "limit_exceeded positions.exposure_minor");
}

BOOST_AUTO_TEST_SUITE_END()
