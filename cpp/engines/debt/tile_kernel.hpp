// The loops of a tile, for the units that are compiled for one instruction set each. Nothing here
// or included here may have external linkage: what the linker may merge could run on a processor
// without the instructions. Hence the unnamed namespace, and no standard library.
#pragma once

#include "engines/debt/tile_rows.hpp"

namespace seawall::debt {
namespace {

// The loops vectorise by themselves; that their rows do not overlap has to be said, as they are
// too many to be compared at run time.

[[gnu::always_inline]] inline double greater(double a, double b) {
    return a < b ? b : a;
}
[[gnu::always_inline]] inline double lesser(double a, double b) {
    return b < a ? b : a;
}

/// Eight lanes, in as many registers as the instruction set needs for them.
using Lanes [[gnu::vector_size(64)]] = double;
using UnalignedLanes [[gnu::vector_size(64), gnu::aligned(8), gnu::may_alias]] = double;
constexpr std::size_t lane_count = 8;

void set_rates(const RateRows& rows) {
    const RateRows r = rows;
#pragma GCC ivdep
    for (std::size_t i = 0; i < r.count; ++i) {
        const std::uint32_t segment = r.segment[i];
        const double spread = r.spread_pct[i], stated = r.rate_pct[i];
        const double index = (stated - spread) * r.drivers[segment].interest_rate_change_factor +
                             r.drivers[segment].interest_rate_delta_pct;
        const double floating = lesser(greater(index + spread, r.floor_pct[i]), r.cap_pct[i]);
        r.rate[i] = (r.is_floating[i] != 0.0 ? floating : stated) / 100.0;
    }
}

/// The power by squaring, bit after bit of all counts: each has the products of integer_power.
void level_rows(const LevelRows& rows) {
    const LevelRows r = rows;
#pragma GCC ivdep
    for (std::size_t i = 0; i < r.count; ++i) {
        r.growth[i] = 1.0 + r.rate[i];
        r.power[i] = 1.0;
    }
    for (std::uint64_t bit = 1; bit <= r.largest_count; bit *= 2) {
#pragma GCC ivdep
        for (std::size_t i = 0; i < r.count; ++i) {
            const double growth = r.growth[i], power = r.power[i];
            const double product = power * growth;
            r.power[i] = (r.payment_count[i] & bit) != 0 ? product : power;
            r.growth[i] = growth * growth;
        }
    }
#pragma GCC ivdep
    for (std::size_t i = 0; i < r.count; ++i) {
        const double amount = r.amount[i], rate = r.rate[i];
        const double even =
            amount / static_cast<double>(static_cast<std::int64_t>(r.payment_count[i]));
        const double level = amount * rate / (1.0 - 1.0 / r.power[i]);
        r.payment[i] = rate == 0.0 ? even : level;
    }
}

template <bool has_assumptions>
[[gnu::always_inline]] inline void fall_due_of(const DueRows& rows) {
    const DueRows r = rows;
#pragma GCC ivdep
    for (std::size_t i = 0; i < r.count; ++i) {
        const double alive = r.is_alive[i];
        const double stated_years = r.years_of_class[r.class_of_position[i]];
        const double pays = stated_years < 0.0 ? 0.0 : alive;
        const double years = (stated_years < 0.0 ? 0.0 : stated_years) * alive;
        const double defaults = has_assumptions ? r.payment_default[i] * pays : 0.0;
        const double defaulted = r.balance[i] * defaults;
        const double balance = r.balance[i] - defaulted;
        const double instalment = r.instalment[i] * (1.0 - defaults);  // the rest pays its part
        const double interest = balance * r.rate[i] * years;
        // What is in arrears is due already.
        const double base = greater(balance - r.principal_arrears[i], 0.0);
        const double wanted = greater(instalment - interest * r.includes_interest[i], 0.0);
        const double level = lesser(wanted, base) * pays;
        const double principal = r.step >= r.amortises_from[i] ? level : 0.0;
        const double rest = (base - principal) * pays;
        const double maturity = r.matures_in[i] == r.step ? rest : 0.0;
        r.interest_due[i] = interest;
        r.principal_due[i] = principal;
        r.maturity_due[i] = maturity;
        if constexpr (has_assumptions) {
            const double prepays = r.payment_prepayment[i] * pays;
            r.defaulted[i] = defaulted;
            r.prepaid[i] = (base - principal - maturity) * prepays;
            r.balance[i] = balance;
            r.instalment[i] = instalment * (1.0 - prepays);
        }
    }
}

void fall_due_rows(const DueRows& rows) {
    if (rows.payment_default != nullptr) {
        fall_due_of<true>(rows);
    } else {
        fall_due_of<false>(rows);
    }
}

/// What a segment's business comes to in a step, for 1 a year.
struct SegmentFlows {
    double worth, revenue_earned, revenue_received, costs_incurred, costs_paid, losses_incurred;
};

[[gnu::always_inline]] inline SegmentFlows flows_of(const BusinessRows& r, std::uint32_t segment) {
    return {
        r.drivers[segment].currency_factor, r.revenue_earned[segment], r.revenue_received[segment],
        r.costs_incurred[segment],          r.costs_paid[segment],     r.losses_incurred[segment]};
}

using LaneIndex [[gnu::vector_size(64)]] = std::int64_t;
using UnalignedSegments [[gnu::vector_size(32), gnu::aligned(4), gnu::may_alias]] = std::uint32_t;

/// The entry of a table for each lane: one instruction where a register holds the table.
[[gnu::always_inline]] inline void look_up(const Lanes& table, const LaneIndex& index,
                                           Lanes& found) {
#if defined(__clang__)  // which has no such builtin
    for (std::size_t lane = 0; lane < lane_count; ++lane) found[lane] = table[index[lane]];
#else
    found = __builtin_shuffle(table, index);
#endif
}

/// The flows of a few segments side by side, looked up without a load.
struct FewSegments {
    Lanes worth{}, revenue_earned{}, revenue_received{}, costs_incurred{}, costs_paid{},
        losses_incurred{};

