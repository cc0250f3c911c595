#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engines/debt/claim_ranking.hpp"
#include "engines/debt/debt_paths.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/recovery_timing.hpp"
#include "engines/debt/waterfall.hpp"

namespace seawall::debt {

/// What a sale and a reorganisation cost and bring. Fractions; NaN: not asked.
struct RecoverySettings {
    double haircut = 0.0;
    double sale_cost = 0.0;
    double administration_cost = 0.0;  ///< of free assets and surpluses of pools
    double enterprise_multiple = 0.0;  ///< of a year's income; NaN: by the cap rate
    double cap_rate = 0.0;             ///< NaN: by the multiple; both NaN: no going concern
    RecoveryTiming timing;
    double priming_amount = 0.0;  ///< lent to each group with a defaulted obligor, to its first
};

/// Who has claims on what, the same in every case. Positions are the claims, obligors the estates,
/// in path order; a pool is the collateral of a record, or of all records of a collateral group.
struct RecoveryBook {
    int minor_digits = 2;
    std::vector<std::uint32_t> pool_of_record;  ///< no_index: none is known
    std::vector<std::uint32_t> pool_owner;
    // Of each position.
    std::vector<std::uint32_t> estate, pool;
    std::vector<std::uint32_t> guarantor;  ///< empty where nothing is guaranteed
    std::vector<std::int64_t> guarantee_limit_minor;
    std::vector<std::uint8_t> lien_position;
    std::vector<Seniority> seniority;
    std::vector<std::uint32_t> parent;        ///< of each obligor
    std::vector<std::uint8_t> group_settles;  ///< 0 where a record's collateral is withheld
    ClaimRanking ranking;
};

/// Throws as rank_claims does.
RecoveryBook make_recovery_book(const PathBook& book, std::string_view currency);

/// What a case leaves to whom. Amounts in minor units.
struct CaseRecovery {
    std::vector<std::int64_t> claim_minor;  ///< of each position; 0 where its group does not settle
    Settlement liquidation;
    Settlement going_concern;  ///< empty where none is asked
    std::vector<BetterForCreditors> better;
    RecoveryValue present_value;  ///< of what the liquidation pays
};

/// Throws as the waterfall does.
CaseRecovery recover(const PathBook& book, const RecoveryBook& claims, const CasePaths& paths,
                     const RecoverySettings& settings);

}  // namespace seawall::debt
