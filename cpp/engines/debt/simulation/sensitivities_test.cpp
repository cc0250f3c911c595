#include "engines/debt/simulation/sensitivities.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

using boost::test_tools::tolerance;
using fixture::Factors;

constexpr ConfidenceLevel level{.numerator = 99, .denominator = 100};
constexpr SimulationRange range{.seed = 5, .first_scenario = 0, .count = 40'000};
const ParallelOptions one_thread{.threads = 1};

/// Obligors of two classes; exposures so large that rounding to minor units is far below a bump.
struct Book {
    std::vector<std::uint32_t> slot;
    std::vector<double> probability, severity, weight;
    std::vector<std::int64_t> exposure;
    std::vector<std::uint32_t> kind;

    explicit Book(std::size_t count = 60) {
        for (std::size_t i = 0; i < count; ++i) {
            slot.push_back(static_cast<std::uint32_t>(i));
            probability.push_back(0.01 + 0.002 * static_cast<double>(i % 20));
            severity.push_back(0.3 + 0.01 * static_cast<double>(i % 13));
            weight.push_back(0.35);
            exposure.push_back(static_cast<std::int64_t>(1'000'000'000 + 77'777'777 * (i % 17)));
            kind.push_back(static_cast<std::uint32_t>(i % 2));
        }
    }
    CreditColumns columns() const {
        return {.slot = slot,
                .default_probability = probability,
                .loss_given_default = severity,
                .exposure_minor = exposure,
                .factor_weight = weight,
                .obligor_class = kind};
    }
    double expected_loss(double probability_rise = 0.0) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < slot.size(); ++i) {
            sum += (probability_rise > 0.0 ? probability_rise : probability[i]) * severity[i] *
                   static_cast<double>(exposure[i]);
        }
        return sum;
    }
};

SensitivityTable table_of(const Book& book, const std::vector<Bump>& bumps) {
    return sensitivities(book.columns(), Factors(1).model(), bumps, range, level, one_thread);
}

std::string place_refused(const Book& book, const Bump& bump, std::size_t count = 64) {
    try {
        sensitivities(book.columns(), Factors(1).model(), std::vector{Bump{}, bump},
                      {.seed = 1, .count = count}, level, one_thread);
    } catch (const Error& error) {
        return std::string(code_name(error.code())) + " " + error.where();
    }
    return "none";
}

BOOST_AUTO_TEST_SUITE(sensitivities_test)

BOOST_AUTO_TEST_CASE(a_bump_of_nothing_changes_nothing_without_error) {
    const auto table = table_of(Book(), {{.kind = BumpKind::factor_weight_times, .size = 0.0}});
    BOOST_TEST(table.rows.at(0).difference.expected_minor == 0.0);
    BOOST_TEST(table.rows[0].difference.es_standard_error_minor == 0.0);
    BOOST_TEST(table.rows[0].var_minor == 0);
    BOOST_TEST(table.rows[0].var_standard_error_minor == 0.0);
}

BOOST_AUTO_TEST_CASE(probabilities_move_expected_loss_by_what_theory_says) {
    const Book book;
    const auto table = table_of(book, {{.kind = BumpKind::default_probability_by, .size = 0.01},
                                       {.kind = BumpKind::default_probability_times, .size = 0.5}});
    const double by = book.expected_loss(0.01);
    const double times = 0.5 * book.expected_loss();
    const PairedDifference& first = table.rows.at(0).difference;
    const PairedDifference& second = table.rows.at(1).difference;
    BOOST_TEST(std::abs(first.expected_minor - by) < 4.5 * first.expected_standard_error_minor);
    BOOST_TEST(std::abs(second.expected_minor - times) <
               4.5 * second.expected_standard_error_minor);
    BOOST_TEST(first.es_minor > 0.0);
    BOOST_TEST(table.rows[0].var_minor > 0);
    // The common draws leave less error than one of the two runs has.
    BOOST_TEST(first.expected_standard_error_minor < table.before_moments.standard_error_minor);
}

BOOST_AUTO_TEST_CASE(losses_that_all_grow_alike_move_each_figure_alike) {
    const auto table = table_of(Book(), {{.kind = BumpKind::loss_given_default_times, .size = 0.1},
                                         {.kind = BumpKind::exposure_times, .size = 0.1}});
    for (const Sensitivity& row : table.rows) {
        BOOST_TEST(row.difference.expected_minor == 0.1 * table.before_moments.expected_minor,
                   tolerance(1e-7));
        BOOST_TEST(row.difference.es_minor == 0.1 * table.before.es_minor, tolerance(1e-7));
        BOOST_TEST(
            static_cast<double>(row.var_minor) == 0.1 * static_cast<double>(table.before.var_minor),
            tolerance(1e-7));
        BOOST_TEST(row.var_standard_error_minor > 0.0);
    }
}

BOOST_AUTO_TEST_CASE(a_severity_that_all_add_costs_its_share_of_the_exposures) {
    Book book;
    std::ranges::fill(book.severity, 0.4);
    const auto table = table_of(book, {{.kind = BumpKind::loss_given_default_by, .size = 0.1}});
    BOOST_TEST(
        table.rows.at(0).difference.expected_minor == 0.25 * table.before_moments.expected_minor,
        tolerance(1e-7));
}

BOOST_AUTO_TEST_CASE(a_class_moves_by_its_own_losses_alone) {
    const Book book;
    const auto table =
        table_of(book, {{.kind = BumpKind::exposure_times, .size = -1.0, .obligor_class = 1U},
                        {.kind = BumpKind::exposure_times, .size = 0.2, .obligor_class = 1U}});
    BOOST_TEST(table.rows.at(1).difference.expected_minor ==
                   -0.2 * table.rows.at(0).difference.expected_minor,
               tolerance(1e-7));
    BOOST_TEST(table.rows[0].difference.expected_minor <
               -0.3 * table.before_moments.expected_minor);
    BOOST_TEST(table.rows[0].difference.expected_minor >
               -0.7 * table.before_moments.expected_minor);
}

BOOST_AUTO_TEST_CASE(correlation_moves_the_tail_and_not_the_mean) {
    const auto table = table_of(Book(), {{.kind = BumpKind::factor_weight_times, .size = 0.5}});
    const PairedDifference& found = table.rows.at(0).difference;
    BOOST_TEST(std::abs(found.expected_minor) < 4.5 * found.expected_standard_error_minor);
    BOOST_TEST(found.es_minor > 4.5 * found.es_standard_error_minor);
}

BOOST_AUTO_TEST_CASE(expected_loss_rises_with_a_probability_by_the_obligors_loss) {
    Book book;
    std::ranges::fill(book.kind, 0U);
    book.kind[7] = 9;
    const auto slopes = expected_loss_by_probability_minor(book.columns());
    const auto table = table_of(
        book, {{.kind = BumpKind::default_probability_by, .size = 0.1, .obligor_class = 9U}});
    const PairedDifference& found = table.rows.at(0).difference;
    BOOST_TEST(slopes[7] ==
               std::nearbyint(book.severity[7] * static_cast<double>(book.exposure[7])));
    BOOST_TEST(std::abs(found.expected_minor - 0.1 * slopes[7]) <
               4.5 * found.expected_standard_error_minor);
}

BOOST_AUTO_TEST_CASE(expected_shortfall_rises_with_an_exposure_by_eulers_derivative) {
    Book book;
    // Losses of their own, so that VaR is on one scenario and a small bump keeps the order.
    for (std::size_t i = 0; i < book.slot.size(); ++i) {
        book.exposure[i] += static_cast<std::int64_t>(i * i * i * 7919);
    }
    const Factors factors(1);
    std::vector<std::int64_t> loss;
    for (const double slope : expected_loss_by_probability_minor(book.columns())) {
        loss.push_back(static_cast<std::int64_t>(slope));
    }
    const std::vector<double> threshold = default_thresholds(book.probability, factors.model());
    const ObligorGroups groups = group_obligors_by_slot({.slot = book.slot,
                                                         .default_threshold = threshold,
                                                         .factor_weight = book.weight,
                                                         .loss_minor = loss},
                                                        factors.model());
    const auto losses = simulate_losses(groups, range, one_thread);
    const TailRisk tail = tail_risk(losses, level);
    const TailDefaults defaults = replay_tail(groups, range, losses, tail, one_thread);
    const auto slopes = expected_shortfall_by_exposure(book.severity, defaults, tail);
    const auto contributions = contributions_minor(defaults, loss, tail);
    BOOST_TEST(tail.at_count == 1U);
    std::ranges::fill(book.kind, 0U);
    for (const std::size_t row : {3U, 19U, 41U}) {
        book.kind[row] = 1;
        const auto table =
            table_of(book, {{.kind = BumpKind::exposure_times, .size = 1e-5, .obligor_class = 1U}});
        book.kind[row] = 0;
        const auto exposure = static_cast<double>(book.exposure[row]);
        BOOST_TEST(slopes[row] > 0.0);
        BOOST_TEST(slopes[row] == contributions[row] / exposure, tolerance(1e-8));
        BOOST_TEST(table.rows.at(0).difference.es_minor / (1e-5 * exposure) == slopes[row],
                   tolerance(1e-3));
    }
}

BOOST_AUTO_TEST_CASE(a_bump_out_of_range_is_refused_and_never_clamped) {
    const Book book;
    const auto place = [&](BumpKind kind, double size) {
        return place_refused(book, {.kind = kind, .size = size});
    };
    BOOST_TEST(place(BumpKind::default_probability_by, 0.97) == "invalid_input bumps[1]");
    BOOST_TEST(place(BumpKind::default_probability_by, -0.02) == "invalid_input bumps[1]");
    BOOST_TEST(place(BumpKind::default_probability_times, 100.0) == "invalid_input bumps[1]");
    BOOST_TEST(place(BumpKind::loss_given_default_by, 0.65) == "invalid_input bumps[1]");
    BOOST_TEST(place(BumpKind::loss_given_default_times, -1.5) == "invalid_input bumps[1]");
    BOOST_TEST(place(BumpKind::exposure_times, -1.1) == "invalid_input bumps[1]");
    BOOST_TEST(place(BumpKind::exposure_times, 1e9) == "invalid_input bumps[1]");
    BOOST_TEST(place(BumpKind::factor_weight_times, 2.0) ==
               "invalid_input bumps[1]: obligors.factor_weight[0]");
    BOOST_TEST(place(BumpKind::exposure_times, std::numeric_limits<double>::quiet_NaN()) ==
               "invalid_input bumps[1].size");
    BOOST_TEST(place(BumpKind::default_probability_by, 0.05) == "none");
}

BOOST_AUTO_TEST_CASE(a_class_that_nobody_has_is_refused) {
    BOOST_TEST(place_refused(Book(), {.size = 0.01, .obligor_class = 5U}) ==
               "invalid_input bumps[1]");
    Book without;
    without.kind.clear();
    BOOST_TEST(place_refused(without, {.size = 0.01, .obligor_class = 0U}) ==
               "invalid_input bumps[1]");
}

BOOST_AUTO_TEST_CASE(a_book_out_of_range_is_refused_with_its_place) {
    const auto place = [](const auto& change) {
        Book book;
        change(book);
        return place_refused(book, {});
    };
    BOOST_TEST(place([](Book& b) { b.probability[3] = 1.1; }) ==
               "invalid_input book.default_probability[3]");
    BOOST_TEST(place([](Book& b) { b.severity[3] = std::nan(""); }) ==
               "invalid_input book.loss_given_default[3]");
    BOOST_TEST(place([](Book& b) { b.exposure[3] = -1; }) ==
               "invalid_input book.exposure_minor[3]");
    BOOST_TEST(place([](Book& b) { b.severity.pop_back(); }) ==
               "invalid_input book.loss_given_default");
    BOOST_TEST(place([](Book& b) { b.kind.pop_back(); }) == "invalid_input book.obligor_class");
    BOOST_TEST(place_refused(Book(), {}, 31) == "invalid_input scenarios.count");
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_a_bit) {
    const Book book;
    const std::vector<Bump> bumps{{.kind = BumpKind::default_probability_times, .size = 0.1}};
    const auto one = table_of(book, bumps);
    const auto many =
        sensitivities(book.columns(), Factors(1).model(), bumps, range, level, {.threads = 4});
    BOOST_TEST(one.rows[0].difference.es_minor == many.rows[0].difference.es_minor);
    BOOST_TEST(one.rows[0].difference.es_standard_error_minor ==
               many.rows[0].difference.es_standard_error_minor);
    BOOST_TEST(one.rows[0].var_standard_error_minor == many.rows[0].var_standard_error_minor);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
