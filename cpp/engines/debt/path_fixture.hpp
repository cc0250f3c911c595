#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/path_tables.hpp"
#include "engines/debt/table_fixture.hpp"
#include "engines/debt/tile_rerun.hpp"
#include "numeric/thread_pool.hpp"

/// A book and its cases over a horizon, for the tests of this folder.
namespace seawall::debt::fixture {

inline constexpr Day first_day = std::chrono::sys_days{std::chrono::year{2026} / 1 / 15};

inline Day on(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                                 static_cast<int>(day)};
}

inline Column days(const char* name, const std::vector<std::optional<Day>>& values) {
    Column column(name, ColumnType::date32);
    for (const auto& value : values) {
        value ? column.push(Date{static_cast<std::int32_t>(value->time_since_epoch().count())})
              : column.push_absent();
    }
    return column;
}

/// Records 0, 1, … of one segment.
struct PathSample {
    Table records;
    std::optional<Table> principal_schedule;
    Book book;
    PathBook paths;
    RecoveryBook claims;

    PathSample(std::vector<Column> columns, std::size_t months,
               const std::vector<Amendment>& amendments = {},
               std::optional<Table> schedule = std::nullopt)
        : principal_schedule(std::move(schedule)) {
        Offsets numbers_of_records(columns.front().size());
        for (std::size_t i = 0; i < numbers_of_records.size(); ++i) {
            numbers_of_records[i] = static_cast<std::int64_t>(i);
        }
        records = fixture::records(numbers_of_records, std::move(columns));
        const BookTables tables{
            .records = &records,
            .principal_schedule = principal_schedule ? &*principal_schedule : nullptr};
        book = make_book(tables);
        paths = make_path_book(tables, book, make_horizon(first_day, months), amendments);
        claims = make_recovery_book(paths, book.currency);
    }
};

/// Nothing changes.
inline PathCase base_case(const PathSample& sample) {
    const std::size_t months = sample.paths.horizon.month_count();
    return {.case_id = "base",
            .drivers = std::vector<StepDrivers>(months * sample.paths.segment_count),
            .refinancing_rate_delta_pct = std::vector<double>(months)};
}

inline PathSettings no_limits() {
    PathSettings settings{};
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    settings.covenants.limits.fill(none);
    settings.covenants.reset_limits.fill(none);
    return settings;
}

/// A sample under a case.
struct CaseSample {
    const PathSample& sample;
    PathCase path_case;
    PathSettings settings;
    Buffer<double> limits;
    CasePaths paths;
    CaseRecovery recovery;
    Buffer<WallEntry> wall{};
    std::vector<RiskRating> ratings{};

    CaseSample(const PathSample& of, PathCase asked, const PathSettings& by = no_limits(),
               const RecoverySettings& sold = {.enterprise_multiple = 1.0, .timing = {}})
        : sample(of),
          path_case(std::move(asked)),
          settings(by),
          limits(covenant_limits(of.paths, settings.covenants)),
          paths(run_paths(of.paths, path_case, settings, limits, {})),
          recovery(recover(of.paths, of.claims, paths, sold, {})) {}

    CaseView view() const {
        return {.records = sample.records,
                .book = sample.book,
                .path_book = sample.paths,
                .recovery_book = sample.claims,
                .limits = limits,
                .paths = paths,
                .recovery = recovery,
                .wall = wall,
                .ratings = ratings};
    }
    CaseRerun rerun(std::size_t threads = 0) const {
        return {.book = sample.paths,
                .path_case = path_case,
                .terms = settings.terms,
                .options = {.threads = threads}};
    }
};

/// Loans of every kind; some of their obligors run dry, some state no income.
inline std::vector<Column> random_loans(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](double limit) {
        return std::uniform_real_distribution<double>(0.0, limit)(random);
    };
    std::vector<Number> total, rate, income, cash, value, spread, prepayment, defaults;
    std::vector<Text> obligor, kind, rate_type;
    std::vector<std::optional<Day>> maturity;
    Offsets interval;
    for (std::size_t i = 0; i < count; ++i) {
        total.emplace_back(1e4 + below(1e6));
        rate.emplace_back(1.0 + below(8.0));
        income.push_back(below(1.0) < 0.2 ? Number() : Number(*total.back() * (below(0.2) - 0.02)));
        cash.emplace_back(below(2e4));
        value.push_back(below(1.0) < 0.2 ? Number() : Number(*total.back() * (0.5 + below(1.0))));
        spread.push_back(below(1.0) < 0.5 ? Number() : Number(below(3.0)));
        prepayment.emplace_back(below(1.0) < 0.5 ? 0.0 : below(10.0));
        defaults.emplace_back(below(1.0) < 0.5 ? 0.0 : below(5.0));
        obligor.emplace_back(
            "o" + std::to_string(static_cast<int>(below(0.7) * 1.0 * static_cast<double>(count))));
        constexpr const char* kinds[] = {"bullet", "linear", "annuity"};
        kind.emplace_back(kinds[static_cast<std::size_t>(below(3.0))]);
        rate_type.emplace_back(below(1.0) < 0.5 ? "fixed" : "floating");
        maturity.emplace_back(first_day + std::chrono::days{20 + static_cast<int>(below(2000.0))});
        constexpr int intervals[] = {1, 2, 3, 6, 12};
        interval.push_back(intervals[static_cast<std::size_t>(below(5.0))]);
    }
    return {numbers("total_outstanding", total),
            numbers("interest_rate_pct", rate),
            numbers("net_cash_flow", income),
            numbers("cash", cash),
            numbers("collateral_value", value),
            numbers("spread_pct", spread),
            numbers("prepayment_rate_pct", prepayment),
            numbers("default_rate_pct", defaults),
            texts("obligor_id", obligor),
            texts("amortisation", kind),
            texts("rate_type", rate_type),
            days("maturity_date", maturity),
            counts("payment_interval_months", interval)};
}

}  // namespace seawall::debt::fixture
