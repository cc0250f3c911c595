#include "engines/debt/waterfall.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>

#include "engines/debt/collateral_pool.hpp"
#include "engines/debt/estate.hpp"
#include "engines/debt/lone_claim.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

__extension__ using WideSum = __int128;

void check_sum(const char* place, WideSum sum) {
    if (sum > std::numeric_limits<std::int64_t>::max()) {
        throw Error(ErrorCode::limit_exceeded, place,
                    "a batch adds up to less than 2^63 minor units");
    }
}

struct AmountColumn {
    const char* name;
    std::span<const std::int64_t> amounts;
};

void check_amounts(std::initializer_list<AmountColumn> columns) {
    WideSum sum = 0;
    for (const auto& [name, amounts] : columns) {
        std::int64_t least = 0;
        for (const std::int64_t amount : amounts) {
            least = std::min(least, amount);
            sum += amount;
        }
        if (least == 0) continue;
        const auto negative = std::ranges::find_if(amounts, [](auto amount) { return amount < 0; });
        refuse_input(name, static_cast<std::size_t>(negative - amounts.begin()),
                     "must not be negative");
    }
    check_sum(columns.begin()->name, sum);
}

void check_fractions(const char* name, std::span<const double> fractions) {
    for (std::size_t i = 0; i < fractions.size(); ++i) {
        const bool is_fraction = fractions[i] >= 0.0 && fractions[i] <= 1.0;  // false for NaN
        if (!is_fraction) refuse_input(name, i, "must be from 0 to 1");
    }
}

void check(const WaterfallBatch& batch, const ClaimRanking& ranking) {
    const auto& [claims, pools, estates, group_offsets] = batch;
    check_lengths(batch);
    const bool is_ranked = ranking.claims_by_seniority.rows.size() == batch.claim_count() &&
                           ranking.pools_by_owner.rows.size() == batch.pool_count() &&
                           ranking.estates.size() == batch.estate_count() &&
                           ranking.group_is_guaranteed.size() == batch.group_count() &&
                           ranking.lone_claims.size() == batch.group_count();
    if (!is_ranked) {
        throw Error(ErrorCode::invalid_input, "ranking", "must be that of this batch");
    }
    check_amounts({{"amount_minor", claims.amount_minor},
                   {"priming_claim_minor", estates.priming_claim_minor},
                   {"administration_cost_minor", estates.administration_cost_minor}});
    check_amounts(
        {{"value_minor", pools.value_minor}, {"free_assets_minor", estates.free_assets_minor}});
    for (std::size_t i = 0; i < claims.guarantee_limit_minor.size(); ++i) {
        if (claims.guarantee_limit_minor[i] < 0) {
            refuse_input("guarantee_limit_minor", i, "must not be negative");
        }
    }
    check_fractions("haircut", pools.haircut);
    check_fractions("sale_cost", pools.sale_cost);
}

/// All of a settlement's columns in their sizes, and 0.
void clear(const WaterfallBatch& batch, Settlement& settlement) {
    auto& [claims, pools, estates, groups] = settlement;
    for (auto* column : {&claims.from_collateral_minor, &claims.from_estate_minor,
                         &claims.from_guarantee_minor, &claims.unpaid_minor}) {
        column->assign(batch.claim_count(), 0);
    }
    pools.sold_minor.assign(batch.pool_count(), 0);
    pools.net_minor.assign(batch.pool_count(), 0);
    for (auto* column : {&estates.equity_minor, &estates.passed_to_parent_minor,
                         &estates.administration_paid_minor, &estates.priming_paid_minor}) {
        column->assign(batch.estate_count(), 0);
    }
    for (auto* column :
         {&groups.value_minor, &groups.paid_to_creditors_minor, &groups.sale_cost_minor}) {
        column->assign(batch.group_count(), 0);
    }
    groups.fulcrum.assign(batch.group_count(), WaterfallTier::none);
    groups.is_known.assign(batch.group_count(), 1);
    groups.tier_amount_minor.assign(batch.group_count() * seniority_count, 0);
    groups.tier_paid_minor.assign(batch.group_count() * seniority_count, 0);
}

