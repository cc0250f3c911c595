#include <algorithm>
#include <bit>
#include <cstdint>

#include "engines/debt/obligor_cash.hpp"
#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

/// What is due of a record's maturities, and what of its debt is not.
struct RecordDebt {
    double maturing = 0.0, staying = 0.0;
};

RecordDebt record_debt(const TileStep& step, std::size_t record) {
    const auto& offsets = step.inputs.book.order.position_offsets;
    const double worth = step.inputs.drivers_of_record(step.m, record).currency_factor;
    RecordDebt debt;
    for (std::size_t row = offsets[record]; row < offsets[record + 1]; ++row) {
        const std::size_t i = row - step.tile.range.positions.begin;
        const double maturing =
            step.tile.positions.maturity_due[step.tile.position_cell(step.m, i)];
        debt.maturing += maturing * worth;
        debt.staying += (step.state.balance[i] - maturing) * worth;
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

/// What falls due at last: of few positions in few steps.
void add_maturities(const TileStep& step) {
    const TileState& state = step.state;
    ObligorSteps& steps = step.tile.obligors;
    const std::size_t cell = step.tile.obligor_cell(step.m, 0);
    for (const std::uint32_t i : state.maturing) {
        const std::size_t row = step.tile.range.positions.begin + i;
        if (step.inputs.book.plan.maturity_step[row] != step.m) continue;
        const std::size_t o =
            step.inputs.book.obligor_of_position[row] - step.tile.range.obligors.begin;
        steps.maturity_due[cell + o] +=
            state.worth[i] * step.tile.positions.maturity_due[step.tile.position_cell(step.m, i)];
    }
}

/// Where steps are not kept, the cells of the step before, which only the unsettled have written:
/// whoever has a maturity is one of them.
void clear_unsettled(const TileStep& step) {
    if (step.tile.keeps_steps) return;
    ObligorSteps& steps = step.tile.obligors;
    for (const std::uint32_t o : step.state.unsettled) {
        steps.maturity_due[o] = 0.0;
        steps.maturity_paid[o] = 0.0;
        steps.refinanced[o] = 0.0;
        steps.debt_service_shortfall[o] = 0.0;
        steps.refinancing_shortfall[o] = 0.0;
    }
}

}  // namespace

void sum_by_obligor(const TileStep& step, const double* cells, double* sums) {
    const TileState& state = step.state;
    const double* const worth = state.worth.data();
    const std::size_t count = step.tile.range.obligors.count();
    if (state.further_positions.empty()) {
        return step.kernels.multiply(count, worth, cells, sums);
    }
    // Without a loop of few turns, of unlike number, for each obligor.
    for (std::size_t o = 0; o < count; ++o) {
        const std::size_t first = state.position_begin[o];
        sums[o] = worth[first] * cells[first];
    }
    for (std::size_t k = 0; k < state.further_positions.size(); ++k) {
        const std::size_t i = state.further_positions[k];
        sums[state.obligor_of_further[k]] += worth[i] * cells[i];
    }
}

void operate(const TileStep& step) {
    clear_unsettled(step);
    const CaseFactors& factors = step.inputs.factors;
    TileBusiness& business = step.state.business;
    ObligorSteps& steps = step.tile.obligors;
    const std::size_t flow = factors.at(step.m, 0);
    TestedSteps& tested = step.tile.tested;
    const std::size_t cell = step.tile.obligor_cell(step.m, 0);
    const std::size_t tested_cell = step.tile.tested_cell(step.m, 0);
    const std::size_t obligor_count = step.tile.range.obligors.count();
    const bool direct = business.is_obligor;
    step.kernels.operate(
        {.count = business.obligor.size(),
         .revenue = business.revenue.data(),
         .costs = business.costs.data(),
         .losses = business.losses.data(),
         .segment = business.segment.data(),
         .segment_count = step.inputs.book.segment_count,
         .revenue_earned = factors.revenue_earned.data() + flow,
         .revenue_received = factors.revenue_received.data() + flow,
         .costs_incurred = factors.costs_incurred.data() + flow,
         .costs_paid = factors.costs_paid.data() + flow,
         .losses_incurred = factors.losses.data() + flow,
         .drivers = factors.drivers.data() + flow,
         .is_alive = business.is_alive.data(),
         .receipts = direct ? steps.receipts.data() + cell : business.receipts.data(),
         .payments = direct ? steps.operating_payments.data() + cell : business.payments.data(),
         .income = direct ? tested.income.data() + tested_cell : business.income.data()});
    if (!direct) {
        std::fill_n(steps.receipts.data() + cell, obligor_count, 0.0);
        std::fill_n(steps.operating_payments.data() + cell, obligor_count, 0.0);
        std::fill_n(tested.income.data() + tested_cell, obligor_count, 0.0);
        for (std::size_t u = 0; u < business.obligor.size(); ++u) {
            const std::uint32_t o = business.obligor[u];
            steps.receipts[cell + o] += business.receipts[u];
            steps.operating_payments[cell + o] += business.payments[u];
            tested.income[tested_cell + o] += business.income[u];
        }
    }
    const PositionSteps& from = step.tile.positions;
    const std::size_t first = step.tile.position_cell(step.m, 0);
    sum_by_obligor(step, from.interest_due.data() + first,
                   tested.interest_due.data() + tested_cell);
    sum_by_obligor(step, from.principal_due.data() + first,
                   tested.principal_due.data() + tested_cell);
    add_maturities(step);
    if (!step.tile.range.has_assumptions) return;
    sum_by_obligor(step, from.prepaid.data() + first, steps.prepaid.data() + cell);
    sum_by_obligor(step, from.defaulted.data() + first, steps.defaulted.data() + cell);
}

namespace {

/// What of one obligor is in arrears at the beginning of a step, in the book's currency.
struct Arrears {
    double interest = 0.0, principal = 0.0;
};

/// One obligor's money in one step.
class ObligorSettlement {
  public:
    ObligorSettlement(const TileStep& step, std::size_t o)
        : step_(step),
          o_(o),
          cell_(step.tile.obligor_cell(step.m, o)),
          tested_cell_(step.tile.tested_cell(step.m, o)),
          cash_(step.state.cash[o], step.tile.capacity_known[o] != 0) {}

    void run() {
        ObligorSteps& steps = step_.tile.obligors;
        TileState& state = step_.state;
        cash_.operate(steps.receipts[cell_], steps.operating_payments[cell_]);
        const Arrears before = arrears();
        const double interest = step_.tile.tested.interest_due[tested_cell_];
        const double principal = step_.tile.tested.principal_due[tested_cell_];
        const ServedParts part = serve_debt({.interest_arrears = before.interest,
                                             .interest = interest,
                                             .principal_arrears = before.principal,
                                             .principal = principal},
                                            cash_);
        for (std::size_t i = state.position_begin[o_]; i < state.position_begin[o_ + 1]; ++i) {
            state.paid.interest_arrears[i] = part.interest_arrears;
            state.paid.interest[i] = part.interest;
            state.paid.principal_arrears[i] = part.principal_arrears;
            state.paid.principal[i] = part.principal;
        }
        steps.interest_paid[cell_] =
            before.interest * part.interest_arrears + interest * part.interest;
        steps.principal_paid[cell_] =
            before.principal * part.principal_arrears + principal * part.principal;
        steps.debt_service_shortfall[cell_] =
            interest * (1.0 - part.interest) + principal * (1.0 - part.principal);
        if (steps.maturity_due[cell_] > 0.0) repay_maturities();
        steps.cash[cell_] = std::min(cash_.amount(), state.cash_limit[o_]);
        const bool has_arrears = part.interest_arrears < 1.0 || part.interest < 1.0 ||
                                 part.principal_arrears < 1.0 || part.principal < 1.0;
        const bool had_arrears = state.in_arrears[o_] != 0.0;
        state.in_arrears[o_] = has_arrears ? 1.0 : 0.0;
        if (has_arrears && !had_arrears) ++state.arrears_count;
        if (had_arrears && !has_arrears) --state.arrears_count;
        state.months_in_arrears[o_] = has_arrears ? state.months_in_arrears[o_] + 1 : 0;
    }

  private:
    Arrears arrears() const {
        const TileState& state = step_.state;
        Arrears sum;
        if (state.in_arrears[o_] == 0.0) return sum;
        for (std::size_t i = state.position_begin[o_]; i < state.position_begin[o_ + 1]; ++i) {
            sum.interest += state.worth[i] * state.interest_arrears[i];
            sum.principal += state.worth[i] * state.principal_arrears[i];
        }
        return sum;
    }

    void repay_maturities() {
        PathTile& tile = step_.tile;
        ObligorSteps& steps = tile.obligors;
        const auto& offsets = step_.inputs.book.order.record_offsets;
        const std::size_t obligor = tile.range.obligors.begin + o_;
        const std::size_t first = tile.maturities.size();
        double gaps = 0.0;
        for (std::size_t record = offsets[obligor]; record < offsets[obligor + 1]; ++record) {
            const RecordDebt debt = record_debt(step_, record);
            if (debt.maturing <= 0.0) continue;
            tile.maturities.push_back(refinance(step_.inputs, step_.m, record, debt));
            gaps += tile.maturities.back().gap;
        }
        // Nobody lends, and no cash goes, where a maturity would not be repaid in full.
        const bool closes = cash_.amount() >= gaps || paid_part(cash_.amount(), gaps) == 1.0;
        if (closes) cash_.spend(gaps);
        for (std::size_t k = first; k < tile.maturities.size(); ++k) {
            Maturity& maturity = tile.maturities[k];
            if (maturity.gap > 0.0 && closes) {
                maturity.paid_in_cash = maturity.gap;
                maturity.gap = 0.0;
            } else if (maturity.gap > 0.0) {
                maturity.refinanced = 0.0;
                set_maturity_part(maturity.record, 0.0);
            }
            steps.refinanced[cell_] += maturity.refinanced;
            steps.maturity_paid[cell_] += maturity.refinanced + maturity.paid_in_cash;
            steps.refinancing_shortfall[cell_] += maturity.gap;
        }
    }

    void set_maturity_part(std::uint32_t record, double part) {
        const auto& offsets = step_.inputs.book.order.position_offsets;
        const std::size_t begin = step_.tile.range.positions.begin;
        for (std::size_t row = offsets[record]; row < offsets[record + 1]; ++row) {
            step_.state.paid.maturity[row - begin] = part;
        }
    }

    const TileStep& step_;
    std::size_t o_, cell_, tested_cell_;
    ObligorCash cash_;
};

/// Few of a tile in most steps.
void settle_one_by_one(const TileStep& step) {
    TileState& state = step.state;
    constexpr auto one = std::bit_cast<std::uint64_t>(1.0);
    for (std::size_t begin = 0; begin < state.is_settled.size(); begin += settled_block) {
        std::uint64_t unlike = 0;  // bits, since sums of doubles would wait for each other
        for (std::size_t k = 0; k < settled_block; ++k)
            unlike |= std::bit_cast<std::uint64_t>(state.is_settled[begin + k]) ^ one;
        if (unlike == 0) continue;
        for (std::size_t o = begin; o < begin + settled_block; ++o) {
            if (state.is_settled[o] != 0.0) continue;
            ObligorSettlement(step, o).run();
            state.unsettled.push_back(static_cast<std::uint32_t>(o));
        }
    }
}

}  // namespace

void settle(const TileStep& step) {
    ObligorSteps& steps = step.tile.obligors;
    TileState& state = step.state;
    const std::size_t count = step.tile.range.obligors.count();
    const std::size_t cell = step.tile.obligor_cell(step.m, 0);
    const std::size_t tested_cell = step.tile.tested_cell(step.m, 0);
    step.kernels.settle({.count = count,
                         .is_alive = state.obligor_is_alive.data(),
                         .income_known = state.income_known.data(),
                         .in_arrears = state.in_arrears.data(),
                         .receipts = steps.receipts.data() + cell,
                         .payments = steps.operating_payments.data() + cell,
                         .interest_due = step.tile.tested.interest_due.data() + tested_cell,
                         .principal_due = step.tile.tested.principal_due.data() + tested_cell,
                         .maturity_due = steps.maturity_due.data() + cell,
                         .cash_before = state.cash.data(),
                         .cash_limit = state.cash_limit.data(),
                         .cash = steps.cash.data() + cell,
                         .operating_shortfall = steps.operating_shortfall.data() + cell,
                         .interest_paid = steps.interest_paid.data() + cell,
                         .principal_paid = steps.principal_paid.data() + cell,
                         .is_settled = state.is_settled.data()});
    state.unsettled.clear();
    settle_one_by_one(step);
    std::copy_n(steps.cash.data() + cell, count, state.cash.data());
}

}  // namespace seawall::debt
