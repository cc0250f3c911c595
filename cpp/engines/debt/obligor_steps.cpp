#include <algorithm>

#include "engines/debt/obligor_cash.hpp"
#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

/// What is due of a record's maturities, and what of its debt is not.
struct RecordDebt {
    double maturing = 0.0, staying = 0.0;
};

RecordDebt record_debt(const TileInputs& inputs, std::size_t m, std::size_t record,
                       const TileState& state, const PathTile& tile) {
    const auto& offsets = inputs.book.order.position_offsets;
    const double worth = inputs.drivers_of_record(m, record).currency_factor;
    RecordDebt debt;
    for (std::size_t row = offsets[record]; row < offsets[record + 1]; ++row) {
        const std::size_t i = row - tile.range.positions.begin;
        const double maturing = tile.positions.maturity_due[tile.position_cell(m, i)];
        debt.maturing += maturing * worth;
        debt.staying += (state.balance[i] - maturing) * worth;
    }
    return debt;
}

/// The new debt of a record whose maturities are due.
Maturity refinance(const TileInputs& inputs, std::size_t m, std::size_t record,
                   const RecordDebt& debt) {
    const RefinancingCapacity capacity = inputs.refinancing(m, record);
    const double gap = refinancing_gap(debt.maturing, debt.staying, capacity);
    return {.record = static_cast<std::uint32_t>(record),
            .step = static_cast<std::uint8_t>(m),
            .binding = capacity.binding,
            .is_tested = capacity.binding != RefinancingTest::none,
            .due = debt.maturing,
            .refinanced = debt.maturing - gap,
            .paid_in_cash = 0.0,
            .gap = gap};
}

}  // namespace

void operate(const TileInputs& inputs, std::size_t m, const TileState& state, PathTile& tile) {
    const PathBook& book = inputs.book;
    ObligorSteps& steps = tile.obligors;
    for (std::size_t row = tile.range.records.begin; row < tile.range.records.end; ++row) {
        const std::size_t o = book.order.obligor_of_record[row] - tile.range.obligors.begin;
        const std::size_t cell = tile.obligor_cell(m, o);
        const std::size_t flow = inputs.factors.at(m, book.segment_of_record[row]);
        const double worth = inputs.drivers_of_record(m, row).currency_factor * state.is_alive[o];
        steps.receipts[cell] += worth * book.revenue[row] * inputs.factors.revenue_received[flow];
        steps.operating_payments[cell] +=
            worth * (book.costs[row] * inputs.factors.costs_paid[flow] +
                     book.losses[row] * inputs.factors.losses[flow]);
        steps.income[cell] += worth * inputs.earned(m, row);
    }
    for (std::size_t row = tile.range.positions.begin; row < tile.range.positions.end; ++row) {
        const std::size_t from = tile.position_cell(m, row - tile.range.positions.begin);
        const std::size_t cell =
            tile.obligor_cell(m, book.obligor_of_position[row] - tile.range.obligors.begin);
        const double worth = inputs.drivers(m, book.segment_of_position[row]).currency_factor;
        steps.interest_due[cell] += worth * tile.positions.interest_due[from];
        steps.principal_due[cell] += worth * tile.positions.principal_due[from];
        steps.maturity_due[cell] += worth * tile.positions.maturity_due[from];
        steps.prepaid[cell] += worth * tile.positions.prepaid[from];
        steps.defaulted[cell] += worth * tile.positions.defaulted[from];
    }
}

namespace {

/// What of one obligor is in arrears at the beginning of a step, in the book's currency.
struct Arrears {
    double interest = 0.0, principal = 0.0;
};

std::vector<Arrears> arrears(const TileInputs& inputs, std::size_t m, const TileState& state,
                             const PathTile& tile) {
    std::vector<Arrears> sums(tile.range.obligors.count());
    const PathBook& book = inputs.book;
    for (std::size_t i = 0; i < tile.range.positions.count(); ++i) {
        const std::size_t row = tile.range.positions.begin + i;
        Arrears& sum = sums[book.obligor_of_position[row] - tile.range.obligors.begin];
        const double worth = inputs.drivers(m, book.segment_of_position[row]).currency_factor;
        sum.interest += worth * state.interest_arrears[i];
        sum.principal += worth * state.principal_arrears[i];
    }
    return sums;
}

/// One obligor's money in one step.
class ObligorSettlement {
  public:
    ObligorSettlement(const TileInputs& inputs, std::size_t m, std::size_t o, TileState& state,
                      PathTile& tile)
        : inputs_(inputs),
          m_(m),
          o_(o),
          cell_(tile.obligor_cell(m, o)),
          state_(state),
          tile_(tile),
          cash_(state.cash[o], tile.capacity_known[o] != 0) {}

