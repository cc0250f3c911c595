#include "engines/debt/covenant_steps.hpp"

#include <algorithm>
#include <limits>

namespace seawall::debt {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

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

/// One loop over the units of a covenant, obligors or records, in one step. Everything is a select
/// and eight bytes wide, so that it vectorises around the division; that the rows do not overlap
/// has to be said, as they are too many to be compared at run time.
template <bool from_above, class Ratio>
void test_units(CovenantScratch& scratch, Covenant covenant, std::int32_t step,
                const Ratio& ratio_of) {
    const std::size_t c = index_of(covenant);
    const std::size_t count = scratch.worst[c].size();
    double* const ratios = scratch.ratio.data();
    double* const worst = scratch.worst[c].data();
    double* const last = scratch.last[c].data();
    std::uint64_t* const tested = scratch.tested[c].data();
    const std::uint64_t bit = bit_of(step);
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) {
        const double ratio = ratio_of(i), worst_before = worst[i], last_before = last[i];
        const bool is_worse = from_above ? ratio > worst_before : ratio < worst_before;
        const bool is_known = ratio == ratio;  // not NaN, which is not worse either
        ratios[i] = ratio;
        worst[i] = is_worse ? ratio : worst_before;
        last[i] = is_known ? ratio : last_before;
        tested[i] |= is_known ? bit : std::uint64_t{0};
    }
}

void mark_breaches(std::span<const double> ratios, std::span<const double> limits, bool from_above,
                   std::int32_t step, std::span<std::uint64_t> marks) {
    const double* const ratio = ratios.data();
    const double* const limit = limits.data();
    std::uint64_t* const mark_of = marks.data();
    const std::uint64_t bit = bit_of(step);
    if (from_above) {
        for (std::size_t i = 0; i < limits.size(); ++i) {
            mark_of[i] |= ratio[i] > limit[i] ? bit : std::uint64_t{0};
        }
    } else {
        for (std::size_t i = 0; i < limits.size(); ++i) {
            mark_of[i] |= ratio[i] < limit[i] ? bit : std::uint64_t{0};
        }
    }
}

void mark_below(std::span<const double> ratios, double limit, std::int32_t step,
                std::span<std::uint64_t> marks) {
    const double* const ratio = ratios.data();
    std::uint64_t* const mark_of = marks.data();
    const std::uint64_t bit = bit_of(step);
    for (std::size_t i = 0; i < marks.size(); ++i) {
        mark_of[i] |= ratio[i] < limit ? bit : std::uint64_t{0};
    }
}

/// The sum of `rows` rows of a matrix, the first at `row`, on top of what `sum` has or anew.
template <std::size_t rows, bool on_top>
void sum_rows(const double* row, std::span<double> sum) {
    double* const total = sum.data();
    const std::size_t count = sum.size();
    for (std::size_t i = 0; i < count; ++i) {
        double value = on_top ? total[i] : 0.0;
        for (std::size_t j = 0; j < rows; ++j) value += row[j * count + i];
        total[i] = value;
    }
}

/// The sums over the window that ends with `step`, always added anew from its first step: taking
/// off what leaves the window would keep its rounding.
void sum_window(std::span<const double> matrix, const StepWindow& window, std::span<double> sum) {
    const auto width = sum.size();
    const double* row =
        matrix.data() + static_cast<std::size_t>(window.step - window.months) * width;
    if (window.months == 1) return sum_rows<1, false>(row, sum);
    if (window.months == 2) return sum_rows<2, false>(row, sum);
    sum_rows<3, false>(row, sum);
    for (std::int32_t month = 3; month < window.months; ++month) {
        sum_rows<1, true>(row + static_cast<std::size_t>(month) * width, sum);
    }
}

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

/// One covenant's ratios of a step into scratch.ratio, and into what is known of its units.
void test_ratios(const CovenantSteps& steps, Covenant covenant, const StepWindow& window,
                 CovenantScratch& scratch) {
    const double yearly = 12.0 / window.months;

    const auto row = static_cast<std::size_t>(window.step - 1);
    const double* const income = scratch.income.data();
    const double* const interest = scratch.interest.data();
    const double* const principal = scratch.principal.data();
    const double* const gate = scratch.income_gate.data();
    const double* const debt = steps.debt.data() + row * steps.obligor_count;
    switch (covenant) {
        case Covenant::dscr:
            return test_units<false>(scratch, covenant, window.step, [=](std::size_t o) {
                const double due = interest[o] + principal[o];
                return (income[o] + gate[o]) / (due > 0.0 ? due : unknown);
            });
        case Covenant::icr:
            return test_units<false>(scratch, covenant, window.step, [=](std::size_t o) {
                return (income[o] + gate[o]) / (interest[o] > 0.0 ? interest[o] : unknown);
            });
        case Covenant::leverage:
            return test_units<true>(scratch, covenant, window.step, [=](std::size_t o) {
                const double of_a_year = (income[o] > 0.0 ? income[o] : 0.0) * yearly;
                return debt[o] / (of_a_year + gate[o]);
            });
        case Covenant::debt_yield:
            return test_units<false>(scratch, covenant, window.step, [=](std::size_t o) {
                return (income[o] * yearly + gate[o]) / (debt[o] > 0.0 ? debt[o] : unknown);
            });
        case Covenant::ltv: {
            const double* const balance = steps.balance.data() + row * steps.record_count;
            const double* const collateral = steps.collateral.data() + row * steps.record_count;
            const double* const value_gate = scratch.collateral_gate.data();
            return test_units<true>(scratch, covenant, window.step, [=](std::size_t r) {
                return balance[r] / (collateral[r] + value_gate[r]);
            });
        }
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
    sum_window(steps.income, window, scratch.income);
    sum_window(steps.interest_due, window, scratch.interest);
    sum_window(steps.principal_due, window, scratch.principal);
    close_gates(steps, step, scratch);
    if (step == terms.reset_step) begin_reset(terms, scratch);
    for (const Covenant covenant : all_covenants) {
        if (!is_computed(terms, covenant)) continue;
        test_ratios(steps, covenant, window, scratch);
        if (covenant == Covenant::dscr) {
            mark_below(scratch.ratio, adequate_dscr, step, scratch.below_adequate);
            mark_below(scratch.ratio, marginal_dscr, step, scratch.below_marginal);
        }
        const auto limits = limits_in(terms, covenant, step);
        if (limits.empty()) continue;
        mark_breaches(by_record(steps, records_are_obligors, covenant, scratch), limits,
                      limits_from_above(covenant), step, scratch.breached[index_of(covenant)]);
    }
}

}  // namespace seawall::debt
