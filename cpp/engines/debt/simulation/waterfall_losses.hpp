#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/simulation/claim_quarters.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/recovery_units.hpp"
#include "engines/debt/simulation/recovery_units_ranked.hpp"
#include "engines/debt/simulation/recovery_units_settlement.hpp"

namespace seawall::debt {

class BlockScenarios;

/// Losses of what a waterfall leaves unpaid: in each scenario collateral takes its value, and every
/// unit of connected obligors with a default is liquidated (docs/explanation/
/// default_simulation_waterfall.md). What is paid after a default is not discounted. Positions are
/// the claims, in their order. Same bits for any split of the scenarios and from any thread. By
/// quarters the defaults of all of them are settled at once, and a loss is discounted from its own.
class WaterfallLosses final : public LossRule {
  public:
    /// Copies what it needs. Throws as check(book), CollateralShocks and correlation_root, and
    /// Error(limit_exceeded) where a unit could be worth more than 2⁶² minor units.
    WaterfallLosses(const WaterfallBook& book, const FactorModel& factors);
    /// With claims by the quarter of default: those of the book are what is owed by who performs to
    /// the end. Throws Error(invalid_input) at "quarters" where they are of other obligors.
    WaterfallLosses(const WaterfallBook& book, const FactorModel& factors, ClaimQuarters quarters);
    ~WaterfallLosses() override;

    std::size_t position_count() const override { return position_count_; }
    const DefaultQuarters* default_quarters() const override {
        return quarters_ ? &quarters_->quarters() : nullptr;
    }

    /// Throws Error(invalid_input) where the masks are not as many as the obligors, and at most
    /// those of block_scenarios are asked for.
    void add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                    std::span<std::int64_t> position_minor) const override;

    /// Where the value of the units with a default goes in a scenario of a block, below its count.
    RecoveryMoney money(const DefaultedBlock& block, std::size_t scenario) const;

  private:
    struct Room;
    class Lent;

    WaterfallLosses(const WaterfallBook& book, const FactorModel& factors,
                    std::optional<ClaimQuarters> quarters);

    template <class Add>
    void add_lone(const BlockScenarios& scenarios, const DefaultedBlock& block, Room& room,
                  Add add) const;
    template <class Add>
    void add_joint(const BlockScenarios& scenarios, const DefaultedBlock& block, Room& room,
                   Add add) const;
    LoneDebt due(const LoneDebt& claim, const RecoveryScenario& scenario) const;

    void check_block(const DefaultedBlock& block) const;
    void check_values(const WaterfallBook& book) const;

    std::size_t position_count_;
    std::size_t obligor_count_;
    std::optional<ClaimQuarters> quarters_;
    LiquidationTerms terms_;
    MinorFraction net_of_sale_, administration_cost_;
    CollateralShocks shocks_;
    RecoveryUnits units_;
    RankedUnits ranked_;
    // Memory to settle in, as much as threads were busy at once.
    mutable std::mutex idle_mutex_;
    mutable std::vector<std::unique_ptr<Room>> idle_;
};

}  // namespace seawall::debt
