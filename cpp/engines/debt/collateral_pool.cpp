#include "engines/debt/collateral_pool.hpp"

#include <algorithm>
#include <cmath>

#include "engines/debt/largest_remainder.hpp"

namespace seawall::debt {
namespace {

__extension__ using Product = unsigned __int128;

constexpr std::uint64_t whole = 1'000'000'000;

/// What a fraction leaves of 10^9 parts. 0.9 leaves 10^8, where 1 − 0.9 in binary is a little less.
std::uint64_t parts_left(double fraction) {
    return whole - static_cast<std::uint64_t>(std::llround(fraction * static_cast<double>(whole)));
}

}  // namespace

SaleProceeds sell(std::int64_t value_minor, double haircut, double sale_cost) {
    const std::uint64_t after_haircut = parts_left(haircut);
    const std::uint64_t after_cost = parts_left(sale_cost);
    const Product sold = static_cast<Product>(value_minor) * after_haircut;
    const auto sold_minor =
        after_haircut == whole ? value_minor : static_cast<std::int64_t>(sold / whole);
    if (after_cost == whole) return {.sold_minor = sold_minor, .net_minor = sold_minor};
    return {.sold_minor = sold_minor,
            .net_minor = static_cast<std::int64_t>(sold * after_cost / (Product{whole} * whole))};
}

void share_among_pools(std::int64_t amount, std::span<const std::uint32_t> pools,
                       std::span<const std::int64_t> held_minor, SettlementScratch& scratch) {
    scratch.weights.clear();
    std::int64_t total = 0;
    for (const std::uint32_t pool : pools) {
        scratch.weights.push_back(held_minor[pool]);
        total += held_minor[pool];
    }
    scratch.shares.resize(pools.size());
    share_by_largest_remainder(amount, scratch.weights, total, scratch.shares, scratch.remainders);
}

void prime(const SettlementContext& context, std::uint32_t estate) {
    const auto& [batch, ranking, scratch, settlement] = context;
    std::int64_t claim = batch.estates.priming_claim_minor[estate];
    scratch.primed_minor[estate] = 0;
    if (claim == 0) return;
    const std::int64_t from_free = std::min(claim, scratch.free_minor[estate]);
    scratch.free_minor[estate] -= from_free;
    claim -= from_free;
    const auto pools = ranking.pools_by_owner.of(estate);
    std::int64_t held = 0;
    for (const std::uint32_t pool : pools) held += scratch.pool_left_minor[pool];
    const std::int64_t from_pools = std::min(claim, held);
    share_among_pools(from_pools, pools, scratch.pool_left_minor, scratch);
    for (std::size_t k = 0; k < pools.size(); ++k) {
        scratch.pool_left_minor[pools[k]] -= scratch.shares[k];
    }
    scratch.primed_minor[estate] = from_free + from_pools;
}

void pay_liens(const SettlementContext& context, std::uint32_t pool) {
    const auto& [batch, ranking, scratch, settlement] = context;
    auto& paid = settlement.claims.from_collateral_minor;
    const auto& amounts = batch.claims.amount_minor;
    std::int64_t left = scratch.pool_left_minor[pool];
    for (std::size_t lien = 0; lien < lien_count && left > 0; ++lien) {
        const auto claims = ranking.claims_by_lien.of(pool * lien_count + lien);
        std::int64_t total = 0;
        for (const std::uint32_t claim : claims) total += amounts[claim];
        if (left >= total) {
            for (const std::uint32_t claim : claims) paid[claim] = amounts[claim];
            left -= total;
            continue;
        }
        scratch.weights.clear();
        for (const std::uint32_t claim : claims) scratch.weights.push_back(amounts[claim]);
        scratch.shares.resize(claims.size());
        share_by_largest_remainder(left, scratch.weights, total, scratch.shares,
                                   scratch.remainders);
        for (std::size_t k = 0; k < claims.size(); ++k) paid[claims[k]] = scratch.shares[k];
        left = 0;
    }
    scratch.free_minor[batch.pools.owner[pool]] += left;
}

}  // namespace seawall::debt
