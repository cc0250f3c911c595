#include "engines/debt/simulation/convergence.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(convergence_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

constexpr ConfidenceLevel level{95, 100};

std::vector<std::int64_t> exponential_losses(std::size_t count) {
    std::mt19937_64 random(6);
    std::exponential_distribution<double> draw(1e-6);
    std::vector<std::int64_t> losses(count);
    for (auto& loss : losses) loss = static_cast<std::int64_t>(draw(random));
    return losses;
}

template <class Point>
std::vector<std::size_t> counts_of(const std::vector<Point>& points) {
    std::vector<std::size_t> counts;
    for (const Point& point : points) counts.push_back(point.scenario_count);
    return counts;
}

}  // namespace

BOOST_AUTO_TEST_CASE(points_are_the_powers_of_two_and_the_whole) {
    const std::vector<std::int64_t> losses(5000, 1);
    using Counts = std::vector<std::size_t>;
    BOOST_TEST(counts_of(convergence(losses, level)) == (Counts{1024, 2048, 4096, 5000}));
    BOOST_TEST(counts_of(convergence(std::span(losses).first(4096), level)) ==
               (Counts{1024, 2048, 4096}));
    BOOST_TEST(counts_of(convergence(std::span(losses).first(7), level)) == Counts{7});
    BOOST_TEST(counts_of(convergence_of_scrambles(std::span(losses).first(1056), level)) ==
               (Counts{1024, 1056}));
}

BOOST_AUTO_TEST_CASE(a_point_has_the_figures_of_its_scenarios_alone) {
    const auto losses = exponential_losses(4096);
    const auto first = std::span(losses).first(2048);
    BOOST_TEST(convergence(losses, level)[1].tail.es_minor == tail_risk(first, level).es_minor);
    BOOST_TEST(convergence(losses, level)[1].moments.expected_minor ==
               loss_moments(first).expected_minor);
    std::vector<std::uint32_t> weights(4096, unit_weight);
    for (std::size_t s = 0; s < 4096; s += 2) weights[s] /= 2;
    const WeightedScenarios weighted{losses, weights};
    const WeightedScenarios weighted_first{first, std::span(weights).first(2048)};
    BOOST_TEST(convergence(weighted, level)[1].tail.es_minor ==
               weighted_tail(weighted_first, level).es_minor);
    BOOST_TEST(convergence(weighted, level)[1].moments.expected_minor ==
               weighted_moments(weighted_first).expected_minor);
    BOOST_TEST(convergence_of_scrambles(losses, level)[1].run.es.standard_error_minor ==
               scrambled_run(first, level).es.standard_error_minor);
}

BOOST_AUTO_TEST_CASE(errors_fall_with_the_root_of_the_scenarios) {
    const auto points = convergence(exponential_losses(1U << 16U), level);
    const double ratio =
        points.front().tail.es_standard_error_minor / points.back().tail.es_standard_error_minor;
    BOOST_TEST(std::abs(ratio / 8.0 - 1.0) < 0.5);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_none_is_refused) {
    const std::vector<std::int64_t> losses(2048, 1);
    const std::vector<std::uint32_t> few(7, unit_weight);
    const auto is_at = [](const std::string& where) {
        return [where](const Error& error) { return error.where() == where; };
    };
    BOOST_CHECK_EXCEPTION(convergence(std::span(losses).first(0), level), Error, is_at("losses"));
    BOOST_CHECK_EXCEPTION(convergence(WeightedScenarios{losses, few}, level), Error,
                          is_at("weights"));
    BOOST_CHECK_EXCEPTION(convergence_of_scrambles(std::span(losses).first(1030), level), Error,
                          is_at("losses"));
}

BOOST_AUTO_TEST_SUITE_END()
