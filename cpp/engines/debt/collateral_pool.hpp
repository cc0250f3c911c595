#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engines/debt/waterfall.hpp"

namespace seawall::debt {

/// What the steps of a settlement work on.
struct SettlementContext {
    const WaterfallBatch& batch;
    const ClaimRanking& ranking;
    SettlementScratch& scratch;
    Settlement& settlement;
};

struct SaleProceeds {
    std::int64_t sold_minor = 0, net_minor = 0;
};

/// What a pool brings: value · (1 − haircut), and that · (1 − sale cost). Both are exact for the
/// fractions to 1e-9 and round down, so that the haircut and the cost bear the rest.
SaleProceeds sell(std::int64_t value_minor, double haircut, double sale_cost);

/// Divides an amount among pools in proportion to what they hold; scratch.shares has a share each.
/// Asks for amount <= the sum of what they hold.
void share_among_pools(std::int64_t amount, std::span<const std::uint32_t> pools,
                       std::span<const std::int64_t> held_minor, SettlementScratch& scratch);

/// Takes the priming claim of an estate from its own free assets, then from its pools in proportion
/// to their net proceeds. No pool is spared because others have a surplus: the lenders of each bear
/// the loan that keeps their collateral.
void prime(const SettlementContext& context, std::uint32_t estate);

/// Pays the claims on a pool by lien position, pari passu in each. A surplus is free.
void pay_liens(const SettlementContext& context, std::uint32_t pool);

}  // namespace seawall::debt
