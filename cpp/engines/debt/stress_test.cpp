#include "engines/debt/stress.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <span>
#include <stop_token>
#include <string>

#include "engines/debt/book_fixture.hpp"
#include "engines/debt/exposure.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(stress_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

void require_close(double actual, double expected, double scale = 0.0) {
    const double size = std::max({std::abs(actual), std::abs(expected), scale});
    BOOST_REQUIRE_SMALL(actual - expected, 1e-12 * size);
}

/// Shocks of every sign, among them the most that collateral and recovery can lose.
std::vector<StressScenario> mixed_scenarios() {
    std::vector<StressScenario> scenarios = contract_scenarios();
    scenarios.push_back({-3.0, 0.20, 0.10, -0.05});
    scenarios.push_back({0.0, -1.0, -1.0, 0.0});
    scenarios.push_back({});
    return scenarios;
}

std::pair<ErrorCode, std::string> refusal(const std::vector<StressScenario>& scenarios) {
    try {
        check(scenarios);
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::cancelled, "none"};
}

bool same_bits(std::span<const double> one, std::span<const double> other) {
    return std::ranges::equal(std::as_bytes(one), std::as_bytes(other));
}

bool same_bits(std::span<const ScenarioFigures> one, std::span<const ScenarioFigures> other) {
    return std::ranges::equal(std::as_bytes(one), std::as_bytes(other));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_contract_record_has_the_published_losses) {
    const SampleBook book({contract_record()});
    const Exposure exposure = measure_exposure(book.columns(), {});
    const StressResult result = stress(exposure, contract_scenarios(), {});
    const double losses[] = {64'750.0, 259'250.0, 205'750.0};
    for (std::size_t s = 0; s < 3; ++s) {
        require_close(result.figures[s].loss_estimate, losses[s]);
        require_close(result.figures[s].net_exposure_after_recovery, 105'000.0 + losses[s]);
        require_close(result.figures[s].impact_score, losses[s] / 1e6);
    }
    const ScenarioFigures& crash = result.figures[1];
    BOOST_TEST(crash.interest_rate_pct == 5.5);
    BOOST_TEST(crash.interest_payment == 55'000.0);
    BOOST_TEST(crash.collateral_value == 562'500.0);
    BOOST_TEST(crash.collateral_loss == 187'500.0);
    BOOST_TEST(crash.distressed_asset_value == 217'500.0);
    BOOST_TEST(crash.distressed_asset_loss == 72'500.0);
    require_close(crash.distressed_asset_recovery, 123'250.0);
    require_close(crash.default_risk_buffer, 50'000.0);
}

BOOST_AUTO_TEST_CASE(a_book_of_one_record_shows_the_contract_figures_of_that_record) {
    for (const Record& record : random_records(200, 21)) {
        const NaiveRecord naive(record);
        const Exposure exposure = measure_exposure(SampleBook({record}).columns(), {});
        const std::vector<StressScenario> scenarios = mixed_scenarios();
        const StressResult result = stress(exposure, scenarios, {});
        const double scale = naive.total + naive.collateral + naive.recovery;
        for (std::size_t s = 0; s < scenarios.size(); ++s) {
            const StressScenario& shock = scenarios[s];
            const ScenarioFigures& actual = result.figures[s];
            const double rate_pct = naive.rate_pct + shock.interest_rate_delta_pct;
            const double factor = 1.0 + shock.collateral_market_impact;
            require_close(actual.interest_rate_pct, rate_pct, naive.rate_pct);
            require_close(actual.interest_payment, naive.total * rate_pct / 100.0, scale);
            require_close(actual.collateral_value, naive.collateral * factor);
            require_close(actual.collateral_loss,
                          std::fmax(0.0, naive.collateral - naive.collateral * factor), scale);
            require_close(actual.distressed_asset_value, naive.value * factor);
            require_close(actual.distressed_asset_loss,
                          std::fmax(0.0, naive.value - naive.value * factor), naive.value);
            require_close(actual.distressed_asset_recovery,
                          naive.recovery * (1.0 + shock.recovery_degradation));
            require_close(actual.default_risk_buffer,
                          std::fmax(0.0, naive.total * shock.default_risk_increment));
            require_close(actual.net_exposure_after_recovery, naive.stressed_net(shock), scale);
            require_close(actual.loss_estimate, naive.loss(shock), scale);
            require_close(actual.impact_score,
                          std::fmin(1.0, naive.loss(shock) / std::fmax(1.0, naive.total)), 1.0);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_record_and_the_book_agree_with_a_naive_revaluation) {
    const std::vector<Record> records = random_records(3000, 22);
    const std::vector<StressScenario> scenarios = mixed_scenarios();
    const Exposure exposure = measure_exposure(SampleBook(records).columns(), {});
    const StressResult result = stress(exposure, scenarios, {});
    for (std::size_t s = 0; s < scenarios.size(); ++s) {
        const StressScenario& shock = scenarios[s];
        double total = 0.0, interest = 0.0, collateral = 0.0, net = 0.0, loss = 0.0;
        for (std::size_t i = 0; i < records.size(); ++i) {
            const NaiveRecord naive(records[i]);
            const double scale = naive.total + naive.collateral + naive.recovery;
            require_close(result.record_loss[s * records.size() + i], naive.loss(shock), scale);
            total += naive.total;
            interest += naive.total * (naive.rate_pct + shock.interest_rate_delta_pct) / 100.0;
            collateral += naive.collateral * (1.0 + shock.collateral_market_impact);
            net += naive.stressed_net(shock);
            loss += naive.loss(shock);
        }
        const ScenarioFigures& actual = result.figures[s];
        require_close(actual.interest_payment, interest, total / 100.0);
        require_close(actual.interest_rate_pct, 100.0 * interest / total, 1.0);
        require_close(actual.collateral_value, collateral);
        require_close(actual.net_exposure_after_recovery, net, total);
        require_close(actual.loss_estimate, loss, total);
    }
}

BOOST_AUTO_TEST_CASE(position_losses_add_up_to_the_loss_of_their_record) {
    const std::vector<Record> records = random_records(3000, 23);
    const Exposure exposure = measure_exposure(SampleBook(records).columns(), {});
    const std::vector<StressScenario> scenarios = mixed_scenarios();
    const StressResult result = stress(exposure, scenarios, {});
    const std::size_t position_count = exposure.positions.record.size();
    BOOST_REQUIRE_EQUAL(result.position_loss().size(), scenarios.size() * position_count);
    for (std::size_t s = 0; s < scenarios.size(); ++s) {
        const std::vector<double> sums =
            sum_by_group(exposure.positions.record, records.size(),
                         result.position_loss().subspan(s * position_count, position_count));
        for (std::size_t i = 0; i < records.size(); ++i) {
            const double loss = result.record_loss[s * records.size() + i];
            BOOST_REQUIRE_SMALL(sums[i] - loss, 1e-9 * loss + 1e-300);
        }
    }
}

BOOST_AUTO_TEST_CASE(where_each_record_is_one_position_its_loss_is_the_position_loss) {
    std::vector<Record> records = random_records(1500, 24);
    for (Record& record : records) {
        auto& instruments = record.instruments;
        if (!instruments.empty()) instruments.erase(instruments.begin() + 1, instruments.end());
    }
    const Exposure exposure = measure_exposure(SampleBook(records).columns(), {});
    const StressResult result = stress(exposure, contract_scenarios(), {});
    BOOST_TEST(
        std::ranges::all_of(exposure.positions.share, [](double share) { return share == 1.0; }));
    BOOST_TEST(same_bits(result.position_loss(), result.record_loss));
}

BOOST_AUTO_TEST_CASE(a_record_without_debt_loses_nothing) {
    const Record record{
        .rate_pct = 5.0, .collateral = 10.0, .assets = 20.0, .collateral_given = true};
    const StressResult result =
        stress(measure_exposure(SampleBook({record}).columns(), {}), contract_scenarios(), {});
    BOOST_TEST(result.figures[0].interest_rate_pct == 7.5);
    BOOST_TEST(result.figures[0].interest_payment == 0.0);
    BOOST_TEST(result.figures[0].loss_estimate == 0.0);
    BOOST_TEST(result.figures[0].impact_score == 0.0);
}

BOOST_AUTO_TEST_CASE(less_detail_gives_the_same_figures) {
    const SampleBook book(random_records(3000, 25));
    const std::vector<StressScenario> scenarios = mixed_scenarios();
    const Exposure exposure = measure_exposure(book.columns(), {});
    const StressResult full = stress(exposure, scenarios, {});
    const StressResult records = stress(exposure, scenarios, {.detail = Detail::records});
    const StressResult figures = stress(exposure, scenarios, {.detail = Detail::book});
    BOOST_TEST(same_bits(full.figures, records.figures));
    BOOST_TEST(same_bits(full.figures, figures.figures));
    BOOST_TEST(records.allocated_loss.empty());
    BOOST_TEST(figures.record_loss.empty());
}

BOOST_AUTO_TEST_CASE(thread_count_does_not_change_a_single_bit) {
    const SampleBook book(random_records(5000, 26));
    const std::vector<StressScenario> scenarios = mixed_scenarios();
    const Exposure exposure = measure_exposure(book.columns(), {});
    const StressResult one = stress(exposure, scenarios, {.parallel = {.threads = 1}});
    for (const std::size_t threads : {2U, 7U}) {
        const StressResult many = stress(exposure, scenarios, {.parallel = {.threads = threads}});
        BOOST_TEST(same_bits(one.figures, many.figures));
        BOOST_TEST(same_bits(one.record_loss, many.record_loss));
        BOOST_TEST(same_bits(one.position_loss(), many.position_loss()));
    }
}

BOOST_AUTO_TEST_CASE(a_shock_that_means_nothing_is_refused_with_its_place) {
    const auto place = [](double StressScenario::* shock, double value) {
        std::vector<StressScenario> scenarios = contract_scenarios();
        scenarios[2].*shock = value;
        const auto [code, where] = refusal(scenarios);
        BOOST_TEST((code == ErrorCode::invalid_input));
        return where;
    };
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
        BOOST_TEST(place(&StressScenario::interest_rate_delta_pct, bad) ==
                   "scenarios[2].interest_rate_delta_pct");
        BOOST_TEST(place(&StressScenario::default_risk_increment, bad) ==
                   "scenarios[2].default_risk_increment");
    }
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -1.01}) {
        BOOST_TEST(place(&StressScenario::collateral_market_impact, bad) ==
                   "scenarios[2].collateral_market_impact");
        BOOST_TEST(place(&StressScenario::recovery_degradation, bad) ==
                   "scenarios[2].recovery_degradation");
    }
    BOOST_TEST(refusal(mixed_scenarios()).second == "none");
}

BOOST_AUTO_TEST_CASE(too_many_scenarios_and_too_large_matrices_pass_a_limit) {
    const auto [code, where] = refusal(std::vector<StressScenario>(max_scenarios + 1));
    BOOST_TEST((code == ErrorCode::limit_exceeded));
    BOOST_TEST(where == "scenarios");
    const SampleBook book(std::vector<Record>(30'000));
    const Exposure exposure = measure_exposure(book.columns(), {});
    BOOST_CHECK_EXCEPTION(
        stress(exposure, std::vector<StressScenario>(max_scenarios), {}), Error,
        [](const Error& error) { return error.code() == ErrorCode::limit_exceeded; });
}

BOOST_AUTO_TEST_CASE(positions_cannot_be_stressed_when_they_were_not_measured) {
    const SampleBook book(random_records(3, 27));
    const Exposure exposure = measure_exposure(book.columns(), {.detail = Detail::records});
    BOOST_CHECK_EXCEPTION(stress(exposure, contract_scenarios(), {}), Error,
                          [](const Error& error) { return error.where() == "exposure"; });
}

BOOST_AUTO_TEST_CASE(no_scenarios_and_no_records_give_empty_results) {
    const Exposure none = measure_exposure(SampleBook({}).columns(), {});
    BOOST_TEST(stress(none, {}, {}).figures.empty());
    BOOST_TEST(stress(none, contract_scenarios(), {}).figures[1].loss_estimate == 0.0);
}

BOOST_AUTO_TEST_CASE(a_stop_request_ends_the_run_and_progress_counts_records) {
    const Exposure exposure = measure_exposure(SampleBook(random_records(3000, 28)).columns(), {});
    std::atomic<std::uint64_t> done{0};
    stress(exposure, contract_scenarios(),
           {.parallel = {.control = {.stop = {}, .completed_units = &done}}});
    BOOST_TEST(done.load() == 3000U);
    const std::stop_source source;
    source.request_stop();
    BOOST_CHECK_EXCEPTION(
        stress(exposure, contract_scenarios(),
               {.parallel = {.control = {.stop = source.get_token(), .completed_units = nullptr}}}),
        Error, [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()
