#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/path_tile.hpp"
#include "engines/debt/tile_rows.hpp"

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

/// Which part of what is due is paid, of each position.
struct PaidParts {
    std::vector<double> interest_arrears, interest, principal_arrears, principal, maturity;
};

/// Records of one obligor and one segment that follow each other: one business.
struct TileBusiness {
    std::vector<double> revenue, costs, losses, is_alive;
    std::vector<std::uint32_t> segment, obligor;
    std::vector<double> receipts, payments, income;  ///< of the step
    bool is_obligor = true;                          ///< each is one obligor's only one
};

/// Instalments to be computed in a step: of the positions `index`.
struct TileLevels {
    std::vector<std::uint32_t> index;
    std::vector<double> amount, rate, growth, power, payment;
    std::vector<std::uint64_t> payment_count;
};

/// What goes from one step to the next, and columns as the loops take them. Vectors are of the
/// tile's rows, counted from its first.
struct TileState {
    // Of positions, in their segment's worth of the first day.
    std::vector<double> balance;  ///< principal in arrears is part of it
    std::vector<double> interest_arrears, principal_arrears;
    std::vector<double> instalment;
    std::vector<std::int32_t> payments_left;
    std::vector<double> is_alive;  ///< of the obligor
    std::vector<double> rate;      ///< of the step, as a fraction
    std::vector<double> worth;     ///< of the segment's currency in the step
    PaidParts paid;
    std::vector<std::uint32_t> maturing;  ///< in the horizon, rising

    // Of obligors.
    std::vector<double> obligor_is_alive, is_defaulted;  ///< 1 or 0, and the other way round
    std::vector<double> income_known;                    ///< 1 or 0
    std::vector<double> in_arrears;                      ///< 1 or 0, also of the defaulted
    std::vector<double> cash;                            ///< at the end of the step before
    std::vector<double> cash_limit;  ///< cash above it is distributed; infinite: none is
    std::vector<double> is_settled;  ///< 1 or 0, and 1 up to a whole number of blocks
    std::vector<std::int32_t> months_in_arrears;
    std::vector<std::uint32_t> position_begin;  ///< (obligor_count + 1,)
    /// Positions that are not their obligor's first, rising, and of whom they are.
    std::vector<std::uint32_t> further_positions, obligor_of_further;
    std::vector<std::uint32_t> unsettled;  ///< of the step: looked at one by one

    TileBusiness business;
    TileLevels levels;
    std::size_t arrears_count = 0;  ///< obligors in arrears

    void begin(const TileInputs& inputs, PathTile& tile);

  private:
    void begin_positions(const TileInputs& inputs, const PathTile& tile);
    void begin_obligors(const TileInputs& inputs, PathTile& tile);
    void begin_business(const TileInputs& inputs, const PathTile& tile);
    void add_businesses(const TileInputs& inputs, const TileRange& range);
};

/// What the parts of a step work on.
struct TileStep {
    const TileInputs& inputs;
    const TileKernels& kernels;
    std::size_t m;
    TileState& state;
    PathTile& tile;
};

// Each is one part of a step; together, in this order, they are the step.

/// Rates and currencies, where they are not those of the step before.
void set_drivers(const TileStep& step);
/// Instalments that follow the balance: of floating annuities anew at each payment, of others when
/// their amortisation begins. And those of schedules.
void level_instalments(const TileStep& step);
/// What positions owe in the step.
void fall_due(const TileStep& step);
/// What the obligors' business brings, and what is due of them.
void operate(const TileStep& step);
/// How much of what is due each obligor pays, out of income, cash and new debt.
void settle(const TileStep& step);
/// Those parts, position by position.
void pay(const TileStep& step);
/// What is owed and stands behind it at the end of the step, and who has defaulted by then.
void close_step(const TileStep& step);
/// Sums over the tile and over the steps.
void sum_step(const TileStep& step);

/// Adds up the cells of each obligor's positions, times `worth`, into a row of obligors.
void sum_by_obligor(const TileStep& step, const double* cells, double* sums);

/// Obligors that are looked at together for one that is not settled.
inline constexpr std::size_t settled_block = 16;

/// Whether each obligor has one record of one position: what it owes is then the record's balance.
inline bool has_one_position_an_obligor(const TileRange& range) {
    return range.has_one_position_a_record && range.records.count() == range.obligors.count();
}

/// Of a sum due, which part `available` pays; a rest of rounding is none.
inline double paid_part(double available, double due) {
    constexpr double rounding = 1.0 - 1e-12;
    return available >= due * rounding ? 1.0 : available / due;
}

}  // namespace seawall::debt
