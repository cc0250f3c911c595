#include "engines/debt/recovery.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <unordered_map>

#include "engines/debt/collateral_pool.hpp"
#include "engines/debt/minor_digits.hpp"

namespace seawall::debt {
namespace {

std::uint32_t row_or_none(std::int64_t row) {
    return row < 0 ? no_index : static_cast<std::uint32_t>(row);
}

void make_pools(const PathBook& book, RecoveryBook& claims) {
    std::unordered_map<std::int64_t, std::uint32_t> shared;
    for (std::size_t r = 0; r < book.order.record_count(); ++r) {
        const std::int64_t group = book.order.pool_of_record[r];
        const auto next = static_cast<std::uint32_t>(claims.pool_owner.size());
        // A record of a group may state no value of its own: another of the group does.
        const bool has_value = book.collateral_value[r] == book.collateral_value[r];
        if (group < 0 && !has_value) {
            claims.pool_of_record.push_back(no_index);
            continue;
        }
        const auto [entry, added] =
            group < 0 ? std::pair(shared.end(), true) : shared.emplace(group, next);
        claims.pool_of_record.push_back(added ? next : entry->second);
        if (added) claims.pool_owner.push_back(book.order.obligor_of_record[r]);
    }
}

void note_withheld(const PathBook& book, RecoveryBook& claims) {
    const PathOrder& order = book.order;
    claims.group_settles.assign(order.group_count(), 1);
    for (std::size_t g = 0; g < order.group_count(); ++g) {
        const std::uint32_t begin = order.record_offsets[order.group_offsets[g]];
        const std::uint32_t end = order.record_offsets[order.group_offsets[g + 1]];
        for (std::uint32_t r = begin; r < end; ++r) {
            if (book.collateral_withheld[r] != 0) claims.group_settles[g] = 0;
        }
    }
}

/// The amounts of one case, for the columns of a batch.
struct Amounts {
    std::vector<std::int64_t> claim, pool, free_assets, administration, priming;
    std::vector<double> haircut, sale_cost;

    WaterfallBatch batch(const PathBook& book, const RecoveryBook& claims) const {
        return {.claims = {.amount_minor = claim,
                           .estate = claims.estate,
                           .pool = claims.pool,
                           .lien_position = claims.lien_position,
                           .seniority = claims.seniority,
                           .guarantor = claims.guarantor,
                           .guarantee_limit_minor = claims.guarantee_limit_minor},
                .pools = {.value_minor = pool,
                          .owner = claims.pool_owner,
                          .haircut = haircut,
                          .sale_cost = sale_cost},
                .estates = {.free_assets_minor = free_assets,
                            .administration_cost_minor = administration,
                            .priming_claim_minor = priming,
                            .parent = claims.parent},
                .group_offsets = book.order.group_offsets};
    }
};

Amounts no_amounts(const PathBook& book, const RecoveryBook& claims) {
    const std::size_t estates = book.order.obligor_count();
    const std::size_t pools = claims.pool_owner.size();
    return {.claim = std::vector<std::int64_t>(book.order.position_count()),
            .pool = std::vector<std::int64_t>(pools),
            .free_assets = std::vector<std::int64_t>(estates),
            .administration = std::vector<std::int64_t>(estates),
            .priming = std::vector<std::int64_t>(estates),
            .haircut = std::vector<double>(pools),
            .sale_cost = std::vector<double>(pools)};
}

/// Amounts of the groups that settle; those of others stay 0.
class CaseAmounts {
  public:
    CaseAmounts(const PathBook& book, const RecoveryBook& claims, const CasePaths& paths,
                const RecoverySettings& settings)
        : book_(book), claims_(claims), paths_(paths), settings_(settings) {}

    Amounts amounts() const {
        Amounts result = no_amounts(book_, claims_);
        std::ranges::fill(result.haircut, settings_.haircut);
        std::ranges::fill(result.sale_cost, settings_.sale_cost);
        const PathOrder& order = book_.order;
        std::vector<double> pool_values(result.pool.size());
        for (std::size_t g = 0; g < order.group_count(); ++g) {
            if (claims_.group_settles[g] == 0) continue;
            const std::uint32_t begin = order.group_offsets[g];
            const std::uint32_t end = order.group_offsets[g + 1];
            for (std::uint32_t o = begin; o < end; ++o) add_estate(o, pool_values, result);
            const auto defaulted = [](std::int32_t step) { return step != 0; };
            const auto steps = std::span(paths_.obligors.default_step);
            if (std::ranges::any_of(steps.subspan(begin, end - begin), defaulted)) {
                result.priming[begin] = minor(settings_.priming_amount, "priming_amount");
            }
        }
        for (std::size_t p = 0; p < pool_values.size(); ++p) {
            result.pool[p] = minor(pool_values[p], "collateral_value");
        }
        add_administration(result);
        return result;
    }

    /// What each estate is worth when it goes on, its free assets included.
    std::vector<std::int64_t> enterprise_values(const Amounts& amounts) const {
        std::vector<std::int64_t> values(book_.order.obligor_count(), unknown_value);
        const PathOrder& order = book_.order;
        for (std::size_t g = 0; g < order.group_count(); ++g) {
            if (claims_.group_settles[g] == 0) continue;
            for (std::uint32_t o = order.group_offsets[g]; o < order.group_offsets[g + 1]; ++o) {
                const double income = paths_.obligors.annual_income[o];
                if (income != income) continue;
                const double multiple = std::isnan(settings_.enterprise_multiple)
                                            ? 1.0 / settings_.cap_rate
                                            : settings_.enterprise_multiple;
                values[o] = minor(std::max(income, 0.0) * multiple, "annual_income") +
                            amounts.free_assets[o];
            }
        }
        return values;
    }

