#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/path_book.hpp"
#include "engines/debt/path_case.hpp"
#include "engines/debt/refinancing.hpp"
#include "engines/debt/step_figures.hpp"
#include "engines/debt/sweep_variants.hpp"

namespace seawall::debt {

/// How obligors pay, in every case alike.
struct PathTerms {
    int default_after_months = 3;  ///< of arrears in a row
    bool retains_surplus = false;  ///< else cash above that of the first day is distributed
    int test_months = 3;           ///< the window of income and debt service
    RefinancingTerms refinancing;
};

/// Flows and levels of the positions of a tile. Cell (m, i) is at (m − 1) * count + i; flows are of
/// the step, levels at its end. In each segment's own worth on the first day: a change of its
/// currency is not in them.
struct PositionSteps {
    std::vector<double> interest_due, principal_due, maturity_due;
    std::vector<double> interest_paid, principal_paid, maturity_paid, prepaid, defaulted;
    std::vector<double> balance, interest_arrears, principal_arrears;
};

/// Flows of positions summed over the steps, likewise.
struct PositionSums {
    std::vector<double> interest_due, interest_paid, principal_paid, maturity_due, maturity_paid;
    std::vector<double> prepaid, defaulted;
};

/// The same of obligors, in the book's currency as it is worth in the step.
struct ObligorSteps {
    std::vector<double> receipts, operating_payments;
    std::vector<double> maturity_due;
    std::vector<double> interest_paid, principal_paid, maturity_paid, prepaid, defaulted;
    std::vector<double> refinanced;  ///< part of the maturities paid
    std::vector<double> operating_shortfall, debt_service_shortfall, refinancing_shortfall;
    std::vector<double> cash, interest_arrears;
};

/// What covenants rest on, of obligors in the same currency: of every step, whatever else is kept.
struct TestedSteps {
    std::vector<double> income;  ///< earned, received or not
    std::vector<double> interest_due, principal_due;
    std::vector<double> debt;  ///< at the step's end
};

/// What an obligor's steps come to.
struct ObligorSums {
    std::vector<double> operating_shortfall, debt_service_shortfall, refinancing_shortfall;
    std::vector<double> lowest_cash;
    std::vector<double> runway_months;  ///< −1: beyond the horizon
};

/// And of records, of every step too.
struct RecordSteps {
    std::vector<double> balance;     ///< not written where obligors have one position each
    std::vector<double> collateral;  ///< NaN where not known
};

/// A maturity that fell due in the horizon.
struct Maturity {
    std::uint32_t record = 0;  ///< row of the path order
    std::uint8_t step = 0;
    RefinancingTest binding = RefinancingTest::none;
    bool is_tested = false;
    double due = 0.0;         ///< in the book's currency, as the next
    double refinanced = 0.0;  ///< the new debt
    double paid_in_cash = 0.0;
    double gap = 0.0;
};

/// One tile under one case. Used again for the next tile: nothing is allocated anew.
struct PathTile {
    /// Else `positions` and `obligors` have the last step only, and positions not what they paid.
    bool keeps_steps = true;
    InstructionSet instruction_set = fastest_instruction_set();  ///< which no bit shows

    TileRange range;
    std::size_t month_count = 0;
    PositionSteps positions;
    PositionSums position_sums;
    ObligorSteps obligors;
    TestedSteps tested;
    ObligorSums obligor_sums;
    RecordSteps records;
    std::vector<Maturity> maturities;          ///< by rising step, then record
    std::vector<std::int32_t> default_step;    ///< of each obligor; 0: none
    std::vector<std::uint8_t> capacity_known;  ///< of each obligor: a record states its income
    std::vector<StepFigures> steps;            ///< sums over the tile

    std::size_t position_cell(std::size_t m, std::size_t i) const {
        return keeps_steps ? (m - 1) * range.positions.count() + i : i;
    }
    std::size_t obligor_cell(std::size_t m, std::size_t o) const {
        return keeps_steps ? tested_cell(m, o) : o;
    }
    std::size_t tested_cell(std::size_t m, std::size_t o) const {
        return (m - 1) * range.obligors.count() + o;
    }
    std::size_t record_cell(std::size_t m, std::size_t r) const {
        return (m - 1) * range.records.count() + r;
    }
};

struct TileState;

/// Lets the positions of a tile fall due and be paid, step by step. `state` is room to work in,
/// used again like the tile.
void run_tile(const PathBook& book, const CaseFactors& factors, const PathTerms& terms,
              const TileRange& range, TileState& state, PathTile& tile);

}  // namespace seawall::debt
