#include "engines/debt/claim_ranking.hpp"

#include <algorithm>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

void number_groups(const WaterfallBatch& batch, ClaimRanking& ranking) {
    const auto& offsets = batch.group_offsets;
    const bool covers_estates =
        offsets.empty() ? batch.estate_count() == 0
                        : offsets.front() == 0 && offsets.back() == batch.estate_count();
    if (!covers_estates || !std::ranges::is_sorted(offsets)) {
        throw Error(ErrorCode::invalid_input, "group_offsets",
                    "must rise from 0 to the count of estates");
    }
    ranking.group_of_estate.resize(batch.estate_count());
    for (std::uint32_t group = 0; group < batch.group_count(); ++group) {
        std::fill(ranking.group_of_estate.begin() + offsets[group],
                  ranking.group_of_estate.begin() + offsets[group + 1], group);
    }
}

void check_pools(const WaterfallBatch& batch) {
    for (std::size_t i = 0; i < batch.pool_count(); ++i) {
        if (batch.pools.owner[i] >= batch.estate_count()) refuse_input("owner", i, "is no estate");
    }
}

void check_claims(const WaterfallBatch& batch, const std::vector<std::uint32_t>& group_of_estate) {
    const auto& claims = batch.claims;
    for (std::size_t i = 0; i < batch.claim_count(); ++i) {
        if (claims.estate[i] >= batch.estate_count()) refuse_input("estate", i, "is no estate");
        if (static_cast<std::size_t>(claims.seniority[i]) >= seniority_count) {
            refuse_input("seniority", i, "is no seniority");
        }
        const std::uint32_t pool = claims.pool[i];
        if (pool == no_index) continue;
        if (pool >= batch.pool_count()) refuse_input("pool", i, "is no pool");
        if (claims.lien_position[i] >= lien_count)
            refuse_input("lien_position", i, "must be 0, 1 or 2");
        if (group_of_estate[batch.pools.owner[pool]] != group_of_estate[claims.estate[i]]) {
            refuse_input("pool", i, "is of another group");
        }
    }
}

void check_guarantees(const WaterfallBatch& batch, ClaimRanking& ranking) {
    const auto& claims = batch.claims;
    const auto& group_of_estate = ranking.group_of_estate;
    ranking.group_is_guaranteed.assign(batch.group_count(), 0);
    for (std::size_t i = 0; i < claims.guarantor.size(); ++i) {
        const std::uint32_t guarantor = claims.guarantor[i];
        if (guarantor == no_index) continue;
        if (guarantor >= batch.estate_count()) refuse_input("guarantor", i, "is no estate");
        if (guarantor == claims.estate[i]) refuse_input("guarantor", i, "must be another estate");
        const std::uint32_t group = group_of_estate[guarantor];
        if (group != group_of_estate[claims.estate[i]]) {
            refuse_input("guarantor", i, "is of another group");
        }
        ranking.group_is_guaranteed[group] = 1;
    }
}

/// By counting: rows for which `key_of` gives no_index are left out.
template <class KeyOf>
void rank(std::size_t row_count, std::size_t key_count, KeyOf key_of, RankedRows& ranked) {
    auto& [offsets, rows] = ranked;
    offsets.assign(key_count + 2, 0);
    for (std::size_t i = 0; i < row_count; ++i) {
        if (const std::uint32_t key = key_of(i); key != no_index) ++offsets[key + 2];
    }
    for (std::size_t k = 2; k < offsets.size(); ++k) offsets[k] += offsets[k - 1];
    rows.resize(offsets.back());
    // offsets[key + 1] runs from the first row of a key to its last, where it is to stand.
    for (std::size_t i = 0; i < row_count; ++i) {
        if (const std::uint32_t key = key_of(i); key != no_index) {
            rows[offsets[key + 1]++] = static_cast<std::uint32_t>(i);
        }
    }
}

