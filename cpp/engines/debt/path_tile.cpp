#include "engines/debt/path_tile.hpp"

#include <limits>

#include "engines/debt/tile_state.hpp"

namespace seawall::debt {
namespace {

const TileKernels& kernels_of(InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::avx512) return tile_kernels_avx512;
    if (set == InstructionSet::avx2) return tile_kernels_avx2;
#endif
    return tile_kernels_baseline;
}

/// Rows that every step writes are not cleared.
void lay_out(const TileRange& range, std::size_t month_count, PathTile& tile) {
    tile.range = range;
    tile.month_count = month_count;
    const std::size_t position_count = range.positions.count();
    const std::size_t obligor_count = range.obligors.count();
    const std::size_t kept_steps = tile.keeps_steps ? month_count : 1;
    PositionSteps& p = tile.positions;
    for (auto* cells :
         {&p.interest_due, &p.principal_due, &p.maturity_due, &p.interest_paid, &p.principal_paid,
          &p.maturity_paid, &p.balance, &p.interest_arrears, &p.principal_arrears}) {
        cells->resize(kept_steps * position_count);
    }
    for (auto* cells : {&p.prepaid, &p.defaulted}) cells->assign(kept_steps * position_count, 0.0);
    PositionSums& sums = tile.position_sums;
    for (auto* row : {&sums.interest_due, &sums.interest_paid, &sums.principal_paid,
                      &sums.maturity_due, &sums.maturity_paid, &sums.prepaid, &sums.defaulted}) {
        row->assign(position_count, 0.0);
    }
    ObligorSteps& o = tile.obligors;
    for (auto* cells : {&o.receipts, &o.operating_payments, &o.interest_paid, &o.principal_paid,
                        &o.operating_shortfall, &o.cash, &o.interest_arrears}) {
        cells->resize(kept_steps * obligor_count);
    }
    for (auto* cells : {&o.maturity_due, &o.maturity_paid, &o.refinanced, &o.debt_service_shortfall,
                        &o.refinancing_shortfall, &o.prepaid, &o.defaulted}) {
        cells->assign(kept_steps * obligor_count, 0.0);
    }
    TestedSteps& t = tile.tested;
    for (auto* cells : {&t.income, &t.interest_due, &t.principal_due, &t.debt}) {
        cells->resize(month_count * obligor_count);
    }
    ObligorSums& of_obligors = tile.obligor_sums;
    for (auto* row : {&of_obligors.operating_shortfall, &of_obligors.debt_service_shortfall,
                      &of_obligors.refinancing_shortfall}) {
        row->assign(obligor_count, 0.0);
    }
    of_obligors.lowest_cash.assign(obligor_count, std::numeric_limits<double>::infinity());
    of_obligors.runway_months.assign(obligor_count, -1.0);
    tile.records.balance.resize(month_count * range.records.count());
    tile.records.collateral.resize(month_count * range.records.count());
    tile.maturities.clear();
    tile.default_step.assign(obligor_count, 0);
    tile.capacity_known.assign(obligor_count, 0);
    tile.steps.assign(month_count, {});
}

}  // namespace

void run_tile(const PathBook& book, const CaseFactors& factors, const PathTerms& terms,
              const TileRange& range, TileState& state, PathTile& tile) {
    const TileInputs inputs{.book = book, .factors = factors, .terms = terms};
    lay_out(range, book.horizon.month_count(), tile);
    state.begin(inputs, tile);
    for (std::size_t m = 1; m <= tile.month_count; ++m) {
        const TileStep step{.inputs = inputs,
                            .kernels = kernels_of(tile.instruction_set),
                            .m = m,
                            .state = state,
                            .tile = tile};
        set_drivers(step);
        level_instalments(step);
        fall_due(step);
        operate(step);
        settle(step);
        pay(step);
        close_step(step);
        sum_step(step);
    }
}

}  // namespace seawall::debt
