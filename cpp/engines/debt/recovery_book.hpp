#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engines/debt/claim_ranking.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/waterfall_batch.hpp"

namespace seawall::debt {

/// Who has claims on what in one tile of a book: positions are the claims, obligors the estates; a
/// pool is the collateral of a record, or of all records of a collateral group. Rows are counted
/// from the tile's first.
struct TileClaims {
    std::vector<std::uint32_t> pool_of_record;  ///< no_index: none is known
    std::vector<std::uint32_t> pool_owner;
    // Of each position.
    std::vector<std::uint32_t> estate, pool;
    std::vector<std::uint32_t> guarantor;  ///< empty where nothing is guaranteed
    std::vector<std::int64_t> guarantee_limit_minor;
    std::vector<std::uint8_t> lien_position;
    std::vector<Seniority> seniority;
    std::vector<double> rate;                  ///< a year, as a fraction
    std::vector<std::uint32_t> parent;         ///< of each obligor
    std::vector<std::uint32_t> group_offsets;  ///< into the obligors
    ClaimRanking ranking;
};

/// The same in every case.
struct RecoveryBook {
    int minor_digits = 2;
    std::vector<std::uint8_t> group_settles;  ///< 0 where a record's collateral is withheld
    std::vector<TileClaims> tiles;            ///< as the book's
};

/// Throws as rank_claims does.
RecoveryBook make_recovery_book(const PathBook& book, std::string_view currency);

}  // namespace seawall::debt
