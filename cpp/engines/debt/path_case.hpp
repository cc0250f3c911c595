#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engines/debt/loan_terms.hpp"
#include "engines/debt/step_drivers.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_path_months = 24;

/// The days of a horizon. Step m = 1 … month_count covers the days after ends[m − 1] up to ends[m].
struct Horizon {
    std::vector<Day> ends;  ///< (month_count + 1,); ends[0] is the day of the book

    std::size_t month_count() const { return ends.size() - 1; }
    Day as_of() const { return ends.front(); }
    Day last() const { return ends.back(); }
    /// The days of step m.
    int day_count(std::size_t m) const { return static_cast<int>((ends[m] - ends[m - 1]).count()); }
};

/// Throws Error(limit_exceeded) outside 1 … max_path_months.
Horizon make_horizon(Day as_of, std::size_t month_count);

/// A case as a caller states it.
struct PathCase {
    std::string case_id;
    std::vector<StepDrivers> drivers;  ///< (month_count, segment_count), step-major
    /// Of new debt, (month_count,), percentage points.
    std::vector<double> refinancing_rate_delta_pct;
    double liquidity_factor = 1.0;       ///< of the cash on the first day, >= 0
    int collection_extension_days = 0;   ///< receipts come so much later, >= 0
    int payment_period_change_days = 0;  ///< <= 0: suppliers are paid so much sooner
};

/// Throws Error(invalid_input) with a place such as "cases[1].drivers[17].collateral_factor".
void check(const PathCase& path_case, std::size_t index, const Horizon& horizon,
           std::size_t segment_count);

/// A case as the loops take it: of each step and segment, step-major.
struct CaseFactors {
    std::size_t segment_count = 0;
    std::vector<StepDrivers> drivers;
    /// Flows of the step for an amount of 1 a year: earned revenue and costs, and, shifted by the
    /// days of collection and payment, what is received and paid of them. Losses are income below
    /// 0 as one figure: they grow by what a revenue would shrink.
    std::vector<double> revenue_earned{}, revenue_received{};
    std::vector<double> costs_incurred{}, costs_paid{}, losses{};
    std::vector<double> refinancing_rate_delta_pct{};  ///< (month_count,)
    double liquidity_factor = 1.0;
    std::vector<std::uint8_t> repeats{};  ///< (month_count,), 1: all drivers are those of before

    std::size_t at(std::size_t m, std::size_t segment) const {
        return (m - 1) * segment_count + segment;
    }
};

CaseFactors case_factors(const PathCase& path_case, const Horizon& horizon,
                         std::size_t segment_count);

}  // namespace seawall::debt