    void run(const Arrears& in_arrears) {
        ObligorSteps& steps = tile_.obligors;
        steps.operating_shortfall[cell_] =
            cash_.operate(steps.receipts[cell_], steps.operating_payments[cell_]);
        const double interest = steps.interest_due[cell_];
        const double principal = steps.principal_due[cell_];
        PaidParts& paid = state_.paid[o_];
        paid = pay_debt_service({.interest_arrears = in_arrears.interest,
                                 .interest = interest,
                                 .principal_arrears = in_arrears.principal,
                                 .principal = principal},
                                cash_);
        steps.interest_paid[cell_] =
            in_arrears.interest * paid.interest_arrears + interest * paid.interest;
        steps.principal_paid[cell_] =
            in_arrears.principal * paid.principal_arrears + principal * paid.principal;
        steps.debt_service_shortfall[cell_] =
            interest * (1.0 - paid.interest) + principal * (1.0 - paid.principal);
        if (steps.maturity_due[cell_] > 0.0) repay_maturities();
        double& left = state_.cash[o_];
        left = cash_.amount();
        if (!inputs_.terms.retains_surplus) left = std::min(left, state_.opening_cash[o_]);
        steps.cash[cell_] = left;
        const bool has_arrears = paid.interest_arrears < 1.0 || paid.interest < 1.0 ||
                                 paid.principal_arrears < 1.0 || paid.principal < 1.0;
        state_.months_in_arrears[o_] = has_arrears ? state_.months_in_arrears[o_] + 1 : 0;
    }

  private:
    void repay_maturities() {
        ObligorSteps& steps = tile_.obligors;
        const auto& offsets = inputs_.book.order.record_offsets;
        const std::size_t obligor = tile_.range.obligors.begin + o_;
        const std::size_t first = tile_.maturities.size();
        double gaps = 0.0;
        for (std::size_t record = offsets[obligor]; record < offsets[obligor + 1]; ++record) {
            const RecordDebt debt = record_debt(inputs_, m_, record, state_, tile_);
            if (debt.maturing <= 0.0) continue;
            tile_.maturities.push_back(refinance(inputs_, m_, record, debt));
            gaps += tile_.maturities.back().gap;
        }
        const double part = cash_.spend(gaps);
        for (std::size_t k = first; k < tile_.maturities.size(); ++k) {
            Maturity& maturity = tile_.maturities[k];
            maturity.paid_in_cash = maturity.gap * part;
            maturity.gap = part == 1.0 ? 0.0 : maturity.gap - maturity.paid_in_cash;
            state_.maturity_paid[maturity.record - tile_.range.records.begin] =
                maturity.gap > 0.0 ? (maturity.refinanced + maturity.paid_in_cash) / maturity.due
                                   : 1.0;
            steps.refinanced[cell_] += maturity.refinanced;
            steps.maturity_paid[cell_] += maturity.refinanced + maturity.paid_in_cash;
            steps.refinancing_shortfall[cell_] += maturity.gap;
        }
    }

    const TileInputs& inputs_;
    std::size_t m_, o_, cell_;
    TileState& state_;
    PathTile& tile_;
    ObligorCash cash_;
};

}  // namespace

void settle(const TileInputs& inputs, std::size_t m, TileState& state, PathTile& tile) {
    std::ranges::fill(state.maturity_paid, 1.0);
    const std::vector<Arrears> in_arrears = arrears(inputs, m, state, tile);
    for (std::size_t o = 0; o < tile.range.obligors.count(); ++o) {
        if (state.is_alive[o] == 0.0) {
            state.paid[o] = {.interest_arrears = 0.0,
                             .interest = 0.0,
                             .principal_arrears = 0.0,
                             .principal = 0.0};
            tile.obligors.cash[tile.obligor_cell(m, o)] = state.cash[o];
            continue;
        }
        ObligorSettlement(inputs, m, o, state, tile).run(in_arrears[o]);
    }
}

}  // namespace seawall::debt
