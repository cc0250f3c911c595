#include "engines/debt/tile_recovery.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "engines/debt/collateral_pool.hpp"
#include "engines/debt/minor_digits.hpp"

namespace seawall::debt {
namespace {

std::int64_t sum(const std::vector<std::int64_t>& amounts) {
    return std::reduce(amounts.begin(), amounts.end());
}

template <class From, class To>
void copy_to(const From& from, To& to, std::size_t row) {
    std::ranges::copy(from, to.begin() + static_cast<std::ptrdiff_t>(row));
}

/// Of a column that is empty where all of it would be 0.
template <class From, class To>
void copy_any(const From& from, To& to, std::size_t row) {
    if (!to.empty()) copy_to(from, to, row);
}

}  // namespace

RecoverySums TileRecovery::run(std::size_t tile) {
    range_ = &book_.tiles[tile];
    tile_ = &claims_.tiles[tile];
    set_amounts();
    settle_liquidation(batch(), tile_->ranking, scratch_, liquidation_);
    put(liquidation_, result_.liquidation);
    put_cost_of_carry();
    copy_to(claim_, result_.claim_minor, range_->positions.begin);
    RecoverySums sums{.claims_minor = sum(claim_) + sum(priming_) + sum(administration_),
                      .values_minor = sum(pool_) + sum(free_assets_)};
    if (result_.better.empty()) return sums;
    set_enterprise_values();
    settle_going_concern(batch(), tile_->ranking, enterprise_value_, scratch_, going_concern_);
    put(going_concern_, result_.going_concern);
    copy_to(better_for_creditors(liquidation_.groups, going_concern_.groups), result_.better,
            range_->groups.begin);
    for (const std::int64_t value : enterprise_value_) {
        sums.enterprise_values_minor += value == unknown_value ? 0 : value;
    }
    return sums;
}

WaterfallBatch TileRecovery::batch() const {
    return {.claims = {.amount_minor = claim_,
                       .estate = tile_->estate,
                       .pool = tile_->pool,
                       .lien_position = tile_->lien_position,
                       .seniority = tile_->seniority,
                       .guarantor = tile_->guarantor,
                       .guarantee_limit_minor = tile_->guarantee_limit_minor},
            .pools = {.value_minor = pool_,
                      .owner = tile_->pool_owner,
                      .haircut = haircut_,
                      .sale_cost = sale_cost_},
            .estates = {.free_assets_minor = free_assets_,
                        .administration_cost_minor = administration_,
                        .priming_claim_minor = priming_,
                        .parent = tile_->parent},
            .group_offsets = tile_->group_offsets};
}

std::int64_t TileRecovery::minor(double amount, const char* place) const {
    return minor_units(amount, claims_.minor_digits, place);
}

/// Amounts of the groups that settle; those of others stay 0.
void TileRecovery::set_amounts() {
    const std::size_t pools = tile_->pool_owner.size();
    claim_.assign(range_->positions.count(), 0);
    for (auto* amounts : {&free_assets_, &administration_, &priming_}) {
        amounts->assign(range_->obligors.count(), 0);
    }
    pool_.resize(pools);
    pool_value_.assign(pools, 0.0);
    haircut_.assign(pools, settings_.haircut);
    sale_cost_.assign(pools, settings_.sale_cost);
    const auto& offsets = tile_->group_offsets;
    const auto default_step =
        std::span(paths_.obligors.default_step).subspan(range_->obligors.begin);
    for (std::size_t g = 0; g < range_->groups.count(); ++g) {
        if (claims_.group_settles[range_->groups.begin + g] == 0) continue;
        bool has_default = false;
        for (std::uint32_t o = offsets[g]; o < offsets[g + 1]; ++o) {
            add_estate(o);
            has_default = has_default || default_step[o] != 0;
        }
        if (has_default) priming_[offsets[g]] = minor(settings_.priming_amount, "priming_amount");
    }
    for (std::size_t p = 0; p < pools; ++p) pool_[p] = minor(pool_value_[p], "collateral_value");
    if (settings_.administration_cost != 0.0) add_administration();
}

void TileRecovery::add_estate(std::size_t obligor) {
    const PathOrder& order = book_.order;
    const std::size_t row = range_->obligors.begin + obligor;
    double free_assets = paths_.obligors.cash[row];
    for (std::size_t r = order.record_offsets[row]; r < order.record_offsets[row + 1]; ++r) {
        free_assets += paths_.records.free_assets[r];
        const double value = paths_.records.collateral_value[r];
        const std::uint32_t pool = tile_->pool_of_record[r - range_->records.begin];
        if (pool != no_index && value == value) pool_value_[pool] += value;
        for (std::size_t p = order.position_offsets[r]; p < order.position_offsets[r + 1]; ++p) {
            claim_[p - range_->positions.begin] = minor(paths_.positions.claim[p], "claim");
        }
    }
    free_assets_[obligor] = minor(free_assets, "free_assets");
}

/// A part of what estates have free: surpluses of their pools are.
void TileRecovery::add_administration() {
    secured_.assign(pool_.size(), 0);
    for (std::size_t p = 0; p < claim_.size(); ++p) {
        if (tile_->pool[p] != no_index) secured_[tile_->pool[p]] += claim_[p];
    }
    std::ranges::copy(free_assets_, administration_.begin());
    for (std::size_t k = 0; k < secured_.size(); ++k) {
        const std::int64_t net = sell(pool_[k], settings_.haircut, settings_.sale_cost).net_minor;
        administration_[tile_->pool_owner[k]] += std::max<std::int64_t>(net - secured_[k], 0);
    }
    for (std::int64_t& cost : administration_) {
        cost = minor_units(static_cast<double>(cost) * settings_.administration_cost, 0,
                           "administration_cost");
    }
}

/// What each estate is worth when it goes on, its free assets included.
void TileRecovery::set_enterprise_values() {
    enterprise_value_.assign(range_->obligors.count(), unknown_value);
    const double multiple = std::isnan(settings_.enterprise_multiple)
                                ? 1.0 / settings_.cap_rate
                                : settings_.enterprise_multiple;
    const auto& offsets = tile_->group_offsets;
    for (std::size_t g = 0; g < range_->groups.count(); ++g) {
        if (claims_.group_settles[range_->groups.begin + g] == 0) continue;
        for (std::uint32_t o = offsets[g]; o < offsets[g + 1]; ++o) {
            const double income = paths_.obligors.annual_income[range_->obligors.begin + o];
            if (income != income) continue;
            enterprise_value_[o] =
                minor(std::max(income, 0.0) * multiple, "annual_income") + free_assets_[o];
        }
    }
}

void TileRecovery::put(const Settlement& from, CaseSettlement& to) const {
    const auto& [claims, pools, estates, groups] = from;
    copy_to(claims.from_collateral_minor, to.from_collateral_minor, range_->positions.begin);
    copy_to(claims.from_estate_minor, to.from_estate_minor, range_->positions.begin);
    copy_any(claims.from_guarantee_minor, to.from_guarantee_minor, range_->positions.begin);
    copy_to(estates.equity_minor, to.equity_minor, range_->obligors.begin);
    copy_any(estates.administration_paid_minor, to.administration_paid_minor,
             range_->obligors.begin);
    copy_any(estates.priming_paid_minor, to.priming_paid_minor, range_->obligors.begin);
    copy_to(groups.value_minor, to.value_minor, range_->groups.begin);
    copy_to(groups.paid_to_creditors_minor, to.paid_to_creditors_minor, range_->groups.begin);
    copy_to(groups.sale_cost_minor, to.sale_cost_minor, range_->groups.begin);
    copy_to(groups.fulcrum, to.fulcrum, range_->groups.begin);
    copy_to(groups.is_known, to.is_known, range_->groups.begin);
}

void TileRecovery::put_cost_of_carry() {
    const ClaimPayments& paid = liquidation_.claims;
    value_recoveries({.from_collateral_minor = paid.from_collateral_minor,
                      .from_estate_minor = paid.from_estate_minor,
                      .from_guarantee_minor = paid.from_guarantee_minor,
                      .rate = tile_->rate},
                     settings_.timing, value_);
    copy_to(value_.cost_of_carry_minor, result_.cost_of_carry_minor, range_->positions.begin);
}

}  // namespace seawall::debt
