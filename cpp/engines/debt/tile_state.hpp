#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/path_tile.hpp"

namespace seawall::debt {

/// What a tile's steps look at.
struct TileInputs {
    const PathBook& book;
    const CaseFactors& factors;
    const PathTerms& terms;

    const StepDrivers& drivers(std::size_t m, std::size_t segment) const {
        return factors.drivers[factors.at(m, segment)];
    }
    const StepDrivers& drivers_of_record(std::size_t m, std::size_t record) const {
        return drivers(m, book.segment_of_record[record]);
    }

    /// The rate of a position in a step, a year, in percent.
    double rate_pct(std::size_t m, std::size_t position) const {
        const LoanTerms& t = book.terms;
        const StepDrivers& d = drivers(m, book.segment_of_position[position]);
        const double index =
            (t.rate_pct[position] - t.spread_pct[position]) * d.interest_rate_change_factor +
            d.interest_rate_delta_pct;
        const double floating = std::min(
            std::max(index + t.spread_pct[position], t.floor_pct[position]), t.cap_pct[position]);
        return t.is_floating[position] != 0 ? floating : t.rate_pct[position];
    }

    /// Of a record at the end of a step, in the book's currency; NaN where not known.
    double collateral_value(std::size_t m, std::size_t record) const {
        const StepDrivers& d = drivers_of_record(m, record);
        return book.collateral_value[record] * d.collateral_factor * d.currency_factor;
    }

    /// Income of a year of a record, from its latest steps, in the book's currency; NaN where it
    /// states none.
    double annual_income(std::size_t m, std::size_t record) const;
    /// The new debt that a record's income and collateral carry at the end of a step.
    RefinancingCapacity refinancing(std::size_t m, std::size_t record) const;

    /// What a record earns in a step, in its segment's worth of the first day.
    double earned(std::size_t m, std::size_t record) const {
        const std::size_t flow = factors.at(m, book.segment_of_record[record]);
        return book.revenue[record] * factors.revenue_earned[flow] -
               book.costs[record] * factors.costs_incurred[flow] -
               book.losses[record] * factors.losses[flow];
    }
};

/// Of each class of what is due, which part an obligor pays.
struct PaidParts {
    double interest_arrears = 1.0, interest = 1.0, principal_arrears = 1.0, principal = 1.0;
};

/// What goes from one step to the next. Vectors are of the tile's rows, counted from its first.
struct TileState {
    // Of positions, in their segment's worth of the first day.
    std::vector<double> balance;  ///< principal in arrears is part of it
    std::vector<double> interest_arrears, principal_arrears;
    std::vector<double> instalment;
    std::vector<std::int32_t> payments_left;

    // Of obligors.
    std::vector<double> is_alive;  ///< 1, or 0 after its default
    std::vector<std::int32_t> months_in_arrears;
    std::vector<double> cash, opening_cash;
    std::vector<PaidParts> paid;

    std::vector<double> maturity_paid;  ///< which part, of each record

    void begin(const TileInputs& inputs, PathTile& tile);
};

// Each is one part of a step; together, in this order, they are the step.

/// Instalments that follow the balance: of floating annuities anew at each payment, of others when
/// their amortisation begins. And those of schedules.
void level_instalments(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile);
/// What positions owe in the step.
void fall_due(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile);
/// What the obligors' business brings, and what is due of them.
void operate(const TileInputs& inputs, std::size_t m, const TileState& state, PathTile& tile);
/// How much of what is due each obligor pays, out of income, cash and new debt.
void settle(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile);
/// Those parts, position by position.
void pay(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile);
/// Who has defaulted by the end of the step.
void close_step(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile);

/// Of a sum due, which part `available` pays; a rest of rounding is none.
inline double paid_part(double available, double due) {
    constexpr double rounding = 1.0 - 1e-12;
    return available >= due * rounding ? 1.0 : available / due;
}

}  // namespace seawall::debt
