#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/waterfall.hpp"

namespace seawall::debt::fixture {

struct Claim {
    std::int64_t amount = 0;
    std::uint32_t estate = 0;
    std::uint32_t pool = no_index;
    std::uint8_t lien = 0;
    Seniority seniority = Seniority::senior;
    std::uint32_t guarantor = no_index;
    std::int64_t limit = no_limit;
};

struct Pool {
    std::int64_t value = 0;
    std::uint32_t owner = 0;
    int haircut_pct = 0, sale_cost_pct = 0;
};

struct Estate {
    std::int64_t free_assets = 0;
    std::int64_t administration_cost = 0;
    std::int64_t priming_claim = 0;
    std::uint32_t parent = no_index;
    std::int64_t enterprise_value = unknown_value;
};

/// Rows instead of columns. All estates are of one group unless group_offsets say otherwise.
struct Rows {
    std::vector<Claim> claims;
    std::vector<Pool> pools;
    std::vector<Estate> estates;
    std::vector<std::uint32_t> group_offsets{};
};

template <class T, class Row, class Of>
std::vector<T> column(const std::vector<Row>& rows, Of of) {
    std::vector<T> result;
    for (const Row& row : rows) result.push_back(of(row));
    return result;
}

/// The columns of some rows, which it owns.
struct Columns {
    std::vector<std::int64_t> amount, limit, value, free_assets, cost, priming, enterprise_value;
    std::vector<std::uint32_t> estate, pool, guarantor, owner, parent, group_offsets;
    std::vector<std::uint8_t> lien;
    std::vector<Seniority> seniority;
    std::vector<double> haircut, sale_cost;

    explicit Columns(const Rows& rows) {
        using Money = std::int64_t;
        using Index = std::uint32_t;
        amount = column<Money>(rows.claims, [](const Claim& row) { return row.amount; });
        estate = column<Index>(rows.claims, [](const Claim& row) { return row.estate; });
        pool = column<Index>(rows.claims, [](const Claim& row) { return row.pool; });
        lien = column<std::uint8_t>(rows.claims, [](const Claim& row) { return row.lien; });
        seniority = column<Seniority>(rows.claims, [](const Claim& row) { return row.seniority; });
        guarantor = column<Index>(rows.claims, [](const Claim& row) { return row.guarantor; });
        limit = column<Money>(rows.claims, [](const Claim& row) { return row.limit; });
        value = column<Money>(rows.pools, [](const Pool& row) { return row.value; });
        owner = column<Index>(rows.pools, [](const Pool& row) { return row.owner; });
        haircut =
            column<double>(rows.pools, [](const Pool& row) { return row.haircut_pct / 100.0; });
        sale_cost =
            column<double>(rows.pools, [](const Pool& row) { return row.sale_cost_pct / 100.0; });
        free_assets =
            column<Money>(rows.estates, [](const Estate& row) { return row.free_assets; });
        cost =
            column<Money>(rows.estates, [](const Estate& row) { return row.administration_cost; });
        priming = column<Money>(rows.estates, [](const Estate& row) { return row.priming_claim; });
        parent = column<Index>(rows.estates, [](const Estate& row) { return row.parent; });
        enterprise_value =
            column<Money>(rows.estates, [](const Estate& row) { return row.enterprise_value; });
        group_offsets = rows.group_offsets;
        if (group_offsets.empty()) {
            group_offsets = {0, static_cast<std::uint32_t>(rows.estates.size())};
        }
    }

    WaterfallBatch batch() const {
        return {.claims = {.amount_minor = amount,
                           .estate = estate,
                           .pool = pool,
                           .lien_position = lien,
                           .seniority = seniority,
                           .guarantor = guarantor,
                           .guarantee_limit_minor = limit},
                .pools = {.value_minor = value,
                          .owner = owner,
                          .haircut = haircut,
                          .sale_cost = sale_cost},
                .estates = {.free_assets_minor = free_assets,
                            .administration_cost_minor = cost,
                            .priming_claim_minor = priming,
                            .parent = parent},
                .group_offsets = group_offsets};
    }
};

inline ClaimRanking ranked(const Rows& rows) {
    ClaimRanking ranking;
    rank_claims(Columns(rows).batch(), ranking);
    return ranking;
}

inline Settlement liquidated(const Rows& rows) {
    const Columns columns(rows);
    const ClaimRanking ranking = ranked(rows);
    SettlementScratch scratch;
    Settlement settlement;
    settle_liquidation(columns.batch(), ranking, scratch, settlement);
    return settlement;
}

inline Settlement continued(const Rows& rows) {
    const Columns columns(rows);
    const ClaimRanking ranking = ranked(rows);
    SettlementScratch scratch;
    Settlement settlement;
    settle_going_concern(columns.batch(), ranking, columns.enterprise_value, scratch, settlement);
    return settlement;
}

/// What a claim is paid from everywhere.
inline std::int64_t paid(const Settlement& settlement, std::size_t claim) {
    return settlement.claims.from_collateral_minor[claim] +
           settlement.claims.from_estate_minor[claim] +
           settlement.claims.from_guarantee_minor[claim];
}

}  // namespace seawall::debt::fixture
