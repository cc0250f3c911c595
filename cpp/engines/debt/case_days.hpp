#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/tile_rerun.hpp"

namespace seawall::debt {

inline constexpr std::size_t week_count = 13;
inline constexpr std::size_t days_a_week = 7;

/// What the first days of a case bring, the same for all obligors. Day 1 is the one after the first
/// day of the horizon.
class CaseDays {
  public:
    static constexpr std::size_t day_count = week_count * days_a_week;

    /// Throws Error(invalid_input) where the horizon has fewer days.
    explicit CaseDays(const CaseRerun& rerun);

    static std::size_t week_of(std::size_t day) { return (day - 1) / days_a_week; }
    Day day_at(std::size_t day) const {
        return horizon_.as_of() + std::chrono::days{static_cast<std::int64_t>(day)};
    }
    /// The month that a day is in.
    std::size_t step_of(std::size_t day) const { return step_of_day_[day]; }
    /// Flows of a day for an amount of 1 a year, in the book's currency.
    double received(std::size_t day, std::size_t segment) const {
        return received_[at(day, segment)];
    }
    double paid(std::size_t day, std::size_t segment) const { return paid_[at(day, segment)]; }
    double lost(std::size_t day, std::size_t segment) const { return lost_[at(day, segment)]; }
    bool month_ends_in(std::size_t week) const {
        const Day after = day_at(week * days_a_week), up_to = day_at((week + 1) * days_a_week);
        return std::ranges::any_of(horizon_.ends,
                                   [&](Day end) { return end > after && end <= up_to; });
    }

  private:
    std::size_t at(std::size_t day, std::size_t segment) const {
        return day * segment_count_ + segment;
    }

    const Horizon& horizon_;
    std::size_t segment_count_;
    std::vector<std::size_t> step_of_day_;
    std::vector<double> received_, paid_, lost_;
};

}  // namespace seawall::debt
