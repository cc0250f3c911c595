#include "engines/debt/refinancing.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engines/debt/level_payment.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t months_a_year = 12;

void require_positive(double limit, const char* name) {
    const bool is_possible = std::isnan(limit) || (limit > 0.0 && std::isfinite(limit));
    if (!is_possible) throw Error(ErrorCode::invalid_input, name, "must be above 0 and finite");
}

}  // namespace

double debt_constant(double rate_pct, std::int64_t amortization_months) {
    const double rate = rate_pct / 100.0;
    if (amortization_months == 0) return rate;
    return months_a_year * level_payment(1.0, rate / months_a_year, amortization_months);
}

void check(const RefinancingTerms& terms) {
    const bool is_rate =
        std::isnan(terms.rate_pct) || (terms.rate_pct >= 0.0 && std::isfinite(terms.rate_pct));
    if (!is_rate) {
        throw Error(ErrorCode::invalid_input, "rate_pct", "must be at least 0 and finite");
    }
    if (terms.amortization_months < 0) {
        throw Error(ErrorCode::invalid_input, "amortization_months", "must be at least 0");
    }
    require_positive(terms.max_ltv, "max_ltv");
    require_positive(terms.min_dscr, "min_dscr");
    require_positive(terms.min_debt_yield, "min_debt_yield");
    require_positive(terms.cap_rate, "cap_rate");
}

RefinancingCapacity refinancing_capacity(double annual_income, double collateral_value,
                                         const RefinancingTerms& terms,
                                         double annual_debt_constant) {
    RefinancingCapacity capacity;
    const double capitalised = annual_income / terms.cap_rate;  // NaN where either is
    capacity.value = std::isnan(capitalised) ? collateral_value : capitalised;
    capacity.proceeds_ltv = terms.max_ltv * capacity.value;
    capacity.proceeds_debt_yield = annual_income / terms.min_debt_yield;
    if (annual_debt_constant > 0.0) {
        capacity.proceeds_dscr = annual_income / terms.min_dscr / annual_debt_constant;
    }
    const auto apply = [&capacity](RefinancingTest test, double& proceeds) {
        if (proceeds < 0.0) proceeds = 0.0;  // false for NaN, as the next
        if (!(proceeds < capacity.max_proceeds)) return;
        capacity.max_proceeds = proceeds;
        capacity.binding = test;
    };
    apply(RefinancingTest::ltv, capacity.proceeds_ltv);
    apply(RefinancingTest::dscr, capacity.proceeds_dscr);
    apply(RefinancingTest::debt_yield, capacity.proceeds_debt_yield);
    return capacity;
}

RefinancingCapacity refinancing_capacity(double annual_income, double collateral_value,
                                         const RefinancingTerms& terms) {
    check(terms);
    return refinancing_capacity(annual_income, collateral_value, terms,
                                debt_constant(terms.rate_pct, terms.amortization_months));
}

double refinancing_gap(double due, double debt_ahead, const RefinancingCapacity& capacity) {
    const double new_debt = std::max(capacity.max_proceeds - debt_ahead, 0.0);
    return std::max(due - new_debt, 0.0);
}

}  // namespace seawall::debt
