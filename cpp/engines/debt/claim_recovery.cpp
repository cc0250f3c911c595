#include "engines/debt/claim_recovery.hpp"

#include <algorithm>
#include <limits>

#include "engines/debt/minor_digits.hpp"

namespace seawall::debt {
namespace {

bool settles(const CaseView& view, std::size_t position) {
    const auto& offsets = view.path_book.order.group_offsets;
    const auto next =
        std::ranges::upper_bound(offsets, view.path_book.obligor_of_position[position]);
    return view.recovery_book.group_settles[static_cast<std::size_t>(next - offsets.begin()) - 1] !=
           0;
}

constexpr ClaimRecovery not_known{.collateral = std::numeric_limits<double>::quiet_NaN(),
                                  .dividends = std::numeric_limits<double>::quiet_NaN()};

/// What of one unit of a record's debt of the first day its collateral covers.
double collateral_cover(const CaseView& view, std::uint32_t record, const SaleTerms& sale) {
    const PathBook& book = view.path_book;
    const double value = view.paths.records.collateral_value[record];
    if (value != value) return 0.0;  // none is stated
    double debt = 0.0;
    for (std::uint32_t p = book.order.position_offsets[record];
         p < book.order.position_offsets[record + 1]; ++p) {
        debt += book.terms.balance[p];
    }
    const double net = value * (1.0 - sale.haircut) * (1.0 - sale.sale_cost);
    return net < debt ? net / debt : 1.0;
}

}  // namespace

ClaimRecovery recovered(const CaseView& view, std::size_t position) {
    if (!settles(view, position)) return not_known;
    const MajorAmounts money(view.recovery_book.minor_digits);
    const CaseSettlement& paid = view.recovery.liquidation;
    const auto dividends = paid.from_estate_minor[position] + paid.guaranteed_minor(position);
    return {.collateral = money(paid.from_collateral_minor[position]),
            .dividends = money(dividends)};
}

ClaimRecovery recovery_rate(const CaseView& view, std::size_t position, const SaleTerms& sale) {
    if (!settles(view, position)) return not_known;
    const auto claim = static_cast<double>(view.recovery.claim_minor[position]);
    if (claim <= 0.0) {
        const std::uint32_t record = view.path_book.order.record_of_position[position];
        return {.collateral = collateral_cover(view, record, sale)};
    }
    const CaseSettlement& paid = view.recovery.liquidation;
    const auto dividends = paid.from_estate_minor[position] + paid.guaranteed_minor(position);
    return {.collateral = static_cast<double>(paid.from_collateral_minor[position]) / claim,
            .dividends = static_cast<double>(dividends) / claim};
}

}  // namespace seawall::debt
