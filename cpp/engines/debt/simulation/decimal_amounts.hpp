#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace seawall::debt {

// A double here stands for the shortest decimal that reads back as it: 1.003 is 1.003, though the
// double is less (docs/decisions/0012-money-is-decimal.md).

/// Amounts, and what of each is meant. Views.
struct DecimalShares {
    std::span<const double> amount{};
    std::span<const double> percentage{};  ///< of each, or none: all of it
    int digits = 2;                        ///< of the currency's minor unit, from 0 to 4
    double factor = 1.0;                   ///< of all, from 0; this one is its own exact value
};

/// amount · percentage / 100 · 10^digits · factor, exact and then rounded half to even once. Throws
/// Error(invalid_input) on ragged columns and what is not finite, with the place such as
/// "amount[3]", and Error(limit_exceeded) where a result passes 2⁶² or an amount 2⁵³ units.
std::vector<std::int64_t> minor_shares(const DecimalShares& shares);

/// The double nearest to the product of two decimals, each from 0.
std::vector<double> decimal_products(std::span<const double> left, std::span<const double> right);

/// What a sale of collateral leaves open of exposures. Views; figures from 0, and a percentage to
/// 100.
struct SaleColumns {
    std::span<const double> exposure{};
    std::span<const double> collateral{};
    std::span<const double> recovery{};  ///< from other assets
    double haircut_pct = 0.0;
    double sale_cost_pct = 0.0;  ///< of what is left after the haircut
};

/// max(0, exposure − collateral · (1 − haircut) · (1 − sale cost) − recovery): the double nearest
/// to the decimal.
std::vector<double> open_after_sale(const SaleColumns& columns);

}  // namespace seawall::debt
