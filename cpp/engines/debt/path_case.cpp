#include "engines/debt/path_case.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "calendar/month_steps.hpp"
#include "engines/debt/types.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr double days_a_year = 365.0;
constexpr double month_years = 1.0 / 12.0;
constexpr int max_shift_days = 366;

/// What part of step j falls on the days that step m sees `shift` days later, in years: a month is
/// a twelfth of one, evenly over its days.
double seen_years(const Horizon& horizon, std::size_t m, std::size_t j, int shift) {
    const std::chrono::days delay{shift};
    const Day begin = std::max(horizon.ends[m - 1] - delay, horizon.ends[j - 1]);
    const Day end = std::min(horizon.ends[m] - delay, horizon.ends[j]);
    if (end <= begin) return 0.0;
    return month_years * static_cast<double>((end - begin).count()) / horizon.day_count(j);
}

}  // namespace

Horizon make_horizon(Day as_of, std::size_t month_count) {
    if (month_count < 1 || month_count > max_path_months) {
        throw Error(ErrorCode::limit_exceeded, "months", "must be from 1 to 24");
    }
    Horizon horizon;
    for (std::size_t m = 0; m <= month_count; ++m) {
        horizon.ends.push_back(calendar::add_months_from_month_end(as_of, static_cast<int>(m)));
    }
    return horizon;
}

void check(const PathCase& path_case, std::size_t index, const Horizon& horizon,
           std::size_t segment_count) {
    const std::string place = "cases[" + std::to_string(index) + "]";
    const auto require = [&](bool holds, const std::string& name, const char* message) {
        if (!holds) throw Error(ErrorCode::invalid_input, place + "." + name, message);
    };
    require(path_case.drivers.size() == horizon.month_count() * segment_count, "drivers",
            "must have a row for each step and segment");
    for (std::size_t i = 0; i < path_case.drivers.size(); ++i) {
        const StepDrivers& d = path_case.drivers[i];
        const std::array<std::pair<const char*, double>, 6> factors{
            {{"revenue_factor", d.revenue_factor},
             {"cost_factor", d.cost_factor},
             {"interest_rate_change_factor", d.interest_rate_change_factor},
             {"collateral_factor", d.collateral_factor},
             {"recovery_factor", d.recovery_factor},
             {"currency_factor", d.currency_factor}}};
        const std::string row = "drivers[" + std::to_string(i) + "].";
        for (const auto& [name, value] : factors) {
            require(value >= 0.0 && value <= 1e6, row + name, "must be from 0 to 1e6");
        }
        require(d.interest_rate_delta_pct >= -100.0 && d.interest_rate_delta_pct <= 1000.0,
                row + "interest_rate_delta_pct", "must be from -100 to 1000 percentage points");
    }
    require(path_case.refinancing_rate_delta_pct.size() == horizon.month_count(),
            "refinancing_rate_delta_pct", "must have a value for each step");
    for (const double delta : path_case.refinancing_rate_delta_pct) {
        require(delta >= -100.0 && delta <= 1000.0, "refinancing_rate_delta_pct",
                "must be from -100 to 1000 percentage points");
    }
    require(path_case.liquidity_factor >= 0.0 && path_case.liquidity_factor <= 1e6,
            "liquidity_factor", "must be from 0 to 1e6");
    require(path_case.collection_extension_days >= 0 &&
                path_case.collection_extension_days <= max_shift_days,
            "collection_extension_days", "must be from 0 to 366");
    require(path_case.payment_period_change_days <= 0 &&
                path_case.payment_period_change_days >= -max_shift_days,
            "payment_period_change_days", "must be from -366 to 0");
}

CaseFactors case_factors(const PathCase& path_case, const Horizon& horizon,
                         std::size_t segment_count) {
    CaseFactors factors{.segment_count = segment_count,
                        .drivers = path_case.drivers,
                        .refinancing_rate_delta_pct = path_case.refinancing_rate_delta_pct,
                        .liquidity_factor = path_case.liquidity_factor};
    const std::size_t months = horizon.month_count();
    for (auto* flows : {&factors.revenue_earned, &factors.revenue_received, &factors.costs_incurred,
                        &factors.costs_paid, &factors.losses}) {
        flows->resize(months * segment_count);
    }
    for (std::size_t m = 1; m <= months; ++m) {
        const auto row = factors.drivers.begin() + static_cast<std::ptrdiff_t>(factors.at(m, 0));
        const auto width = static_cast<std::ptrdiff_t>(segment_count);
        factors.repeats.push_back(m > 1 && std::equal(row - width, row, row) ? 1 : 0);
        for (std::size_t g = 0; g < segment_count; ++g) {
            const std::size_t cell = factors.at(m, g);
            const StepDrivers& d = path_case.drivers[cell];
            factors.revenue_earned[cell] = d.revenue_factor * month_years;
            factors.costs_incurred[cell] = d.cost_factor * month_years;
            factors.costs_paid[cell] = d.cost_factor * month_years;
            // Suppliers paid sooner have the payables of so many days, at the costs of before.
            if (m == 1)
                factors.costs_paid[cell] -= path_case.payment_period_change_days / days_a_year;
            factors.losses[cell] = std::max(2.0 - d.revenue_factor, 0.0) * month_years;
            for (std::size_t j = 1; j <= m; ++j) {
                factors.revenue_received[cell] +=
                    path_case.drivers[factors.at(j, g)].revenue_factor *
                    seen_years(horizon, m, j, path_case.collection_extension_days);
            }
        }
    }
    return factors;
}

}  // namespace seawall::debt
