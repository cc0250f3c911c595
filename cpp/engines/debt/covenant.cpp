#include "engines/debt/covenant.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "engines/debt/covenant_checks.hpp"
#include "engines/debt/covenant_steps.hpp"
#include "numeric/special_values.hpp"

namespace seawall::debt {
namespace {

bool has_reset(const CovenantTerms& terms, Covenant covenant) {
    return terms.reset_step > 0 && !terms.reset_limits[index_of(covenant)].empty();
}

void prepare(const CovenantSteps& steps, const CovenantTerms& terms, CovenantScratch& scratch) {
    for (auto* row : {&scratch.income, &scratch.interest, &scratch.principal}) {
        row->resize(steps.obligor_count);
    }
    scratch.ratio.resize(std::max(steps.obligor_count, steps.record_count));
    scratch.record_ratio.resize(steps.record_count);
    scratch.income_gate.resize(steps.obligor_count);
    scratch.defaulting_obligors.clear();
    for (std::size_t o = 0; o < steps.obligor_count; ++o) {
        scratch.income_gate[o] = steps.income_known[o] != 0 ? 0.0 : unknown;
        if (steps.default_step[o] > 0) {
            scratch.defaulting_obligors.push_back(static_cast<std::uint32_t>(o));
        }
    }
    scratch.collateral_gate.resize(steps.record_count);
    scratch.records_of_defaulting.clear();
    for (std::size_t r = 0; r < steps.record_count; ++r) {
        scratch.collateral_gate[r] = steps.collateral_known[r] != 0 ? 0.0 : unknown;
        if (steps.default_step[steps.obligor_of_record[r]] > 0) {
            scratch.records_of_defaulting.push_back(static_cast<std::uint32_t>(r));
        }
    }
    for (const Covenant covenant : all_covenants) {
        const std::size_t c = index_of(covenant);
        const std::size_t unit_count =
            covenant == Covenant::ltv ? steps.record_count : steps.obligor_count;
        scratch.worst[c].assign(unit_count, untested(covenant));
        if (has_reset(terms, covenant)) {
            scratch.worst_before_reset[c].assign(unit_count, untested(covenant));
        }
        scratch.last[c].assign(unit_count, unknown);
        scratch.tested[c].assign(unit_count, 0);
        scratch.breached[c].assign(is_limited(terms, covenant) ? steps.record_count : 0, 0);
    }
}

bool are_obligors(std::span<const std::uint32_t> obligor_of_record, std::size_t obligor_count) {
    if (obligor_of_record.size() != obligor_count) return false;
    for (std::size_t r = 0; r < obligor_count; ++r) {
        if (obligor_of_record[r] != r) return false;
    }
    return true;
}

/// NaN where there is no limit or no ratio.
double headroom(Covenant covenant, double worst, double limit) {
    if (worst == untested(covenant)) return unknown;
    return limits_from_above(covenant) ? 1.0 - worst / limit : worst / limit - 1.0;
}

/// The less of two, of which NaN is none.
double least(double first, double second) {
    return second < first || std::isnan(first) ? second : first;
}

/// The record's limit before or after the reset.
double limit_of(std::span<const double> limits, std::size_t record) {
    return limits.empty() ? unknown : limits[record];
}

/// The columns of one covenant, from the first record of the tile on.
struct CovenantColumns {
    std::uint8_t *first_breach_step, *breach_steps, *in_breach_at_end, *cured;
    double *worst_headroom, *worst_ratio, *last_ratio;

