#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/book_fixture.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/segments.hpp"
#include "engines/debt/stress.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(segment_stress_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

constexpr std::size_t segment_count = 5;

struct SegmentedBook {
    std::vector<Record> records;
    std::vector<std::uint32_t> segment;
    Exposure exposure;

    explicit SegmentedBook(std::size_t count, std::uint32_t seed)
        : records(random_records(count, seed)),
          exposure(measure_exposure(SampleBook(records).columns(), {})) {
        for (std::size_t i = 0; i < count; ++i) {
            segment.push_back(static_cast<std::uint32_t>((i * i + i / 3) % segment_count));
        }
    }
    SegmentIndex index() const {
        return {.segment_of_record = segment, .segment_count = segment_count};
    }
};

StressScenario equal_segments(const StressScenario& uniform) {
    return {.segments = std::vector<SegmentShock>(
                segment_count, {.interest_rate_delta_pct = uniform.interest_rate_delta_pct,
                                .collateral_market_impact = uniform.collateral_market_impact,
                                .recovery_degradation = uniform.recovery_degradation,
                                .default_risk_increment = uniform.default_risk_increment})};
}

/// Shocks of every sign, among them a currency that becomes worthless.
std::vector<StressScenario> segmented_scenarios() {
    StressScenario mixed;
    mixed.segments = {{2.5, -0.05, -0.05, 0.02, 0.1},
                      {-3.0, 0.2, 0.1, -0.05, -0.25},
                      {0.0, -1.0, -1.0, 0.0, 0.0},
                      {1.0, -0.4, -0.3, 0.08, -1.0},
                      {}};
    return {mixed, {0.5, -0.25, -0.15, 0.05}, equal_segments({1.0, -0.1, -0.35, 0.08})};
}

bool same_bits(std::span<const double> one, std::span<const double> other) {
    return std::ranges::equal(std::as_bytes(one), std::as_bytes(other));
}

void require_close(double actual, double expected, double scale) {
    BOOST_REQUIRE_SMALL(actual - expected, 1e-12 * std::max(std::abs(expected), scale));
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_record_is_revalued_under_its_segment_s_shock) {
    const SegmentedBook book(3000, 41);
    const auto scenarios = segmented_scenarios();
    const StressResult result = stress(book.exposure, book.index(), scenarios, {});
    double base = 0.0, total = 0.0, interest = 0.0, collateral = 0.0, value = 0.0, recovery = 0.0,
           buffer = 0.0, net = 0.0, loss = 0.0;
    for (std::size_t i = 0; i < book.records.size(); ++i) {
        const NaiveRecord naive(book.records[i]);
        const SegmentShock& shock = scenarios[0].segments[book.segment[i]];
        const double f = 1.0 + shock.currency_change;
        const double cover = naive.collateral * (1.0 + shock.collateral_market_impact) +
                             naive.recovery * (1.0 + shock.recovery_degradation);
        const double stressed = f * (std::fmax(0.0, naive.total - cover) +
                                     std::fmax(0.0, naive.total * shock.default_risk_increment));
        const double own_loss = std::fmax(0.0, stressed - naive.net());
        require_close(result.record_loss[i], own_loss, naive.total + cover);
        base += naive.total;
        total += f * naive.total;
        interest += f * naive.total * (naive.rate_pct + shock.interest_rate_delta_pct) / 100.0;
        collateral += f * naive.collateral * (1.0 + shock.collateral_market_impact);
        value += f * naive.value * (1.0 + shock.collateral_market_impact);
        recovery += f * naive.recovery * (1.0 + shock.recovery_degradation);
        buffer += f * std::fmax(0.0, naive.total * shock.default_risk_increment);
        net += stressed;
        loss += own_loss;
    }
    const ExposureFigures& before = book.exposure.figures;
    const ScenarioFigures& figures = result.figures[0];
    require_close(figures.interest_payment, interest, base);
    require_close(figures.interest_rate_pct, 100.0 * interest / total, 100.0);
    require_close(figures.collateral_value, collateral, 0.0);
    require_close(figures.collateral_loss, std::fmax(0.0, before.collateral_value - collateral),
                  before.collateral_value);
    require_close(figures.distressed_asset_value, value, 0.0);
    require_close(figures.distressed_asset_loss,
                  std::fmax(0.0, before.distressed_asset_value - value),
                  before.distressed_asset_value);
    require_close(figures.distressed_asset_recovery, recovery, 0.0);
    require_close(figures.default_risk_buffer, buffer, 0.0);
    require_close(figures.net_exposure_after_recovery, net, base);
    require_close(figures.loss_estimate, loss, base);
    require_close(figures.impact_score, std::fmin(1.0, loss / base), 1.0);
}

