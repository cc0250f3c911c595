#include <algorithm>
#include <limits>

#include "engines/debt/tile_state.hpp"

namespace seawall::debt {

double TileInputs::annual_income(std::size_t m, std::size_t record) const {
    if (book.income_known[record] == 0) return std::numeric_limits<double>::quiet_NaN();
    constexpr double months_a_year = 12.0;
    const std::size_t window = std::min(m, static_cast<std::size_t>(terms.test_months));
    double income = 0.0;
    for (std::size_t j = m - window + 1; j <= m; ++j) {
        income += earned(j, record) * drivers_of_record(j, record).currency_factor;
    }
    return income * months_a_year / static_cast<double>(window);
}

RefinancingCapacity TileInputs::refinancing(std::size_t m, std::size_t record) const {
    RefinancingTerms asked = terms.refinancing;
    // A lender that names no rate asks the one that the debt has today.
    if (asked.rate_pct != asked.rate_pct) asked.rate_pct = book.rate_pct_of_record[record];
    const double factor = drivers_of_record(m, record).interest_rate_change_factor;
    asked.rate_pct =
        std::max(asked.rate_pct * factor + factors.refinancing_rate_delta_pct[m - 1], 0.0);
    return refinancing_capacity(annual_income(m, record), collateral_value(m, record), asked,
                                debt_constant(asked.rate_pct, asked.amortization_months));
}

}  // namespace seawall::debt
