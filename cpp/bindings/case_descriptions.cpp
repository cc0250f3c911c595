#include "bindings/case_descriptions.hpp"

#include <pybind11/stl.h>

#include <cmath>
#include <string>

#include "engines/debt/minor_digits.hpp"

namespace seawall::bindings {

namespace py = pybind11;
using namespace seawall::debt;

namespace {

std::vector<Description> describe_tiers(const WaterfallSummary& s, const MajorAmounts& money) {
    std::vector<Description> list;
    for (std::size_t t = 0; t < seniority_count; ++t) {
        if (s.tier_claims[t] == 0) continue;
        const Description d;
        d["tier"] = seniority_names[t];
        d["claims"] = money(s.tier_claims[t]);
        d["paid"] = money(s.tier_paid[t]);
        d["paid_from_collateral"] = money(s.tier_from_collateral[t]);
        list.push_back(d);
    }
    return list;
}

}  // namespace

py::object finite_or_none(double value) {
    return std::isfinite(value) ? py::cast(value) : py::none();
}

std::vector<Description> describe(const std::array<CovenantSummary, covenant_count>& summaries) {
    std::vector<Description> list;
    for (std::size_t c = 0; c < covenant_count; ++c) {
        const CovenantSummary& s = summaries[c];
        const Description d;
        d["covenant"] = covenant_name(static_cast<Covenant>(c));
        d["limited_count"] = s.limited_count;
        d["tested_count"] = s.tested_count;
        d["breach_count"] = s.breach_count;
        d["breach_outstanding"] = s.breach_outstanding;
        d["cured_count"] = s.cured_count;
        d["standing_count"] = s.standing_count;
        d["first_breach_month"] =
            s.first_breach_step == 0 ? py::none() : py::cast(s.first_breach_step);
        d["worst_headroom"] = finite_or_none(s.worst_headroom);
        d["first_breach_counts"] = py::cast(s.first_breach_counts);
        d["first_breach_outstanding"] = py::cast(s.first_breach_outstanding);
        list.push_back(d);
    }
    return list;
}

std::vector<Description> describe(const std::vector<CaseWallQuarter>& quarters) {
    std::vector<Description> list;
    for (const CaseWallQuarter& q : quarters) {
        const Description d;
        d["quarter"] = std::to_string(static_cast<int>(q.year)) + "Q" + std::to_string(q.quarter);
        d["maturity_count"] = q.maturity_count;
        d["due"] = q.due;
        d["refinanced"] = q.refinanced;
        d["gap"] = q.gap;
        d["untested"] = q.untested;
        d["in_default"] = q.in_default;
        const Description by_test;
        for (std::size_t t = 1; t < refinancing_test_count; ++t) {
            by_test[py::cast(test_name(static_cast<RefinancingTest>(t)))] = q.gap_by_test[t];
        }
        d["gap_by_test"] = by_test;
        list.push_back(d);
    }
    return list;
}

Description describe(const RiskSummary& summary) {
    const Description levels, outstanding, reasons, result;
    for (std::size_t level = 0; level < summary.levels.size(); ++level) {
        const py::object name = py::cast(level_name(static_cast<RiskLevel>(level)));
        levels[name] = summary.levels[level];
        outstanding[name] = summary.outstanding[level];
    }
    for (std::size_t k = 0; k < all_risk_reasons.size(); ++k) {
        if (summary.reasons[k] == 0) continue;
        reasons[py::cast(reason_text(all_risk_reasons[k]))] = summary.reasons[k];
    }
    result["levels"] = levels;
    result["outstanding"] = outstanding;
    result["reasons"] = reasons;
    return result;
}

Description describe(const WaterfallSummary& s, int minor_digits) {
    const MajorAmounts money(minor_digits);
    const Description d;
    d["group_count"] = s.group_count;
    d["unknown_group_count"] = s.unknown_group_count;
    d["value"] = money(s.value);
    d["claims"] = money(s.claims);
    d["paid_to_creditors"] = money(s.paid_to_creditors);
    d["administration_cost"] = money(s.administration_cost);
    d["sale_cost"] = money(s.sale_cost);
    d["priming_paid"] = money(s.priming_paid);
    d["equity"] = money(s.equity);
    d["present_value"] = money(s.present_value);
    d["cost_of_carry"] = money(s.cost_of_carry);
    d["tiers"] = describe_tiers(s, money);
    const Description fulcrum;
    for (std::size_t t = 0; t < waterfall_tier_names.size(); ++t) {
        if (s.fulcrum[t] > 0) fulcrum[py::cast(waterfall_tier_names[t])] = s.fulcrum[t];
    }
    d["fulcrum_counts"] = fulcrum;
    const Description better;
    for (std::size_t b = 0; b < better_names.size(); ++b) {
        if (s.better[b] > 0) better[py::cast(better_names[b])] = s.better[b];
    }
    d["better_counts"] = better;
    return d;
}

}  // namespace seawall::bindings
