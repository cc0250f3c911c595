#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/claim_quarters.hpp"
#include "engines/debt/simulation/recovery_units.hpp"
#include "engines/debt/simulation/recovery_units_fraction.hpp"
#include "engines/debt/waterfall.hpp"

namespace seawall::debt {

/// What one scenario is to a unit.
struct RecoveryScenario {
    std::uint64_t seed = 0;
    std::uint64_t scenario = 0;
    ScenarioState state{};
    std::span<const std::uint16_t> masks;  ///< by obligor row
    unsigned bit = 0;                      ///< of the masks
    /// Of each default, of shape (obligor, block_scenarios); empty over one period.
    std::span<const std::uint8_t> quarters{};

    bool defaults(std::uint32_t obligor) const {
        return (std::uint32_t{masks[obligor]} >> bit & 1U) != 0;
    }
    /// Of an obligor that defaults and has debts.
    std::size_t quarter(std::uint32_t obligor) const {
        return quarters.empty() ? 0 : quarters[obligor * block_scenarios + bit];
    }
};

/// Where the value of units goes. value = paid + set aside + sale costs + administration + equity.
struct RecoveryMoney {
    std::int64_t value_minor = 0;      ///< free assets, and what pools were sold for
    std::int64_t paid_minor = 0;       ///< to who lent to the obligors that default
    std::int64_t set_aside_minor = 0;  ///< for who lent to the others
    std::int64_t sale_cost_minor = 0;
    std::int64_t administration_minor = 0;
    std::int64_t equity_minor = 0;

    bool operator==(const RecoveryMoney&) const = default;
    RecoveryMoney& operator+=(const RecoveryMoney& other);
};

/// What a lone claim is paid, and what stands before it and behind.
struct LoneSettlement {
    std::int64_t from_collateral_minor, from_estate_minor, administration_minor, equity_minor;

    std::int64_t paid_minor() const { return from_collateral_minor + from_estate_minor; }
};

/// What settle_liquidation pays, without its tables: `net_minor` is what the sale of the pool left.
inline LoneSettlement settle_lone(const LoneDebt& claim, std::int64_t net_minor,
                                  const MinorFraction& administration_cost) {
    const std::int64_t from_collateral =
        claim.is_secured ? std::min(net_minor, claim.amount_minor) : 0;
    const std::int64_t free = claim.free_assets_minor + net_minor - from_collateral;
    const std::int64_t administration = administration_cost.rounded_half_even(free);
    const std::int64_t left = free - administration;
    const std::int64_t from_estate = std::min(left, claim.amount_minor - from_collateral);
    return {.from_collateral_minor = from_collateral,
            .from_estate_minor = from_estate,
            .administration_minor = administration,
            .equity_minor = left - from_estate};
}

/// Settles joint units, one scenario of one unit after another in the same memory, by the steps of
/// settle_liquidation.
class JointSettlement {
  public:
    /// `quarters` may be null: one period.
    JointSettlement(const JointUnits& units, const LiquidationTerms& terms,
                    const ClaimQuarters* quarters);

    /// Scenarios of the block in which some obligor of the unit defaults.
    std::uint16_t default_mask(std::size_t unit, std::span<const std::uint16_t> masks) const;

    /// `value_minor` is what the unit's pools are worth.
    void settle(std::size_t unit, const RecoveryScenario& scenario,
                std::span<const std::int64_t> value_minor);

    // Of the unit settled last.
    std::int64_t paid_minor(std::size_t claim) const {
        const ClaimPayments& paid = settlement_.claims;
        return paid.from_collateral_minor[claim] + paid.from_estate_minor[claim] +
               paid.from_guarantee_minor[claim];
    }
    /// What is due of a claim: 0 where it only sets aside.
    std::int64_t due_minor(std::size_t claim) const {
        return units_.is_set_aside[claim] == 0 ? amount_[claim] : 0;
    }
    RecoveryMoney money(std::size_t unit) const;

  private:
    WaterfallBatch batch() const;
    void set_claims(std::size_t unit, const RecoveryScenario& scenario);
    void sell_pools(std::size_t unit, std::span<const std::int64_t> value_minor);
    void set_administration(std::size_t unit, const RecoveryScenario& scenario);

    const JointUnits& units_;
    const ClaimQuarters* quarters_;
    LiquidationTerms terms_;
    MinorFraction net_of_sale_, administration_cost_;
    std::vector<std::int64_t> amount_;          ///< of each claim
    std::vector<std::int64_t> value_;           ///< of each pool
    std::vector<std::int64_t> secured_;         ///< of each pool: what its liens are for
    std::vector<std::int64_t> administration_;  ///< of each estate
    std::vector<std::int64_t> no_priming_;
    SettlementScratch scratch_;
    Settlement settlement_;
};

}  // namespace seawall::debt