  private:
    std::int64_t minor(double amount, const char* place) const {
        return minor_units(amount, claims_.minor_digits, place);
    }

    /// A part of what estates have free: surpluses of their pools are.
    void add_administration(Amounts& result) const {
        std::vector<std::int64_t> secured(result.pool.size());
        for (std::size_t p = 0; p < result.claim.size(); ++p) {
            if (claims_.pool[p] != no_index) secured[claims_.pool[p]] += result.claim[p];
        }
        std::vector<std::int64_t> free = result.free_assets;
        for (std::size_t k = 0; k < secured.size(); ++k) {
            const std::int64_t net =
                sell(result.pool[k], result.haircut[k], result.sale_cost[k]).net_minor;
            free[claims_.pool_owner[k]] += std::max<std::int64_t>(net - secured[k], 0);
        }
        for (std::size_t o = 0; o < free.size(); ++o) {
            result.administration[o] =
                minor_units(static_cast<double>(free[o]) * settings_.administration_cost, 0,
                            "administration_cost");
        }
    }

    void add_estate(std::uint32_t o, std::vector<double>& pool_values, Amounts& result) const {
        const PathOrder& order = book_.order;
        double free_assets = paths_.obligors.cash[o];
        for (std::uint32_t r = order.record_offsets[o]; r < order.record_offsets[o + 1]; ++r) {
            free_assets += paths_.records.distressed_asset_recovery[r] +
                           paths_.records.unencumbered_assets_value[r];
            const double value = paths_.records.collateral_value[r];
            const std::uint32_t pool = claims_.pool_of_record[r];
            if (pool != no_index && value == value) pool_values[pool] += value;
            for (std::uint32_t p = order.position_offsets[r]; p < order.position_offsets[r + 1];
                 ++p) {
                result.claim[p] = minor(paths_.positions.claim[p], "claim");
            }
        }
        result.free_assets[o] = minor(free_assets, "free_assets");
    }

    const PathBook& book_;
    const RecoveryBook& claims_;
    const CasePaths& paths_;
    const RecoverySettings& settings_;
};

}  // namespace

RecoveryBook make_recovery_book(const PathBook& book, std::string_view currency) {
    const PathOrder& order = book.order;
    RecoveryBook claims;
    claims.minor_digits = minor_digits(currency);
    make_pools(book, claims);
    note_withheld(book, claims);
    bool is_guaranteed = false;
    for (std::size_t p = 0; p < order.position_count(); ++p) {
        const std::uint32_t record = order.record_of_position[p];
        const std::uint32_t guarantor = row_or_none(order.guarantor_of_record[record]);
        const std::uint32_t estate = order.obligor_of_record[record];
        claims.estate.push_back(estate);
        claims.pool.push_back(claims.pool_of_record[record]);
        // Whoever guarantees its own debt adds nothing to it.
        claims.guarantor.push_back(guarantor == estate ? no_index : guarantor);
        is_guaranteed = is_guaranteed || claims.guarantor.back() != no_index;
        claims.seniority.push_back(static_cast<Seniority>(book.terms.seniority[p]));
    }
    if (!is_guaranteed) claims.guarantor.clear();
    claims.guarantee_limit_minor.assign(claims.guarantor.size(), no_limit);
    claims.lien_position = book.terms.lien_position;
    for (const std::int64_t parent : order.parent_of_obligor) {
        claims.parent.push_back(row_or_none(parent));
    }
    rank_claims(no_amounts(book, claims).batch(book, claims), claims.ranking);
    return claims;
}

CaseRecovery recover(const PathBook& book, const RecoveryBook& claims, const CasePaths& paths,
                     const RecoverySettings& settings) {
    const CaseAmounts of_case(book, claims, paths, settings);
    const Amounts amounts = of_case.amounts();
    const WaterfallBatch batch = amounts.batch(book, claims);
    CaseRecovery recovery;
    SettlementScratch scratch;
    settle_liquidation(batch, claims.ranking, scratch, recovery.liquidation);
    if (!std::isnan(settings.enterprise_multiple) || !std::isnan(settings.cap_rate)) {
        settle_going_concern(batch, claims.ranking, of_case.enterprise_values(amounts), scratch,
                             recovery.going_concern);
        recovery.better =
            better_for_creditors(recovery.liquidation.groups, recovery.going_concern.groups);
    }
    std::vector<double> rates;
    rates.reserve(book.terms.rate_pct.size());
    for (const double rate_pct : book.terms.rate_pct) rates.push_back(rate_pct / 100.0);
    const ClaimPayments& paid = recovery.liquidation.claims;
    recovery.present_value = value_recoveries({.from_collateral_minor = paid.from_collateral_minor,
                                               .from_estate_minor = paid.from_estate_minor,
                                               .from_guarantee_minor = paid.from_guarantee_minor,
                                               .rate = rates},
                                              settings.timing);
    recovery.claim_minor = amounts.claim;
    return recovery;
}

}  // namespace seawall::debt
