#include "engines/debt/simulation/recovery_units_settlement.hpp"

#include <algorithm>

#include "engines/debt/collateral_pool.hpp"
#include "engines/debt/estate.hpp"

namespace seawall::debt {

RecoveryMoney& RecoveryMoney::operator+=(const RecoveryMoney& other) {
    value_minor += other.value_minor;
    paid_minor += other.paid_minor;
    set_aside_minor += other.set_aside_minor;
    sale_cost_minor += other.sale_cost_minor;
    administration_minor += other.administration_minor;
    equity_minor += other.equity_minor;
    return *this;
}

JointSettlement::JointSettlement(const JointUnits& units, const LiquidationTerms& terms,
                                 const ClaimQuarters* quarters)
    : units_(units),
      quarters_(quarters),
      terms_(terms),
      net_of_sale_(MinorFraction::left_after(terms.haircut, terms.sale_cost)),
      administration_cost_(MinorFraction::of(terms.administration_cost)),
      amount_(units.position.size()),
      value_(units.pool.size()),
      secured_(units.pool.size()),
      administration_(units.obligor.size()),
      no_priming_(units.obligor.size()) {
    auto& [claims, pools, estates, groups] = settlement_;
    for (auto* column :
         {&claims.from_collateral_minor, &claims.from_estate_minor, &claims.from_guarantee_minor}) {
        column->resize(amount_.size());
    }
    scratch_.pool_left_minor.resize(value_.size());
    for (auto* column : {&estates.equity_minor, &estates.passed_to_parent_minor,
                         &estates.administration_paid_minor, &estates.priming_paid_minor,
                         &scratch_.free_minor, &scratch_.primed_minor, &scratch_.inflow_minor}) {
        column->resize(administration_.size());
    }
    for (auto* column : {&scratch_.weights, &scratch_.caps, &scratch_.shares}) {
        column->reserve(units.ranking.largest_tier);
    }
    scratch_.remainders.reserve(units.ranking.largest_tier);
}

WaterfallBatch JointSettlement::batch() const {
    return {.claims = {.amount_minor = amount_,
                       .estate = units_.estate,
                       .pool = units_.claim_pool,
                       .lien_position = units_.lien_position,
                       .seniority = units_.seniority,
                       .guarantor = units_.guarantor,
                       .guarantee_limit_minor = units_.guarantee_limit_minor},
            .pools = {.value_minor = value_, .owner = units_.owner, .haircut{}, .sale_cost{}},
            .estates = {.free_assets_minor = units_.free_assets_minor,
                        .administration_cost_minor = administration_,
                        .priming_claim_minor = no_priming_,
                        .parent = units_.parent},
            .group_offsets = units_.estate_offsets};
}

std::uint16_t JointSettlement::default_mask(std::size_t unit,
                                            std::span<const std::uint16_t> masks) const {
    unsigned mask = 0;
    for (std::uint32_t e = units_.estate_offsets[unit]; e < units_.estate_offsets[unit + 1]; ++e) {
        mask |= masks[units_.obligor[e]];
    }
    return static_cast<std::uint16_t>(mask);
}

void JointSettlement::settle(std::size_t unit, const RecoveryScenario& scenario,
                             std::span<const std::int64_t> value_minor) {
    set_claims(unit, scenario);
    const std::uint32_t begin = units_.estate_offsets[unit];
    const std::uint32_t end = units_.estate_offsets[unit + 1];
    std::copy(units_.free_assets_minor.begin() + begin, units_.free_assets_minor.begin() + end,
              scratch_.free_minor.begin() + begin);
    std::fill(scratch_.inflow_minor.begin() + begin, scratch_.inflow_minor.begin() + end, 0);
    sell_pools(unit, value_minor);
    set_administration(unit, scenario);
    const WaterfallBatch rows = batch();
    const SettlementContext context{rows, units_.ranking, scratch_, settlement_};
    for (std::uint32_t p = units_.pool_offsets[unit]; p < units_.pool_offsets[unit + 1]; ++p) {
        pay_liens(context, p);
    }
    settle_estates(context, unit);
}

void JointSettlement::set_claims(std::size_t unit, const RecoveryScenario& scenario) {
    ClaimPayments& paid = settlement_.claims;
    std::fill(secured_.begin() + units_.pool_offsets[unit],
              secured_.begin() + units_.pool_offsets[unit + 1], 0);
    for (std::uint32_t c = units_.claim_offsets[unit]; c < units_.claim_offsets[unit + 1]; ++c) {
        const std::uint32_t obligor = units_.obligor[units_.estate[c]];
        const bool is_performing = !scenario.defaults(obligor);
        amount_[c] = is_performing == (units_.is_set_aside[c] != 0) ? units_.amount_minor[c] : 0;
        if (quarters_ != nullptr && !is_performing && units_.is_set_aside[c] == 0) {
            amount_[c] = quarters_->amount_minor(units_.position[c], scenario.quarter(obligor));
        }
        if (units_.claim_pool[c] != no_index) secured_[units_.claim_pool[c]] += amount_[c];
        paid.from_collateral_minor[c] = 0;
        paid.from_estate_minor[c] = 0;
        paid.from_guarantee_minor[c] = 0;
    }
}

void JointSettlement::sell_pools(std::size_t unit, std::span<const std::int64_t> value_minor) {
    std::uint32_t p = units_.pool_offsets[unit];
    for (const std::int64_t value : value_minor) {
        value_[p] = value;
        scratch_.pool_left_minor[p++] = net_of_sale_.rounded_down(value);
    }
}

/// Of what estates of obligors that default have free: surpluses of their pools are.
void JointSettlement::set_administration(std::size_t unit, const RecoveryScenario& scenario) {
    const std::uint32_t begin = units_.estate_offsets[unit];
    const std::uint32_t end = units_.estate_offsets[unit + 1];
    std::copy(units_.free_assets_minor.begin() + begin, units_.free_assets_minor.begin() + end,
              administration_.begin() + begin);
    for (std::uint32_t p = units_.pool_offsets[unit]; p < units_.pool_offsets[unit + 1]; ++p) {
        const std::int64_t surplus = scratch_.pool_left_minor[p] - secured_[p];
        administration_[units_.owner[p]] += std::max<std::int64_t>(surplus, 0);
    }
    for (std::uint32_t e = begin; e < end; ++e) {
        administration_[e] = scenario.defaults(units_.obligor[e])
                                 ? administration_cost_.rounded_half_even(administration_[e])
                                 : 0;
    }
}

RecoveryMoney JointSettlement::money(std::size_t unit) const {
    RecoveryMoney money;
    for (std::uint32_t e = units_.estate_offsets[unit]; e < units_.estate_offsets[unit + 1]; ++e) {
        money.value_minor += units_.free_assets_minor[e];
        money.administration_minor += settlement_.estates.administration_paid_minor[e];
        money.equity_minor += settlement_.estates.equity_minor[e];
    }
    for (std::uint32_t p = units_.pool_offsets[unit]; p < units_.pool_offsets[unit + 1]; ++p) {
        const SaleProceeds proceeds = sell(value_[p], terms_.haircut, terms_.sale_cost);
        money.value_minor += proceeds.sold_minor;
        money.sale_cost_minor += proceeds.sold_minor - proceeds.net_minor;
    }
    for (std::uint32_t c = units_.claim_offsets[unit]; c < units_.claim_offsets[unit + 1]; ++c) {
        auto& to = units_.is_set_aside[c] == 0 ? money.paid_minor : money.set_aside_minor;
        to += paid_minor(c);
    }
    return money;
}

}  // namespace seawall::debt
