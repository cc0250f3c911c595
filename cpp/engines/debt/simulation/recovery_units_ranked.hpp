#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/recovery_units.hpp"
#include "engines/debt/simulation/recovery_units_fraction.hpp"
#include "engines/debt/simulation/recovery_units_settlement.hpp"

namespace seawall::debt {

/// Joint units in which nothing is divided: no two debts share a lien, each obligor owes one debt
/// at most, none is guaranteed and nobody is owned. Their settlement, by the steps of
/// settle_liquidation, is a few minima.
class RankedUnits {
  public:
    /// The units must live as long. `quarters` may be null: one period.
    RankedUnits(const JointUnits& units, const LiquidationTerms& terms,
                const ClaimQuarters* quarters);

    bool is_ranked(std::size_t unit) const { return is_ranked_[unit] != 0; }

    /// Room to settle in: a thread needs its own.
    struct Scratch {
        std::vector<std::int64_t> free_minor;  ///< of a unit's estates
        std::vector<std::int64_t> open_minor;  ///< of its debts
    };
    /// As much as any unit needs.
    Scratch scratch() const;

    /// Calls `add` with the position and obligor of each debt that loses, and with the loss, in a
    /// scenario of a ranked unit whose pools have these values.
    template <class Add>
    void settle(std::size_t unit, const RecoveryScenario& scenario,
                std::span<const std::int64_t> value_minor, Scratch& scratch, Add add) const;

  private:
    struct Debt {
        std::uint32_t obligor, position;
        std::uint32_t estate;       ///< of the unit
        std::int64_t amount_minor;  ///< of who performs, and over one period
    };

    void put_debts(std::size_t unit);
    std::int64_t owed_minor(const Debt& debt, const RecoveryScenario& scenario) const {
        return quarters_ != nullptr && scenario.defaults(debt.obligor)
                   ? quarters_->amount_minor(debt.position, scenario.quarter(debt.obligor))
                   : debt.amount_minor;
    }

    const JointUnits* units_;
    const ClaimQuarters* quarters_;
    MinorFraction net_of_sale_, administration_cost_;
    std::vector<std::uint8_t> is_ranked_;
    std::vector<Debt> debts_;  ///< of ranked units: by pool and lien, those of no pool last
    std::vector<std::uint32_t> unit_offsets_;  ///< of the debts, a unit each and one more
    std::vector<std::uint32_t> pool_ends_;     ///< of the debts, a pool each
    std::size_t most_estates_ = 0;
};

template <class Add>
void RankedUnits::settle(std::size_t unit, const RecoveryScenario& scenario,
                         std::span<const std::int64_t> value_minor, Scratch& scratch,
                         Add add) const {
    auto& free = scratch.free_minor;
    auto& open = scratch.open_minor;
    const std::uint32_t first_estate = units_->estate_offsets[unit];
    const std::uint32_t first_pool = units_->pool_offsets[unit];
    const std::uint32_t first_debt = unit_offsets_[unit];
    const std::uint32_t last_debt = unit_offsets_[unit + 1];
    std::copy(units_->free_assets_minor.begin() + first_estate,
              units_->free_assets_minor.begin() + units_->estate_offsets[unit + 1], free.begin());
    std::uint32_t d = first_debt;
    for (std::size_t p = 0; p < value_minor.size(); ++p) {
        std::int64_t left = net_of_sale_.rounded_down(value_minor[p]);
        for (; d < pool_ends_[first_pool + p]; ++d) {
            const std::int64_t owed = owed_minor(debts_[d], scenario);
            const std::int64_t paid = std::min(left, owed);
            open[d - first_debt] = owed - paid;
            left -= paid;
        }
        free[units_->owner[first_pool + p] - first_estate] += left;
    }
    for (; d < last_debt; ++d) open[d - first_debt] = owed_minor(debts_[d], scenario);
    for (d = first_debt; d < last_debt; ++d) {
        const Debt& debt = debts_[d];
        const std::int64_t missing = open[d - first_debt];
        if (missing == 0 || !scenario.defaults(debt.obligor)) continue;
        const std::int64_t assets = free[debt.estate];
        const std::int64_t left = assets - administration_cost_.rounded_half_even(assets);
        if (missing > left) add(debt.position, debt.obligor, missing - left);
    }
}

}  // namespace seawall::debt
