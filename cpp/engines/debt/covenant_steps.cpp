#include "engines/debt/covenant_steps.hpp"

#include <algorithm>
#include <utility>

#include "engines/debt/covenant_rows.hpp"
#include "engines/debt/sweep_variants.hpp"
#include "numeric/special_values.hpp"

namespace seawall::debt {
namespace {

/// The steps step − months + 1 … step.
struct StepWindow {
    std::int32_t step, months;
};

constexpr std::uint64_t bit_of(std::int32_t step) {
    return std::uint64_t{1} << static_cast<unsigned>(step - 1);
}

/// The limits of a step; empty: none.
std::span<const double> limits_in(const CovenantTerms& terms, Covenant covenant,
                                  std::int32_t step) {
    const auto reset = terms.reset_limits[index_of(covenant)];
    const bool is_reset = terms.reset_step > 0 && step >= terms.reset_step && !reset.empty();
    return is_reset ? reset : terms.limits[index_of(covenant)];
}

const CovenantKernels& kernels_of(InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::avx512) return covenant_kernels_avx512;
    if (set == InstructionSet::avx2) return covenant_kernels_avx2;
#endif
    return covenant_kernels_baseline;
}

const CovenantKernels& kernels() {
    static const CovenantKernels& fastest = kernels_of(fastest_instruction_set());
    return fastest;
}

/// The sums over the window that ends with `step`, always added anew from its first step: taking
/// off what leaves the window would keep its rounding. Of one month, its row.
const double* sum_window(std::span<const double> matrix, const StepWindow& window,
                         std::span<double> sum) {
    const auto first = static_cast<std::size_t>(window.step - window.months);
    const double* const row = matrix.data() + first * sum.size();
    if (window.months == 1) return row;
    kernels().sum_window(sum.size(), row, static_cast<std::size_t>(window.months), sum.data());
    return sum.data();
}

/// What of a window the ratios rest on, of each obligor.
struct WindowSums {
    const double *income, *interest, *principal;
};

/// From the step after its default on nothing of an obligor is tested.
void close_gates(const CovenantSteps& steps, std::int32_t step, CovenantScratch& scratch) {
    for (const std::uint32_t o : scratch.defaulting_obligors) {
        if (steps.default_step[o] < step) scratch.income_gate[o] = unknown;
    }
    for (const std::uint32_t r : scratch.records_of_defaulting) {
        if (steps.default_step[steps.obligor_of_record[r]] < step) {
            scratch.collateral_gate[r] = unknown;
        }
    }
}

/// One covenant's ratios of a step into what is known of its units, and into scratch.ratio where
/// they are marked.
void test_ratios(const CovenantSteps& steps, const CovenantTerms& terms, Covenant covenant,
                 const StepWindow& window, const WindowSums& sums, CovenantScratch& scratch) {
    const std::size_t c = index_of(covenant);
    const bool is_marked = is_limited(terms, covenant);
    const auto row = static_cast<std::size_t>(window.step - 1);
    const bool of_records = covenant == Covenant::ltv;
    const RatioRows rows{
        .count = scratch.worst[c].size(),
        .bit = bit_of(window.step),
        .yearly = 12.0 / window.months,
        .income = sums.income,
        .interest = sums.interest,
        .principal = sums.principal,
        .debt = steps.debt.data() + row * steps.obligor_count,
        .balance = steps.balance.data() + row * steps.record_count,
        .collateral = steps.collateral.data() + row * steps.record_count,
        .gate = of_records ? scratch.collateral_gate.data() : scratch.income_gate.data(),
        .worst = scratch.worst[c].data(),
        .last = scratch.last[c].data(),
        .ratio = is_marked ? scratch.ratio.data() : nullptr,
        .tested = is_marked ? scratch.tested[c].data() : nullptr};
    switch (covenant) {
        case Covenant::dscr:
            return kernels().dscr(rows);
        case Covenant::icr:
            return kernels().icr(rows);
        case Covenant::leverage:
            return kernels().leverage(rows);
        case Covenant::debt_yield:
            return kernels().debt_yield(rows);
        case Covenant::ltv:
            return kernels().ltv(rows);
    }
}

/// The ratios of scratch.ratio by record: LTV has them so, and so has a tile of one record each.
std::span<const double> by_record(const CovenantSteps& steps, bool records_are_obligors,
                                  Covenant covenant, CovenantScratch& scratch) {
    if (covenant == Covenant::ltv || records_are_obligors) {
        return std::span(scratch.ratio).first(steps.record_count);
    }
    for (std::size_t r = 0; r < steps.record_count; ++r) {
        scratch.record_ratio[r] = scratch.ratio[steps.obligor_of_record[r]];
    }
    return scratch.record_ratio;
}

/// A reset begins with a worst ratio of its own, since its headroom is over another limit.
void begin_reset(const CovenantTerms& terms, CovenantScratch& scratch) {
    for (const Covenant covenant : all_covenants) {
        const std::size_t c = index_of(covenant);
        if (terms.reset_limits[c].empty()) continue;
        std::swap(scratch.worst[c], scratch.worst_before_reset[c]);
        std::ranges::fill(scratch.worst[c], untested(covenant));
    }
}

}  // namespace

void test_step(const CovenantSteps& steps, const CovenantTerms& terms, bool records_are_obligors,
               std::int32_t step, CovenantScratch& scratch) {
    const StepWindow window{.step = step, .months = std::min(step, terms.test_months)};
    const WindowSums sums{.income = sum_window(steps.income, window, scratch.income),
                          .interest = sum_window(steps.interest_due, window, scratch.interest),
                          .principal = sum_window(steps.principal_due, window, scratch.principal)};
    close_gates(steps, step, scratch);
    if (step == terms.reset_step) begin_reset(terms, scratch);
    for (const Covenant covenant : all_covenants) {
        test_ratios(steps, terms, covenant, window, sums, scratch);
        const std::uint64_t bit = bit_of(step);
        const auto limits = limits_in(terms, covenant, step);
        if (limits.empty()) continue;
        const auto ratios = by_record(steps, records_are_obligors, covenant, scratch);
        const auto mark = limits_from_above(covenant) ? kernels().mark_above : kernels().mark_below;
        mark(limits.size(), ratios.data(), limits.data(), bit,
             scratch.breached[index_of(covenant)].data());
    }
}

}  // namespace seawall::debt
