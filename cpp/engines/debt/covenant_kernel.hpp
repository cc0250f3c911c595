// The loops of covenant tests, for the units that are compiled for one instruction set each. As in
// tile_kernel.hpp nothing here or included here may have external linkage.
#pragma once

#include "engines/debt/covenant_rows.hpp"

namespace seawall::debt {
namespace {

constexpr double not_tested = __builtin_nan("");

/// Everything is a select and eight bytes wide, so that it vectorises around the division; that the
/// rows do not overlap has to be said, as they are too many to be compared at run time.
template <bool from_above, bool is_marked, class Ratio>
[[gnu::always_inline]] inline void test_units_of(const RatioRows& rows, const Ratio& ratio_of) {
    double* const ratios = rows.ratio;
    double* const worst = rows.worst;
    double* const last = rows.last;
    std::uint64_t* const tested = rows.tested;
    const std::uint64_t bit = rows.bit;
    const std::size_t count = rows.count;
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) {
        const double ratio = ratio_of(i), worst_before = worst[i], last_before = last[i];
        const bool is_worse = from_above ? ratio > worst_before : ratio < worst_before;
        const bool is_known = ratio == ratio;  // not NaN, which is not worse either
        worst[i] = is_worse ? ratio : worst_before;
        last[i] = is_known ? ratio : last_before;
        if constexpr (is_marked) {
            ratios[i] = ratio;
            tested[i] |= is_known ? bit : std::uint64_t{0};
        }
    }
}

template <bool from_above, class Ratio>
[[gnu::always_inline]] inline void test_units(const RatioRows& rows, const Ratio& ratio_of) {
    rows.tested != nullptr ? test_units_of<from_above, true>(rows, ratio_of)
                           : test_units_of<from_above, false>(rows, ratio_of);
}

void test_dscr(const RatioRows& rows) {
    const RatioRows r = rows;
    test_units<false>(r, [=](std::size_t o) __attribute__((always_inline)) {
        const double due = r.interest[o] + r.principal[o];
        return (r.income[o] + r.gate[o]) / (due > 0.0 ? due : not_tested);
    });
}

void test_icr(const RatioRows& rows) {
    const RatioRows r = rows;
    test_units<false>(r, [=](std::size_t o) __attribute__((always_inline)) {
        return (r.income[o] + r.gate[o]) / (r.interest[o] > 0.0 ? r.interest[o] : not_tested);
    });
}

void test_leverage(const RatioRows& rows) {
    const RatioRows r = rows;
    test_units<true>(r, [=](std::size_t o) __attribute__((always_inline)) {
        const double of_a_year = (r.income[o] > 0.0 ? r.income[o] : 0.0) * r.yearly;
        return r.debt[o] / (of_a_year + r.gate[o]);
    });
}

void test_debt_yield(const RatioRows& rows) {
    const RatioRows r = rows;
    test_units<false>(r, [=](std::size_t o) __attribute__((always_inline)) {
        return (r.income[o] * r.yearly + r.gate[o]) / (r.debt[o] > 0.0 ? r.debt[o] : not_tested);
    });
}

void test_ltv(const RatioRows& rows) {
    const RatioRows r = rows;
    test_units<true>(r, [=](std::size_t i) __attribute__((always_inline)) {
        return r.balance[i] / (r.collateral[i] + r.gate[i]);
    });
}

void mark_rows_above(std::size_t count, const double* ratio, const double* limit, std::uint64_t bit,
                     std::uint64_t* marks) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) {
        marks[i] |= ratio[i] > limit[i] ? bit : std::uint64_t{0};
    }
}

void mark_rows_below(std::size_t count, const double* ratio, const double* limit, std::uint64_t bit,
                     std::uint64_t* marks) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) {
        marks[i] |= ratio[i] < limit[i] ? bit : std::uint64_t{0};
    }
}

/// On top of what `sum` has, or anew.
template <std::size_t rows, bool on_top>
[[gnu::always_inline]] inline void sum_rows(std::size_t count, const double* row, double* sum) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) {
        double value = on_top ? sum[i] : 0.0;
        for (std::size_t j = 0; j < rows; ++j) value += row[j * count + i];
        sum[i] = value;
    }
}

void sum_window_rows(std::size_t count, const double* row, std::size_t months, double* sum) {
    if (months == 2) return sum_rows<2, false>(count, row, sum);
    sum_rows<3, false>(count, row, sum);
    for (std::size_t month = 3; month < months; ++month) {
        sum_rows<1, true>(count, row + month * count, sum);
    }
}

constexpr CovenantKernels covenant_kernels_of_this_unit{.dscr = test_dscr,
                                                        .icr = test_icr,
                                                        .ltv = test_ltv,
                                                        .leverage = test_leverage,
                                                        .debt_yield = test_debt_yield,
                                                        .mark_above = mark_rows_above,
                                                        .mark_below = mark_rows_below,
                                                        .sum_window = sum_window_rows};

}  // namespace
}  // namespace seawall::debt
