#include "engines/debt/covenant.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "engines/debt/covenant_checks.hpp"
#include "engines/debt/covenant_steps.hpp"

namespace seawall::debt {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

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
    scratch.below_adequate.assign(steps.obligor_count, 0);
    scratch.below_marginal.assign(steps.obligor_count, 0);
    for (const Covenant covenant : all_covenants) {
        const std::size_t c = index_of(covenant);
        const std::size_t unit_count =
            covenant == Covenant::ltv ? steps.record_count : steps.obligor_count;
        scratch.worst[c].assign(unit_count, untested(covenant));
        scratch.worst_before_reset[c].assign(unit_count, untested(covenant));
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

void resize(CovenantResults& results, std::size_t record_count) {
    const std::size_t cell_count = covenant_count * record_count;
    results.first_breach_step.assign(cell_count, 0);
    results.breach_steps.assign(cell_count, 0);
    results.in_breach_at_end.assign(cell_count, 0);
    results.cured.assign(cell_count, 0);
    results.worst_headroom.assign(cell_count, unknown);
    results.worst_ratio.assign(cell_count, unknown);
    results.last_ratio.assign(cell_count, unknown);
    results.adequate_steps.assign(record_count, 0);
    results.marginal_steps.assign(record_count, 0);
    results.insufficient_steps.assign(record_count, 0);
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

void collect(const CovenantSteps& steps, const CovenantTerms& terms, Covenant covenant,
             const CovenantScratch& scratch, CovenantResults& results) {
    const std::size_t c = index_of(covenant);
    const bool has_reset = terms.reset_step > 0 && !terms.reset_limits[c].empty() &&
                           terms.reset_step <= static_cast<std::int32_t>(steps.months);
    const auto final_limits = has_reset ? terms.reset_limits[c] : terms.limits[c];
    for (std::size_t r = 0; r < steps.record_count; ++r) {
        const std::size_t unit = covenant == Covenant::ltv ? r : steps.obligor_of_record[r];
        const std::size_t cell = c * steps.record_count + r;
        const double before = scratch.worst_before_reset[c][unit];
        const double after = scratch.worst[c][unit];
        const double worst =
            limits_from_above(covenant) ? std::max(before, after) : std::min(before, after);
        results.worst_ratio[cell] = worst == untested(covenant) ? unknown : worst;
        results.last_ratio[cell] = scratch.last[c][unit];
        results.worst_headroom[cell] =
            least(headroom(covenant, before, limit_of(terms.limits[c], r)),
                  headroom(covenant, after, limit_of(final_limits, r)));
        if (scratch.breached[c].empty() || scratch.breached[c][r] == 0) continue;
        const BreachFindings findings =
            breach_findings({.tested = scratch.tested[c][unit], .breached = scratch.breached[c][r]},
                            terms.cure_months);
        results.first_breach_step[cell] = findings.first_breach_step;
        results.breach_steps[cell] = findings.breach_steps;
        results.in_breach_at_end[cell] = findings.in_breach_at_end ? 1 : 0;
        results.cured[cell] = findings.cured ? 1 : 0;
    }
}

void count_grades(const CovenantSteps& steps, const CovenantScratch& scratch,
                  CovenantResults& results) {
    const auto& tested = scratch.tested[index_of(Covenant::dscr)];
    for (std::size_t r = 0; r < steps.record_count; ++r) {
        const std::size_t o = steps.obligor_of_record[r];
        const int below_adequate = std::popcount(scratch.below_adequate[o]);
        const int below_marginal = std::popcount(scratch.below_marginal[o]);
        results.adequate_steps[r] = std::popcount(tested[o]) - below_adequate;
        results.marginal_steps[r] = below_adequate - below_marginal;
        results.insufficient_steps[r] = below_marginal;
    }
}

}  // namespace

void test_covenants(const CovenantSteps& steps, const CovenantTerms& terms,
                    CovenantResults& results, CovenantScratch& scratch) {
    check(steps, terms);
    prepare(steps, terms, scratch);
    const bool records_are_obligors = are_obligors(steps.obligor_of_record, steps.obligor_count);
    for (std::int32_t step = 1; step <= static_cast<std::int32_t>(steps.months); ++step) {
        test_step(steps, terms, records_are_obligors, step, scratch);
    }
    resize(results, steps.record_count);
    for (const Covenant covenant : all_covenants) {
        if (is_computed(terms, covenant)) collect(steps, terms, covenant, scratch, results);
    }
    count_grades(steps, scratch, results);
}

}  // namespace seawall::debt
