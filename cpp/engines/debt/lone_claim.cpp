#include "engines/debt/lone_claim.hpp"

#include <algorithm>
#include <cstdint>

namespace seawall::debt {

void settle_lone_claim(const SettlementContext& context, std::size_t group) {
    const auto& [batch, ranking, scratch, settlement] = context;
    auto& [claims, pools, estates, groups] = settlement;
    const std::uint32_t estate = batch.group_offsets[group];
    const auto [claim, pool] = ranking.lone_claims[group];
    const std::int64_t amount = batch.claims.amount_minor[claim];
    const std::int64_t sold = pool == no_index ? 0 : pools.sold_minor[pool];
    const std::int64_t net = pool == no_index ? 0 : pools.net_minor[pool];
    const std::int64_t priming = batch.estates.priming_claim_minor[estate];
    const std::int64_t administration = batch.estates.administration_cost_minor[estate];
    std::int64_t free = scratch.free_minor[estate];
    groups.value_minor[group] = free + sold;
    groups.sale_cost_minor[group] = sold - net;

    const std::int64_t primed_free = std::min(priming, free);
    const std::int64_t primed_pool = std::min(priming - primed_free, net);
    const std::int64_t primed = primed_free + primed_pool;
    const bool is_secured = pool != no_index && batch.claims.pool[claim] == pool;
    const std::int64_t collateral = is_secured ? std::min(net - primed_pool, amount) : 0;
    free += net - primed - collateral;
    const std::int64_t costs = std::min(free, administration);
    const std::int64_t dividend = std::min(free - costs, amount - collateral);

    claims.from_collateral_minor[claim] = collateral;
    claims.from_estate_minor[claim] = dividend;
    const std::int64_t paid = collateral + dividend;
    claims.unpaid_minor[claim] = amount - paid;
    estates.priming_paid_minor[estate] = primed;
    estates.administration_paid_minor[estate] = costs;
    estates.equity_minor[estate] = free - costs - dividend;
    groups.paid_to_creditors_minor[group] = primed + paid;
    const auto rank = static_cast<std::size_t>(batch.claims.seniority[claim]);
    groups.tier_amount_minor[group * seniority_count + rank] = amount;
    groups.tier_paid_minor[group * seniority_count + rank] = paid;
    if (primed < priming) {
        groups.fulcrum[group] = WaterfallTier::priming;
    } else if (costs < administration) {
        groups.fulcrum[group] = WaterfallTier::administration;
    } else if (paid < amount) {
        const auto first = static_cast<std::size_t>(WaterfallTier::super_senior);
        groups.fulcrum[group] = static_cast<WaterfallTier>(first + rank);
    }
}

}  // namespace seawall::debt