/// Kahn's order: an estate follows when all of its subsidiaries have. What remains is in a circle,
/// since an estate has one parent.
void order_estates(const WaterfallBatch& batch, ClaimRanking& ranking) {
    const auto& parent = batch.estates.parent;
    auto& waiting_for = ranking.subsidiary_count;
    waiting_for.assign(batch.estate_count(), 0);
    for (std::size_t i = 0; i < parent.size(); ++i) {
        if (parent[i] == no_index) continue;
        if (parent[i] >= batch.estate_count()) refuse_input("parent", i, "is no estate");
        if (ranking.group_of_estate[parent[i]] != ranking.group_of_estate[i]) {
            refuse_input("parent", i, "is of another group");
        }
        ++waiting_for[parent[i]];
    }
    auto& order = ranking.estates;
    order.clear();
    order.reserve(batch.estate_count());
    for (std::size_t group = 0; group < batch.group_count(); ++group) {
        const std::uint32_t begin = batch.group_offsets[group];
        const std::uint32_t end = batch.group_offsets[group + 1];
        for (std::uint32_t estate = begin; estate < end; ++estate) {
            if (waiting_for[estate] == 0) order.push_back(estate);
        }
        for (std::size_t next = begin; next < order.size(); ++next) {
            const std::uint32_t above = parent[order[next]];
            if (above != no_index && --waiting_for[above] == 0) order.push_back(above);
        }
        if (order.size() == end) continue;
        for (std::uint32_t estate = begin; estate < end; ++estate) {
            if (waiting_for[estate] > 0)
                refuse_input("parent", estate, "ownership runs in a circle");
        }
    }
}

std::size_t largest_count(const RankedRows& ranked) {
    std::uint32_t largest = 0;
    for (std::size_t k = 1; k < ranked.offsets.size(); ++k) {
        largest = std::max(largest, ranked.offsets[k] - ranked.offsets[k - 1]);
    }
    return largest;
}

/// An estate of its own is nobody's subsidiary, and nobody guarantees what it owes.
void find_lone_claims(const WaterfallBatch& batch, ClaimRanking& ranking) {
    ranking.lone_claims.assign(batch.group_count(), {no_index, no_index});
    for (std::size_t group = 0; group < batch.group_count(); ++group) {
        const std::uint32_t estate = batch.group_offsets[group];
        if (batch.group_offsets[group + 1] - estate != 1) continue;
        const auto& [offsets, rows] = ranking.claims_by_seniority;
        const std::uint32_t first = offsets[estate * seniority_count];
        const auto pools = ranking.pools_by_owner.of(estate);
        if (offsets[(estate + 1) * seniority_count] - first != 1 || pools.size() > 1) continue;
        ranking.lone_claims[group] = {.claim = rows[first],
                                      .pool = pools.empty() ? no_index : pools.front()};
    }
}

}  // namespace

void rank_claims(const WaterfallBatch& batch, ClaimRanking& ranking) {
    check_lengths(batch);
    number_groups(batch, ranking);
    check_pools(batch);
    check_claims(batch, ranking.group_of_estate);
    check_guarantees(batch, ranking);
    order_estates(batch, ranking);
    const auto& claims = batch.claims;
    rank(
        batch.claim_count(), batch.pool_count() * lien_count,
        [&](std::size_t i) {
            return claims.pool[i] == no_index
                       ? no_index
                       : claims.pool[i] * static_cast<std::uint32_t>(lien_count) +
                             claims.lien_position[i];
        },
        ranking.claims_by_lien);
    rank(
        batch.claim_count(), batch.estate_count() * seniority_count,
        [&](std::size_t i) {
            return claims.estate[i] * static_cast<std::uint32_t>(seniority_count) +
                   static_cast<std::uint32_t>(claims.seniority[i]);
        },
        ranking.claims_by_seniority);
    rank(
        claims.guarantor.size(), batch.estate_count(),
        [&](std::size_t i) { return claims.guarantor[i]; }, ranking.claims_by_guarantor);
    rank(
        batch.pool_count(), batch.estate_count(),
        [&](std::size_t i) { return batch.pools.owner[i]; }, ranking.pools_by_owner);
    find_lone_claims(batch, ranking);
    ranking.largest_tier = std::max(
        {largest_count(ranking.claims_by_lien),
         largest_count(ranking.claims_by_seniority) + largest_count(ranking.claims_by_guarantor),
         largest_count(ranking.pools_by_owner)});
}

}  // namespace seawall::debt