void prepare(const WaterfallBatch& batch, const ClaimRanking& ranking, SettlementScratch& scratch) {
    scratch.free_minor.resize(batch.estate_count());
    scratch.primed_minor.resize(batch.estate_count());
    scratch.inflow_minor.assign(batch.estate_count(), 0);
    for (auto* column : {&scratch.weights, &scratch.caps, &scratch.shares}) {
        column->reserve(ranking.largest_tier);
    }
    scratch.remainders.reserve(ranking.largest_tier);
}

void mark_known(const WaterfallBatch& batch, const ClaimRanking& ranking,
                std::span<const std::int64_t> enterprise_value_minor, GroupFigures& groups) {
    if (enterprise_value_minor.size() != batch.estate_count()) {
        throw Error(ErrorCode::invalid_input, "enterprise_value_minor",
                    "must have one value for each estate");
    }
    WideSum sum = 0;
    for (std::size_t i = 0; i < enterprise_value_minor.size(); ++i) {
        const std::int64_t value = enterprise_value_minor[i];
        if (value == unknown_value) {
            groups.is_known[ranking.group_of_estate[i]] = 0;
            continue;
        }
        if (value < 0) refuse_input("enterprise_value_minor", i, "must not be negative");
        sum += value;
    }
    check_sum("enterprise_value_minor", sum);
}

/// What a group's claims were paid, by tier, and where value breaks.
void add_up(const SettlementContext& context, std::size_t group) {
    const auto& [batch, ranking, scratch, settlement] = context;
    auto& [claims, pools, estates, groups] = settlement;
    const auto tier_amounts =
        std::span(groups.tier_amount_minor).subspan(group * seniority_count, seniority_count);
    const auto tier_paid =
        std::span(groups.tier_paid_minor).subspan(group * seniority_count, seniority_count);
    WaterfallTier fulcrum = WaterfallTier::none;
    std::int64_t paid_to_creditors = 0;
    for (std::uint32_t estate = batch.group_offsets[group]; estate < batch.group_offsets[group + 1];
         ++estate) {
        for (std::size_t rank = 0; rank < seniority_count; ++rank) {
            for (const std::uint32_t claim :
                 ranking.claims_by_seniority.of(estate * seniority_count + rank)) {
                const std::int64_t amount = batch.claims.amount_minor[claim];
                const std::int64_t paid = claims.from_collateral_minor[claim] +
                                          claims.from_estate_minor[claim] +
                                          claims.from_guarantee_minor[claim];
                claims.unpaid_minor[claim] = amount - paid;
                tier_amounts[rank] += amount;
                tier_paid[rank] += paid;
            }
        }
        const std::int64_t priming = estates.priming_paid_minor[estate];
        paid_to_creditors += priming;
        if (priming < batch.estates.priming_claim_minor[estate]) fulcrum = WaterfallTier::priming;
        if (estates.administration_paid_minor[estate] <
            batch.estates.administration_cost_minor[estate]) {
            fulcrum = std::min(fulcrum, WaterfallTier::administration);
        }
    }
    for (std::size_t rank = 0; rank < seniority_count; ++rank) {
        paid_to_creditors += tier_paid[rank];
        if (tier_paid[rank] == tier_amounts[rank]) continue;
        const auto first = static_cast<std::size_t>(WaterfallTier::super_senior);
        fulcrum = std::min(fulcrum, static_cast<WaterfallTier>(first + rank));
    }
    groups.paid_to_creditors_minor[group] = paid_to_creditors;
    groups.fulcrum[group] = fulcrum;
}

