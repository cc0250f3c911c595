#include "engines/debt/covenant_checks.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

void require_size(std::size_t size, std::size_t expected, std::string_view name) {
    if (size == expected) return;
    throw Error(ErrorCode::invalid_input, std::string(name),
                "must have " + std::to_string(expected) + " values, not " + std::to_string(size));
}

void check_shapes(const CovenantSteps& steps) {
    const std::size_t obligor_cells = steps.months * steps.obligor_count;
    const std::size_t record_cells = steps.months * steps.record_count;
    require_size(steps.income.size(), obligor_cells, "income");
    require_size(steps.interest_due.size(), obligor_cells, "interest_due");
    require_size(steps.principal_due.size(), obligor_cells, "principal_due");
    require_size(steps.debt.size(), obligor_cells, "debt");
    require_size(steps.income_known.size(), steps.obligor_count, "income_known");
    require_size(steps.default_step.size(), steps.obligor_count, "default_step");
    require_size(steps.balance.size(), record_cells, "balance");
    require_size(steps.collateral.size(), record_cells, "collateral");
    require_size(steps.collateral_known.size(), steps.record_count, "collateral_known");
    require_size(steps.obligor_of_record.size(), steps.record_count, "obligor_of_record");
}

/// NaN is no limit.
bool is_possible(double limit) {
    return std::isnan(limit) || (limit > 0.0 && std::isfinite(limit));
}

void check_limits(const CovenantLimits& limits, std::size_t record_count, std::string_view name) {
    for (std::size_t c = 0; c < covenant_count; ++c) {
        const auto bad = std::ranges::find_if_not(limits[c], is_possible);
        const bool is_sized = limits[c].empty() || limits[c].size() == record_count;
        if (is_sized && bad == limits[c].end()) continue;
        const std::string place =
            std::string(name) + "." +
            std::string(covenant_name(Covenant{static_cast<std::uint8_t>(c)}));
        require_size(limits[c].size(), record_count, place);
        throw Error(ErrorCode::invalid_input,
                    place + "[" + std::to_string(bad - limits[c].begin()) + "]",
                    "must be above 0 and finite");
    }
}

void require_from(std::int32_t value, std::int32_t least, const char* name) {
    if (value >= least) return;
    throw Error(ErrorCode::invalid_input, name, "must be at least " + std::to_string(least));
}

}  // namespace

void check(const CovenantSteps& steps, const CovenantTerms& terms) {
    if (steps.months > max_covenant_steps) {
        throw Error(ErrorCode::limit_exceeded, "months",
                    "must be at most " + std::to_string(max_covenant_steps));
    }
    check_shapes(steps);
    const auto stray = std::ranges::find_if(
        steps.obligor_of_record, [&](std::uint32_t o) { return o >= steps.obligor_count; });
    if (stray != steps.obligor_of_record.end()) {
        throw Error(
            ErrorCode::invalid_input,
            "obligor_of_record[" + std::to_string(stray - steps.obligor_of_record.begin()) + "]",
            "must be below " + std::to_string(steps.obligor_count));
    }
    check_limits(terms.limits, steps.record_count, "limits");
    check_limits(terms.reset_limits, steps.record_count, "reset_limits");
    require_from(terms.test_months, 1, "test_months");
    require_from(terms.cure_months, 0, "cure_months");
    require_from(terms.reset_step, 0, "reset_step");
}

}  // namespace seawall::debt