BOOST_AUTO_TEST_CASE(equal_shocks_for_all_segments_give_the_uniform_losses_to_the_bit) {
    const SegmentedBook book(3000, 42);
    for (const StressScenario& uniform : contract_scenarios()) {
        const std::vector<StressScenario> both{uniform, equal_segments(uniform)};
        const StressResult result = stress(book.exposure, book.index(), both, {});
        const std::span<const double> losses = result.record_loss;
        BOOST_TEST(same_bits(losses.first(3000), losses.subspan(3000)));
        BOOST_TEST(result.figures[0].loss_estimate == result.figures[1].loss_estimate);
        BOOST_TEST(result.figures[0].net_exposure_after_recovery ==
                   result.figures[1].net_exposure_after_recovery);
        require_close(result.figures[1].interest_rate_pct, result.figures[0].interest_rate_pct,
                      0.0);
        require_close(result.figures[1].collateral_loss, result.figures[0].collateral_loss,
                      book.exposure.figures.collateral_value);
    }
}

BOOST_AUTO_TEST_CASE(thread_count_does_not_change_a_single_bit) {
    const SegmentedBook book(5000, 43);
    const auto scenarios = segmented_scenarios();
    const auto run = [&](std::size_t threads) {
        return stress(book.exposure, book.index(), scenarios, {.parallel = {.threads = threads}});
    };
    const StressResult one = run(1);
    for (const std::size_t threads : {2U, 7U}) {
        const StressResult many = run(threads);
        BOOST_TEST(std::ranges::equal(std::as_bytes(std::span(one.figures)),
                                      std::as_bytes(std::span(many.figures))));
        BOOST_TEST(same_bits(one.record_loss, many.record_loss));
        BOOST_TEST(same_bits(one.position_loss(), many.position_loss()));
    }
}

BOOST_AUTO_TEST_CASE(losses_that_were_not_kept_are_computed_again_to_the_bit) {
    const SegmentedBook book(3000, 44);
    const auto scenarios = segmented_scenarios();
    const StressResult kept = stress(book.exposure, book.index(), scenarios, {});
    const std::size_t positions = book.exposure.positions.share.size();
    for (std::size_t s = 0; s < scenarios.size(); ++s) {
        const auto records = record_losses(book.exposure, book.index(), scenarios[s]);
        BOOST_TEST(same_bits(records, std::span(kept.record_loss).subspan(s * 3000, 3000)));
        BOOST_TEST(same_bits(position_losses(book.exposure.positions, records),
                             kept.position_loss().subspan(s * positions, positions)));
    }
}

BOOST_AUTO_TEST_CASE(a_book_without_debt_has_no_stressed_rate) {
    const Exposure exposure = measure_exposure(SampleBook({Record{.rate_pct = 5.0}}).columns(), {});
    const std::vector<std::uint32_t> segment{0};
    const std::vector<StressScenario> scenarios{{.segments = {{.interest_rate_delta_pct = 2.5}}}};
    const StressResult result =
        stress(exposure, {.segment_of_record = segment, .segment_count = 1}, scenarios, {});
    BOOST_TEST(result.figures[0].interest_rate_pct == 0.0);
}

BOOST_AUTO_TEST_CASE(a_segment_s_shock_that_means_nothing_is_refused_with_its_place) {
    const auto place = [](double SegmentShock::* shock, double value) {
        std::vector<StressScenario> scenarios = segmented_scenarios();
        scenarios[2].segments[3].*shock = value;
        try {
            check(scenarios, segment_count);
        } catch (const Error& error) {
            return error.where();
        }
        return std::string("accepted");
    };
    using S = SegmentShock;
    const std::vector<std::pair<double S::*, std::string>> bounded{
        {&S::collateral_market_impact, "collateral_market_impact"},
        {&S::recovery_degradation, "recovery_degradation"},
        {&S::currency_change, "currency_change"}};
    for (const auto& [shock, name] : bounded) {
        for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -1.01}) {
            BOOST_TEST(place(shock, bad) == "scenarios[2].shocks[3]." + name);
        }
        BOOST_TEST(place(shock, -1.0) == "accepted");
    }
    BOOST_TEST(place(&S::interest_rate_delta_pct, std::nan("")) ==
               "scenarios[2].shocks[3].interest_rate_delta_pct");
    BOOST_TEST(place(&S::default_risk_increment, 1e101) ==
               "scenarios[2].shocks[3].default_risk_increment");
}

BOOST_AUTO_TEST_CASE(a_scenario_needs_a_shock_for_each_segment) {
    BOOST_CHECK_EXCEPTION(check(segmented_scenarios(), segment_count + 1), Error,
                          [](const Error& error) {
                              return error.code() == ErrorCode::invalid_input &&
                                     error.where() == "scenarios[0].shocks";
                          });
}

BOOST_AUTO_TEST_SUITE_END()