/// From what pools brought and what is free, to who gets it.
void share_out(const SettlementContext& context) {
    const auto& [batch, ranking, scratch, settlement] = context;
    const auto& [sold, net] = settlement.pools;
    auto& groups = settlement.groups;
    scratch.pool_left_minor = net;
    for (std::size_t group = 0; group < batch.group_count(); ++group) {
        if (groups.is_known[group] == 0) continue;
        if (ranking.lone_claims[group].claim != no_index) {
            settle_lone_claim(context, group);
            continue;
        }
        const std::uint32_t begin = batch.group_offsets[group];
        const std::uint32_t end = batch.group_offsets[group + 1];
        for (std::uint32_t estate = begin; estate < end; ++estate) {
            groups.value_minor[group] += scratch.free_minor[estate];
            prime(context, estate);
            for (const std::uint32_t pool : ranking.pools_by_owner.of(estate)) {
                groups.value_minor[group] += sold[pool];
                groups.sale_cost_minor[group] += sold[pool] - net[pool];
                pay_liens(context, pool);
            }
        }
        settle_estates(context, group);
        add_up(context, group);
    }
}

}  // namespace

void settle_liquidation(const WaterfallBatch& batch, const ClaimRanking& ranking,
                        SettlementScratch& scratch, Settlement& settlement) {
    check(batch, ranking);
    clear(batch, settlement);
    prepare(batch, ranking, scratch);
    std::ranges::copy(batch.estates.free_assets_minor, scratch.free_minor.begin());
    const auto& pools = batch.pools;
    for (std::size_t i = 0; i < batch.pool_count(); ++i) {
        const SaleProceeds proceeds =
            sell(pools.value_minor[i], pools.haircut[i], pools.sale_cost[i]);
        settlement.pools.sold_minor[i] = proceeds.sold_minor;
        settlement.pools.net_minor[i] = proceeds.net_minor;
    }
    share_out({batch, ranking, scratch, settlement});
}

void settle_going_concern(const WaterfallBatch& batch, const ClaimRanking& ranking,
                          std::span<const std::int64_t> enterprise_value_minor,
                          SettlementScratch& scratch, Settlement& settlement) {
    check(batch, ranking);
    clear(batch, settlement);
    prepare(batch, ranking, scratch);
    mark_known(batch, ranking, enterprise_value_minor, settlement.groups);
    for (std::uint32_t estate = 0; estate < batch.estate_count(); ++estate) {
        if (settlement.groups.is_known[ranking.group_of_estate[estate]] == 0) continue;
        const auto pools = ranking.pools_by_owner.of(estate);
        std::int64_t held = 0;
        for (const std::uint32_t pool : pools) held += batch.pools.value_minor[pool];
        const std::int64_t in_pools = std::min(enterprise_value_minor[estate], held);
        share_among_pools(in_pools, pools, batch.pools.value_minor, scratch);
        for (std::size_t k = 0; k < pools.size(); ++k) {
            settlement.pools.sold_minor[pools[k]] = scratch.shares[k];
            settlement.pools.net_minor[pools[k]] = scratch.shares[k];
        }
        scratch.free_minor[estate] = enterprise_value_minor[estate] - in_pools;
    }
    share_out({batch, ranking, scratch, settlement});
}

std::vector<BetterForCreditors> better_for_creditors(const GroupFigures& liquidation,
                                                     const GroupFigures& going_concern) {
    std::vector<BetterForCreditors> better(liquidation.is_known.size(),
                                           BetterForCreditors::unknown);
    if (going_concern.is_known.size() != better.size()) {
        throw Error(ErrorCode::invalid_input, "going_concern", "must be of the same groups");
    }
    for (std::size_t group = 0; group < better.size(); ++group) {
        if (liquidation.is_known[group] == 0 || going_concern.is_known[group] == 0) continue;
        const std::int64_t sold = liquidation.paid_to_creditors_minor[group];
        const std::int64_t kept = going_concern.paid_to_creditors_minor[group];
        better[group] = sold == kept  ? BetterForCreditors::equal
                        : sold > kept ? BetterForCreditors::liquidation
                                      : BetterForCreditors::going_concern;
    }
    return better;
}

}  // namespace seawall::debt
