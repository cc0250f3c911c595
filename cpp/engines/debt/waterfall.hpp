#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "engines/debt/claim_ranking.hpp"
#include "engines/debt/largest_remainder.hpp"
#include "engines/debt/waterfall_batch.hpp"

namespace seawall::debt {

/// What each claim gets, all of shape (claim_count,). The four add up to its amount.
struct ClaimPayments {
    std::vector<std::int64_t> from_collateral_minor;
    std::vector<std::int64_t> from_estate_minor;     ///< dividends of its obligor's estate
    std::vector<std::int64_t> from_guarantee_minor;  ///< dividends of its guarantor's estate
    std::vector<std::int64_t> unpaid_minor;
};

/// What each pool brings, all of shape (pool_count,).
struct PoolProceeds {
    std::vector<std::int64_t> sold_minor;  ///< after the haircut
    std::vector<std::int64_t> net_minor;   ///< after the sale cost too
};

/// What becomes of each estate, all of shape (estate_count,).
struct EstateOutcomes {
    std::vector<std::int64_t> equity_minor;            ///< what is left; 0 where there is a parent
    std::vector<std::int64_t> passed_to_parent_minor;  ///< what is left; 0 where there is none
    std::vector<std::int64_t> administration_paid_minor;
    std::vector<std::int64_t> priming_paid_minor;
};

/// The classes in the order in which an estate pays them. The last four are Seniority's.
enum class WaterfallTier : std::uint8_t {
    priming,
    administration,
    super_senior,
    senior,
    subordinated,
    junior,
    none,
};
inline constexpr std::array<std::string_view, 7> waterfall_tier_names{
    "priming", "administration", "super_senior", "senior", "subordinated", "junior", "none"};

/// Figures of each group, of shape (group_count,) unless stated otherwise. value = claims paid +
/// priming paid + administration paid + sale costs + equity.
struct GroupFigures {
    std::vector<std::int64_t> value_minor;  ///< free assets, and what the pools were sold for
    std::vector<std::int64_t> paid_to_creditors_minor;  ///< claims and priming
    std::vector<std::int64_t> sale_cost_minor;
    std::vector<WaterfallTier> fulcrum;  ///< the first tier not paid in full; none where all are
    std::vector<std::uint8_t> is_known;  ///< 0: without a value; its figures and payments are 0
    /// (group_count, seniority_count): what the claims of a seniority are, and what all of it was
    /// paid, from collateral and guarantees too.
    std::vector<std::int64_t> tier_amount_minor, tier_paid_minor;
};

struct Settlement {
    ClaimPayments claims;
    PoolProceeds pools;
    EstateOutcomes estates;
    GroupFigures groups;
};

/// Room to work in. Kept between calls, like a Settlement, it saves their memory.
struct SettlementScratch {
    std::vector<std::int64_t> pool_left_minor;  ///< after the priming claim
    // Of each estate.
    std::vector<std::int64_t> free_minor;    ///< after the priming claim, with surpluses of pools
    std::vector<std::int64_t> primed_minor;  ///< the priming claim paid of own assets
    std::vector<std::int64_t> inflow_minor;  ///< from subsidiaries
    // Of the claims of one tier.
    std::vector<std::int64_t> weights, caps, shares;
    RemainderScratch remainders;
};

/// Everything is sold and shared out by the order of "Waterfall" in the model. The ranking must be
/// of this batch; amounts may have changed since. Conserves value to the minor unit.
/// Throws Error(invalid_input) with a place such as "amount_minor[17]" on negative amounts,
/// fractions outside 0 .. 1 and columns of unlike lengths; Error(limit_exceeded) at "amount_minor"
/// or "value_minor" where all claims, or all values, add up to more than 64 bits hold.
void settle_liquidation(const WaterfallBatch& batch, const ClaimRanking& ranking,
                        SettlementScratch& scratch, Settlement& settlement);

inline constexpr std::int64_t unknown_value = -1;

/// Nothing is sold: each estate is worth its enterprise value, free assets included and
/// subsidiaries not. Its pools hold their values of it, without haircut or cost, or shares of it
/// where they are worth more together; the rest is free. A group with an estate of unknown_value is
/// passed over. Throws as settle_liquidation, and at "enterprise_value_minor[i]".
void settle_going_concern(const WaterfallBatch& batch, const ClaimRanking& ranking,
                          std::span<const std::int64_t> enterprise_value_minor,
                          SettlementScratch& scratch, Settlement& settlement);

enum class BetterForCreditors : std::uint8_t { liquidation, going_concern, equal, unknown };
inline constexpr std::array<std::string_view, 4> better_names{"liquidation", "going_concern",
                                                              "equal", "unknown"};

/// By what claims and priming claims of a group are paid together: the test of the creditors' best
/// interests, for creditors as a whole.
std::vector<BetterForCreditors> better_for_creditors(const GroupFigures& liquidation,
                                                     const GroupFigures& going_concern);

}  // namespace seawall::debt
