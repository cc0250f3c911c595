#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "engines/debt/path_tables.hpp"
#include "engines/debt/recovery_timing.hpp"
#include "engines/debt/tile_rerun.hpp"
#include "table/column.hpp"

namespace seawall::debt {

struct PurchaseTerms {
    double price_pct = 100.0;  ///< of the balance, > 0; accrued interest comes on top
    double risk_free_rate_pct = std::numeric_limits<double>::quiet_NaN();  ///< NaN: none is stated
    double haircut = 0.0, sale_cost = 0.0;                                 ///< of collateral
    RecoveryTiming timing;
};

/// NaN: not known, or no rate solves the flows.
struct PurchaseFigures {
    double paid = std::numeric_limits<double>::quiet_NaN();  ///< with the accrued interest
    double accrued = std::numeric_limits<double>::quiet_NaN();
    double received = std::numeric_limits<double>::quiet_NaN();  ///< without the terminal value
    double terminal_value = std::numeric_limits<double>::quiet_NaN();
    double xirr_pct = std::numeric_limits<double>::quiet_NaN();
    double monthly_irr_pct = std::numeric_limits<double>::quiet_NaN();  ///< compounded to a year
    double moic = std::numeric_limits<double>::quiet_NaN();             ///< inflows / outflows
    double implied_default_probability_pct = std::numeric_limits<double>::quiet_NaN();
    double implied_hazard_rate_pct = std::numeric_limits<double>::quiet_NaN();
};

/// In the order of tables.
inline constexpr std::array<std::pair<const char*, double PurchaseFigures::*>, 9>
    purchase_figure_names{
        {{"paid", &PurchaseFigures::paid},
         {"accrued", &PurchaseFigures::accrued},
         {"received", &PurchaseFigures::received},
         {"terminal_value", &PurchaseFigures::terminal_value},
         {"xirr_pct", &PurchaseFigures::xirr_pct},
         {"monthly_irr_pct", &PurchaseFigures::monthly_irr_pct},
         {"moic", &PurchaseFigures::moic},
         {"implied_default_probability_pct", &PurchaseFigures::implied_default_probability_pct},
         {"implied_hazard_rate_pct", &PurchaseFigures::implied_hazard_rate_pct}}};

/// A book bought on the first day, in its currency.
struct Purchase {
    std::vector<PurchaseFigures> positions;  ///< in path order
    PurchaseFigures book;                    ///< of the positions whose recovery is known
    /// Of those positions, by months after the first day; what is paid for them is the first.
    std::vector<double> flows;
    std::size_t unknown_count = 0;  ///< positions whose recovery is not known: in no sum
};

/// What the book returns under a case to who buys all of it. Flows of a step come on its last day.
/// What a defaulted obligor's liquidation pays comes months_to_sale and months_to_distribution
/// after the default, also beyond the horizon. Of other positions the horizon's end brings what is
/// owed (balance, interest in arrears, interest accrued since the last payment), as far as new debt
/// of the record would repay it; untested: all of it.
///
/// The part of a loan that leaves by the default assumption recovers what the position's claim does
/// in the liquidation, per unit, as late after its step; a position without a claim, since it is
/// repaid by then, its part of the record's collateral less haircut and sale cost. The same holds
/// of defaults behind the implied probability, on the middle days of the years of its contractual
/// life, where its maturity is stated and to come. Same bits on any thread count. Throws
/// Error(invalid_input) at a term of no meaning, and what rerun_tiles throws.
Purchase value_purchase(const CaseView& view, const CaseRerun& rerun, const PurchaseTerms& terms);

/// One row a position, in the order of the book.
Table purchase_table(const CaseView& view, const Purchase& purchase);

}  // namespace seawall::debt
