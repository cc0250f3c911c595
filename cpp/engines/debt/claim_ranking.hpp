#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/waterfall_batch.hpp"

namespace seawall::debt {

/// Rows in the order of a key, ties by rising row.
struct RankedRows {
    std::vector<std::uint32_t> offsets;  ///< (key_count + 2,): key k has offsets[k] .. [k + 1]
    std::vector<std::uint32_t> rows;

    std::span<const std::uint32_t> of(std::size_t key) const {
        return std::span(rows).subspan(offsets[key], offsets[key + 1] - offsets[key]);
    }
};

/// The only claim on a group that is one estate, and its only pool.
struct LoneClaim {
    std::uint32_t claim, pool;  ///< or no_index: it is no such group; it has no pool
};

/// Who is paid when: what of a batch does not depend on its amounts, so that many cases share it.
struct ClaimRanking {
    RankedRows claims_by_lien;           ///< by pool · lien_count + lien position
    RankedRows claims_by_seniority;      ///< by estate · seniority_count + seniority
    RankedRows claims_by_guarantor;      ///< by guarantor; empty where nothing is guaranteed
    RankedRows pools_by_owner;           ///< by estate
    std::vector<std::uint32_t> estates;  ///< of each group, subsidiaries before parents
    std::vector<std::uint8_t> group_is_guaranteed;  ///< whether any of its claims is
    std::vector<LoneClaim> lone_claims;             ///< of each group
    std::size_t largest_tier = 0;  ///< the most claims, or pools, among which an amount is shared

    // Kept to save memory between calls.
    std::vector<std::uint32_t> group_of_estate, subsidiary_count;
};

/// Throws Error(invalid_input) with a place such as "pool[17]" on columns of unlike lengths,
/// on an index that is no row, on one of another group, on a claim that its own estate guarantees,
/// and at "parent[i]" where ownership runs in a circle.
void rank_claims(const WaterfallBatch& batch, ClaimRanking& ranking);

}  // namespace seawall::debt
