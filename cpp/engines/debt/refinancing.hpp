#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace seawall::debt {

/// What a lender asks of new debt. NaN: this test is not asked. Ratios are fractions (0.65, 1.25).
struct RefinancingTerms {
    double rate_pct = std::numeric_limits<double>::quiet_NaN();  ///< of the new debt, a year
    std::int64_t amortization_months = 0;  ///< of a level payment; 0: interest only
    double max_ltv = std::numeric_limits<double>::quiet_NaN();
    double min_dscr = std::numeric_limits<double>::quiet_NaN();
    double min_debt_yield = std::numeric_limits<double>::quiet_NaN();
    double cap_rate = std::numeric_limits<double>::quiet_NaN();  ///< NaN: the stated value counts
};

enum class RefinancingTest : std::uint8_t { none, ltv, dscr, debt_yield };
inline constexpr std::size_t refinancing_test_count = 4;

constexpr std::string_view test_name(RefinancingTest test) {
    switch (test) {
        case RefinancingTest::none:
            return "none";
        case RefinancingTest::ltv:
            return "ltv";
        case RefinancingTest::dscr:
            return "dscr";
        case RefinancingTest::debt_yield:
            return "debt_yield";
    }
    return "none";
}

/// What may be borrowed anew, in the book's currency. NaN: the test is not asked, or rests on an
/// unknown figure.
struct RefinancingCapacity {
    double value = std::numeric_limits<double>::quiet_NaN();  ///< of the collateral
    double proceeds_ltv = std::numeric_limits<double>::quiet_NaN();
    double proceeds_dscr = std::numeric_limits<double>::quiet_NaN();
    double proceeds_debt_yield = std::numeric_limits<double>::quiet_NaN();
    double max_proceeds = std::numeric_limits<double>::infinity();  ///< infinite: untested
    RefinancingTest binding = RefinancingTest::none;  ///< of equal tests the first of the enum
};

/// What a year of debt service costs on each unit borrowed: twelve level payments, or the year's
/// interest where the debt does not amortise. NaN where the rate is.
double debt_constant(double rate_pct, std::int64_t amortization_months);

/// Throws Error(invalid_input) at a field of the terms that is asked and no possible limit: a rate
/// below 0, a term of less than 0 months, a limit or cap rate of 0 or less, or an infinite one.
void check(const RefinancingTerms& terms);

/// `annual_income` and `collateral_value` in the book's currency, NaN where unknown; the terms as
/// check accepts them, `annual_debt_constant` from them (once for all records of a step). With a
/// cap rate the value is income / cap rate, and the stated value only where income is unknown. An
/// income or value below 0 carries no debt. A debt constant of 0 leaves the DSCR test out.
RefinancingCapacity refinancing_capacity(double annual_income, double collateral_value,
                                         const RefinancingTerms& terms,
                                         double annual_debt_constant);
/// The same for a single record: checks the terms and computes the constant.
RefinancingCapacity refinancing_capacity(double annual_income, double collateral_value,
                                         const RefinancingTerms& terms);

/// What new debt does not repay of the amount due, once `debt_ahead`, the other debt of the record,
/// has taken its part of the proceeds; 0 where the capacity is untested.
double refinancing_gap(double due, double debt_ahead, const RefinancingCapacity& capacity);

}  // namespace seawall::debt
