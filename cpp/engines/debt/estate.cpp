#include "engines/debt/estate.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include "engines/debt/largest_remainder.hpp"

namespace seawall::debt {
namespace {

/// A round finds what own estates pay; only the closing also pays from guarantees.
enum class Pass { round, closing };

std::int64_t deficiency(const SettlementContext& context, std::uint32_t claim) {
    return context.batch.claims.amount_minor[claim] -
           context.settlement.claims.from_collateral_minor[claim];
}

/// Returns what was paid.
std::int64_t pay_tier(const SettlementContext& context, std::span<const std::uint32_t> claims,
                      std::int64_t left) {
    auto& scratch = context.scratch;
    auto& paid = context.settlement.claims.from_estate_minor;
    std::int64_t total = 0;
    for (const std::uint32_t claim : claims) total += deficiency(context, claim);
    if (left >= total) {
        for (const std::uint32_t claim : claims) paid[claim] = deficiency(context, claim);
        return total;
    }
    if (left == 0) return 0;
    scratch.weights.clear();
    for (const std::uint32_t claim : claims) scratch.weights.push_back(deficiency(context, claim));
    scratch.shares.resize(claims.size());
    share_by_largest_remainder(left, scratch.weights, total, scratch.shares, scratch.remainders);
    for (std::size_t k = 0; k < claims.size(); ++k) paid[claims[k]] = scratch.shares[k];
    return left;
}

/// A tier of an estate in a group with guarantees: its own claims, then those it guarantees.
struct GuaranteedTier {
    std::span<const std::uint32_t> claims, guaranteed;
};

/// Returns what was paid; `is_settled` turns false where a claim is paid otherwise than before.
std::int64_t pay_tier(const SettlementContext& context, const GuaranteedTier& tier,
                      std::int64_t left, Pass pass, bool& is_settled) {
    auto& weights = context.scratch.weights;
    auto& caps = context.scratch.caps;
    auto& shares = context.scratch.shares;
    auto& payments = context.settlement.claims;
    weights.clear();
    caps.clear();
    for (const std::uint32_t claim : tier.claims) {
        weights.push_back(deficiency(context, claim));
        caps.push_back(weights.back() - payments.from_guarantee_minor[claim]);
    }
    for (const std::uint32_t claim : tier.guaranteed) {
        const std::int64_t missing = deficiency(context, claim);
        weights.push_back(std::min(missing, context.batch.claims.guarantee_limit_minor[claim]));
        caps.push_back(std::min(weights.back(), missing - payments.from_estate_minor[claim]));
    }
    shares.resize(weights.size());
    const std::int64_t paid = share_up_to_caps(left, {.weights = weights, .caps = caps}, shares,
                                               context.scratch.remainders);
    for (std::size_t k = 0; k < tier.claims.size(); ++k) {
        std::int64_t& from_estate = payments.from_estate_minor[tier.claims[k]];
        is_settled = is_settled && from_estate == shares[k];
        from_estate = shares[k];
    }
    if (pass == Pass::round) return paid;
    for (std::size_t k = 0; k < tier.guaranteed.size(); ++k) {
        payments.from_guarantee_minor[tier.guaranteed[k]] = shares[tier.claims.size() + k];
    }
    return paid;
}

/// Pays what stands before the tiers, and returns what is left for them.
std::int64_t pay_first(const SettlementContext& context, std::uint32_t estate) {
    const auto& columns = context.batch.estates;
    const auto& scratch = context.scratch;
    auto& outcomes = context.settlement.estates;
    std::int64_t left = scratch.free_minor[estate] + scratch.inflow_minor[estate];
    const std::int64_t primed = scratch.primed_minor[estate];
    const std::int64_t priming = std::min(left, columns.priming_claim_minor[estate] - primed);
    outcomes.priming_paid_minor[estate] = primed + priming;
    left -= priming;
    const std::int64_t costs = std::min(left, columns.administration_cost_minor[estate]);
    outcomes.administration_paid_minor[estate] = costs;
    return left - costs;
}

void pass_on(const SettlementContext& context, std::uint32_t estate, std::int64_t left) {
    const std::uint32_t parent = context.batch.estates.parent[estate];
    auto& outcomes = context.settlement.estates;
    outcomes.equity_minor[estate] = parent == no_index ? left : 0;
    outcomes.passed_to_parent_minor[estate] = parent == no_index ? 0 : left;
    if (parent != no_index) context.scratch.inflow_minor[parent] += left;
}

std::span<const std::uint32_t> estates_of(const SettlementContext& context, std::size_t group) {
    const auto& offsets = context.batch.group_offsets;
    return std::span(context.ranking.estates)
        .subspan(offsets[group], offsets[group + 1] - offsets[group]);
}

bool settle_guaranteed(const SettlementContext& context, std::size_t group, Pass pass) {
    bool is_settled = true;
    const auto estates = estates_of(context, group);
    for (const std::uint32_t estate : estates) context.scratch.inflow_minor[estate] = 0;
    for (const std::uint32_t estate : estates) {
        std::int64_t left = pay_first(context, estate);
        for (std::size_t rank = 0; rank < seniority_count; ++rank) {
            GuaranteedTier tier{
                .claims = context.ranking.claims_by_seniority.of(estate * seniority_count + rank),
                .guaranteed = {}};
            if (rank == static_cast<std::size_t>(Seniority::senior)) {
                tier.guaranteed = context.ranking.claims_by_guarantor.of(estate);
            }
            left -= pay_tier(context, tier, left, pass, is_settled);
        }
        pass_on(context, estate, left);
    }
    return is_settled;
}

}  // namespace

void settle_estates(const SettlementContext& context, std::size_t group) {
    if (context.ranking.group_is_guaranteed[group] != 0) {
        for (int round = 0; round < max_guarantee_rounds; ++round) {
            if (settle_guaranteed(context, group, Pass::round)) break;
        }
        settle_guaranteed(context, group, Pass::closing);
        return;
    }
    for (const std::uint32_t estate : estates_of(context, group)) {
        std::int64_t left = pay_first(context, estate);
        for (std::size_t rank = 0; rank < seniority_count; ++rank) {
            left -= pay_tier(
                context, context.ranking.claims_by_seniority.of(estate * seniority_count + rank),
                left);
        }
        pass_on(context, estate, left);
    }
}

}  // namespace seawall::debt