    [[gnu::always_inline]] explicit FewSegments(const BusinessRows& r) {
        for (std::uint32_t s = 0; s < r.segment_count; ++s) {
            const SegmentFlows f = flows_of(r, s);
            worth[s] = f.worth;
            revenue_earned[s] = f.revenue_earned;
            revenue_received[s] = f.revenue_received;
            costs_incurred[s] = f.costs_incurred;
            costs_paid[s] = f.costs_paid;
            losses_incurred[s] = f.losses_incurred;
        }
    }
};

[[gnu::always_inline]] inline void operate_lanes(const BusinessRows& r, const FewSegments& few,
                                                 std::size_t i) {
    const auto load = [i](const double* row)
                          __attribute__((always_inline)) -> const UnalignedLanes& {
        return *reinterpret_cast<const UnalignedLanes*>(row + i);
    };
    const auto store = [i](const Lanes& value, double* row) __attribute__((always_inline)) {
        *reinterpret_cast<UnalignedLanes*>(row + i) = value;
    };
    const LaneIndex segment = __builtin_convertvector(
        *reinterpret_cast<const UnalignedSegments*>(r.segment + i), LaneIndex);
    Lanes worth, revenue_earned, revenue_received, costs_incurred, costs_paid, losses_incurred;
    look_up(few.worth, segment, worth);
    look_up(few.revenue_earned, segment, revenue_earned);
    look_up(few.revenue_received, segment, revenue_received);
    look_up(few.costs_incurred, segment, costs_incurred);
    look_up(few.costs_paid, segment, costs_paid);
    look_up(few.losses_incurred, segment, losses_incurred);
    worth *= load(r.is_alive);
    const Lanes revenue = load(r.revenue), costs = load(r.costs);
    const Lanes losses = load(r.losses) * losses_incurred;
    store(worth * revenue * revenue_received, r.receipts);
    store(worth * (costs * costs_paid + losses), r.payments);
    store(worth * (revenue * revenue_earned - costs * costs_incurred - losses), r.income);
}

[[gnu::always_inline]] inline void operate_one(const BusinessRows& r, std::size_t i) {
    const SegmentFlows f = flows_of(r, r.segment[i]);
    const double worth = f.worth * r.is_alive[i];
    const double revenue = r.revenue[i], costs = r.costs[i];
    const double losses = r.losses[i] * f.losses_incurred;
    r.receipts[i] = worth * revenue * f.revenue_received;
    r.payments[i] = worth * (costs * f.costs_paid + losses);
    r.income[i] = worth * (revenue * f.revenue_earned - costs * f.costs_incurred - losses);
}

void operate_rows(const BusinessRows& rows) {
    const BusinessRows r = rows;
    std::size_t i = 0;
    if (r.segment_count <= lane_count) {
        const FewSegments few(r);
        for (; i + lane_count <= r.count; i += lane_count) operate_lanes(r, few, i);
    }
#pragma GCC ivdep
    for (std::size_t k = i; k < r.count; ++k) operate_one(r, k);
}

// Each select has a condition of its own: of conditions joined by and, or, not the compiler makes
// masked stores, which it then waits for.
void settle_rows(const SettleRows& rows) {
    constexpr double rounding = 1.0 - 1e-12;  // as paid_part has it
    const SettleRows r = rows;
#pragma GCC ivdep
    for (std::size_t i = 0; i < r.count; ++i) {
        const double before = r.cash_before[i], known = r.income_known[i], alive = r.is_alive[i];
        const double interest = r.interest_due[i], principal = r.principal_due[i];
        const double operated = before + (r.receipts[i] - r.payments[i]);
        const double shortfall = operated < 0.0 ? -operated : 0.0;
        const double cash = greater(operated, 0.0);
        const double after_interest = greater(cash - greater(interest, 0.0), 0.0);
        const double after = greater(after_interest - greater(principal, 0.0), 0.0);
        const double lack = (cash < interest * rounding ? 1.0 : 0.0) +
                            (after_interest < principal * rounding ? 1.0 : 0.0);
        const double matures = r.maturity_due[i] > 0.0 ? 1.0 : 0.0;
        const double is_short = (lack * known + r.in_arrears[i] + matures) * alive;
        const double left = lesser(known != 0.0 ? after : before, r.cash_limit[i]);
        r.is_settled[i] = is_short == 0.0 ? 1.0 : 0.0;
        r.operating_shortfall[i] = known * alive != 0.0 ? shortfall : 0.0;
        r.interest_paid[i] = interest;
        r.principal_paid[i] = principal;
        r.cash[i] = alive != 0.0 ? left : before;
    }
}

template <bool pays_all, bool has_assumptions, bool keeps>
[[gnu::always_inline]] inline void pay_of(const PayRows& rows) {
    const PayRows r = rows;
#pragma GCC ivdep
    for (std::size_t i = 0; i < r.count; ++i) {
        const double interest = r.interest_due[i], principal = r.principal_due[i];
        const double maturity = r.maturity_due[i];
        const double prepaid = has_assumptions ? r.prepaid[i] : 0.0;
        // Where all pay there is nothing in arrears, and no part is looked at.
        const double interest_before = pays_all ? 0.0 : r.interest_arrears[i];
        const double principal_before = pays_all ? 0.0 : r.principal_arrears[i];
        const double old_interest = pays_all ? 1.0 : r.interest_arrears_part[i];
        const double new_interest = pays_all ? 1.0 : r.interest_part[i];
        const double old_principal = pays_all ? 1.0 : r.principal_arrears_part[i];
        const double new_principal = pays_all ? 1.0 : r.principal_part[i];
        const double interest_paid =
            pays_all ? interest : interest_before * old_interest + interest * new_interest;
        const double principal_paid =
            pays_all ? principal : principal_before * old_principal + principal * new_principal;
        const double maturity_paid = pays_all ? maturity : maturity * r.maturity_part[i];
        if constexpr (!pays_all) {
            r.interest_arrears[i] =
                interest_before * (1.0 - old_interest) + interest * (1.0 - new_interest);
            r.principal_arrears[i] =
                principal_before * (1.0 - old_principal) + principal * (1.0 - new_principal);
        }
        const double repaid = principal_paid + maturity_paid + prepaid;
        r.balance[i] = greater(r.balance[i] - repaid, 0.0);
        if constexpr (keeps) {
            r.interest_paid[i] = interest_paid;
            r.principal_paid[i] = principal_paid;
            r.maturity_paid[i] = maturity_paid;
        }
        r.sum_interest_due[i] += interest;
        r.sum_interest_paid[i] += interest_paid;
        r.sum_principal_paid[i] += principal_paid;
        r.sum_maturity_due[i] += maturity;
        r.sum_maturity_paid[i] += maturity_paid;
    }
}

template <bool pays_all, bool has_assumptions>
[[gnu::always_inline]] inline void pay_kept_or_not(const PayRows& rows) {
    rows.interest_paid != nullptr ? pay_of<pays_all, has_assumptions, true>(rows)
                                  : pay_of<pays_all, has_assumptions, false>(rows);
}

void pay_rows(const PayRows& rows) {
    if (rows.pays_all) {
        rows.has_assumptions ? pay_kept_or_not<true, true>(rows)
                             : pay_kept_or_not<true, false>(rows);
    } else {
        rows.has_assumptions ? pay_kept_or_not<false, true>(rows)
                             : pay_kept_or_not<false, false>(rows);
    }
}

void sum_obligor_rows(const ObligorSumRows& rows) {
    const ObligorSumRows r = rows;
#pragma GCC ivdep
    for (std::size_t i = 0; i < r.count; ++i) {
        const double operating = r.operating_shortfall[i];
        r.operating_sum[i] += operating;
        r.lowest_cash[i] = lesser(r.lowest_cash[i], r.cash[i]);
        const double runway = r.runway[i];
        const double found = operating > 0.0 ? r.months_before : runway;
        r.runway[i] = runway < 0.0 ? found : runway;
    }
}

void multiply_rows(std::size_t count, const double* a, const double* b, double* result) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) result[i] = a[i] * b[i];
}