    CovenantColumns(CovenantPaths& paths, Covenant covenant, std::size_t first_record) {
        const std::size_t cell = index_of(covenant) * paths.record_count + first_record;
        first_breach_step = paths.first_breach_step.data() + cell;
        breach_steps = paths.breach_steps.data() + cell;
        in_breach_at_end = paths.in_breach_at_end.data() + cell;
        cured = paths.cured.data() + cell;
        worst_headroom = paths.worst_headroom.data() + cell;
        worst_ratio = paths.worst_ratio.data() + cell;
        last_ratio = paths.last_ratio.data() + cell;
    }
};

/// The ratios of records whose units are `unit_of`, where one limit or none holds in all steps.
template <bool from_above, class UnitOf>
void collect_steady(Covenant covenant, std::span<const double> limits,
                    const CovenantScratch& scratch, std::size_t record_count,
                    const CovenantColumns& columns, const UnitOf& unit_of) {
    const double* const worst = scratch.worst[index_of(covenant)].data();
    const double* const last = scratch.last[index_of(covenant)].data();
    const double never = untested(covenant);
    for (std::size_t r = 0; r < record_count; ++r) {
        const double ratio = worst[unit_of(r)];
        columns.worst_ratio[r] = ratio == never ? unknown : ratio;
        columns.last_ratio[r] = last[unit_of(r)];
    }
    if (limits.empty()) {
        std::fill_n(columns.worst_headroom, record_count, unknown);
        return;
    }
    for (std::size_t r = 0; r < record_count; ++r) {
        const double part = columns.worst_ratio[r] / limits[r];
        columns.worst_headroom[r] = from_above ? 1.0 - part : part - 1.0;
    }
}

void collect_reset(const CovenantSteps& steps, const CovenantTerms& terms, Covenant covenant,
                   const CovenantScratch& scratch, const CovenantColumns& columns) {
    const std::size_t c = index_of(covenant);
    for (std::size_t r = 0; r < steps.record_count; ++r) {
        const std::size_t unit = covenant == Covenant::ltv ? r : steps.obligor_of_record[r];
        const double before = scratch.worst_before_reset[c][unit];
        const double after = scratch.worst[c][unit];
        const double worst =
            limits_from_above(covenant) ? std::max(before, after) : std::min(before, after);
        columns.worst_ratio[r] = worst == untested(covenant) ? unknown : worst;
        columns.last_ratio[r] = scratch.last[c][unit];
        columns.worst_headroom[r] =
            least(headroom(covenant, before, limit_of(terms.limits[c], r)),
                  headroom(covenant, after, limit_of(terms.reset_limits[c], r)));
    }
}

void collect_ratios(const CovenantSteps& steps, const CovenantTerms& terms, Covenant covenant,
                    bool records_are_obligors, const CovenantScratch& scratch,
                    const CovenantColumns& columns) {
    const std::size_t c = index_of(covenant);
    if (has_reset(terms, covenant) && terms.reset_step <= static_cast<std::int32_t>(steps.months)) {
        return collect_reset(steps, terms, covenant, scratch, columns);
    }
    const auto collect = [&](const auto& unit_of) {
        const auto collect_from = limits_from_above(covenant)
                                      ? collect_steady<true, std::decay_t<decltype(unit_of)>>
                                      : collect_steady<false, std::decay_t<decltype(unit_of)>>;
        collect_from(covenant, terms.limits[c], scratch, steps.record_count, columns, unit_of);
    };
    if (covenant == Covenant::ltv || records_are_obligors) {
        collect([](std::size_t r) { return r; });
    } else {
        collect([&](std::size_t r) { return std::size_t{steps.obligor_of_record[r]}; });
    }
}

void collect_breaches(const CovenantSteps& steps, const CovenantTerms& terms, Covenant covenant,
                      const CovenantScratch& scratch, const CovenantColumns& columns) {
    const std::size_t c = index_of(covenant);
    for (auto* column : {columns.first_breach_step, columns.breach_steps, columns.in_breach_at_end,
                         columns.cured}) {
        std::fill_n(column, steps.record_count, std::uint8_t{0});
    }
    for (std::size_t r = 0; r < scratch.breached[c].size(); ++r) {
        if (scratch.breached[c][r] == 0) continue;
        const std::size_t unit = covenant == Covenant::ltv ? r : steps.obligor_of_record[r];
        const BreachFindings findings =
            breach_findings({.tested = scratch.tested[c][unit], .breached = scratch.breached[c][r]},
                            terms.cure_months);
        columns.first_breach_step[r] = static_cast<std::uint8_t>(findings.first_breach_step);
        columns.breach_steps[r] = static_cast<std::uint8_t>(findings.breach_steps);
        columns.in_breach_at_end[r] = findings.in_breach_at_end ? 1 : 0;
        columns.cured[r] = findings.cured ? 1 : 0;
    }
}

}  // namespace

void CovenantPaths::resize(std::size_t records, std::pmr::memory_resource* memory) {
    record_count = records;
    place(covenant_count * records, memory, first_breach_step, breach_steps, in_breach_at_end,
          cured, worst_headroom, worst_ratio, last_ratio);
}

void test_covenants(const CovenantSteps& steps, const CovenantTerms& terms,
                    std::size_t first_record, CovenantPaths& paths, CovenantScratch& scratch) {
    check(steps, terms);
    prepare(steps, terms, scratch);
    const bool records_are_obligors = are_obligors(steps.obligor_of_record, steps.obligor_count);
    for (std::int32_t step = 1; step <= static_cast<std::int32_t>(steps.months); ++step) {
        test_step(steps, terms, records_are_obligors, step, scratch);
    }
    for (const Covenant covenant : all_covenants) {
        const CovenantColumns columns(paths, covenant, first_record);
        collect_ratios(steps, terms, covenant, records_are_obligors, scratch, columns);
        collect_breaches(steps, terms, covenant, scratch, columns);
    }
}

}  // namespace seawall::debt