void add_rows(std::size_t count, const double* a, double* sum) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) sum[i] += a[i];
}

[[gnu::always_inline]] inline double added(const Lanes& sums) {
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
           ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// Adds a row up as `Element` adds its elements to a lane, or eight of them to eight. Lanes go by
/// reference: by value they would not be called alike by all instruction sets.
template <class Element>
[[gnu::always_inline]] inline double sum_lanes(std::size_t count, const Element& element) {
    Lanes sums{};
    const std::size_t whole = count - count % lane_count;
    for (std::size_t i = 0; i < whole; i += lane_count) element.add_lanes(i, sums);
    for (std::size_t i = whole; i < count; ++i) sums[i - whole] += element.one(i);
    return added(sums);
}

struct Plain {
    const double* row;
    [[gnu::always_inline]] void add_lanes(std::size_t i, Lanes& sums) const {
        sums += *reinterpret_cast<const UnalignedLanes*>(row + i);
    }
    [[gnu::always_inline]] double one(std::size_t i) const { return row[i]; }
};
struct Product {
    const double *a, *b;
    [[gnu::always_inline]] void add_lanes(std::size_t i, Lanes& sums) const {
        sums += *reinterpret_cast<const UnalignedLanes*>(a + i) *
                *reinterpret_cast<const UnalignedLanes*>(b + i);
    }
    [[gnu::always_inline]] double one(std::size_t i) const { return a[i] * b[i]; }
};
struct Known {
    const double* row;
    [[gnu::always_inline]] void add_lanes(std::size_t i, Lanes& sums) const {
        const Lanes value = *reinterpret_cast<const UnalignedLanes*>(row + i);
        sums += value == value ? value : Lanes{};
    }
    [[gnu::always_inline]] double one(std::size_t i) const {
        return row[i] == row[i] ? row[i] : 0.0;
    }
};

double sum_row(std::size_t count, const double* row) {
    return sum_lanes(count, Plain{row});
}
/// Side by side, since each addition to a row's lanes waits for the one before.
void sum_rows(const SummedRows& summed) {
    const std::size_t whole = summed.count - summed.count % lane_count;
    Lanes sums[summed_row_count]{}, weighted[weighted_row_count]{};
    for (std::size_t i = 0; i < whole; i += lane_count) {
#pragma GCC unroll 16
        for (std::size_t k = 0; k < summed_row_count; ++k)
            Plain{summed.row[k]}.add_lanes(i, sums[k]);
#pragma GCC unroll 16
        for (std::size_t k = 0; k < weighted_row_count; ++k)
            Product{summed.weighted[k], summed.weight[k]}.add_lanes(i, weighted[k]);
    }
    for (std::size_t k = 0; k < summed_row_count; ++k) {
        const Plain row{summed.row[k]};
        for (std::size_t i = whole; i < summed.count; ++i) sums[k][i - whole] += row.one(i);
        *summed.sum[k] = added(sums[k]);
    }
    for (std::size_t k = 0; k < weighted_row_count; ++k) {
        const Product row{summed.weighted[k], summed.weight[k]};
        for (std::size_t i = whole; i < summed.count; ++i) weighted[k][i - whole] += row.one(i);
        *summed.weighted_sum[k] = added(weighted[k]);
    }
}
double sum_known_row(std::size_t count, const double* row) {
    return sum_lanes(count, Known{row});
}

constexpr TileKernels kernels_of_this_unit{.set_rates = set_rates,
                                           .level = level_rows,
                                           .fall_due = fall_due_rows,
                                           .operate = operate_rows,
                                           .settle = settle_rows,
                                           .pay = pay_rows,
                                           .sum_obligors = sum_obligor_rows,
                                           .multiply = multiply_rows,
                                           .add = add_rows,
                                           .sum = sum_row,
                                           .sum_rows = sum_rows,
                                           .sum_of_known = sum_known_row};

}  // namespace
}  // namespace seawall::debt
