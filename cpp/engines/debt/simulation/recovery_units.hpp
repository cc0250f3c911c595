#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/claim_ranking.hpp"
#include "engines/debt/simulation/collateral_shocks.hpp"
#include "engines/debt/waterfall_batch.hpp"

namespace seawall::debt {

/// What obligors have besides collateral, of shape (obligor_count,), rows as those of the masks.
struct ObligorAssets {
    std::span<const std::int64_t> free_assets_minor;  ///< unencumbered, >= 0; the same in scenarios
    std::span<const std::uint32_t> parent;            ///< or no_index
};

/// What a sale and an administration cost: fractions from 0 to 1, taken to 1e-9.
struct LiquidationTerms {
    double haircut = 0.0;              ///< of collateral
    double sale_cost = 0.0;            ///< of what it is sold for
    double administration_cost = 0.0;  ///< of an estate's free assets and surpluses of its pools
};

/// A book of debts and what stands behind them, in one currency's minor units. `claims.estate` and
/// `claims.guarantor` are rows of obligors, and `claims.amount_minor` is what is owed at default.
struct WaterfallBook {
    ClaimColumns claims;
    CollateralColumns pools;
    ObligorAssets obligors;
    LiquidationTerms terms;
};

/// Throws Error(invalid_input) with a place such as "claims.pool[17]" on ragged columns, values out
/// of range, indices that are no row, whoever guarantees its own debt and ownership in a circle;
/// Error(limit_exceeded) where claims add up to more than 2⁶² minor units, and beyond 2^28 rows.
/// Of the pools only the owners: the rest is checked where they are shocked.
void check(const WaterfallBook& book);

/// An obligor with one debt and at most one pool, whom nothing connects to others.
struct LoneDebt {
    std::uint32_t obligor = 0;
    std::uint32_t position = 0;
    std::uint32_t pool = no_index;
    std::int64_t amount_minor = 0;
    bool is_secured = false;
    std::int64_t free_assets_minor = 0;
};

/// All other units, as groups of a WaterfallBatch: the rows of a unit are side by side.
struct JointUnits {
    // Of each estate.
    std::vector<std::uint32_t> obligor;
    std::vector<std::int64_t> free_assets_minor;
    std::vector<std::uint32_t> parent;
    /// Of each claim. In a unit of several obligors a position has two: what is due when its
    /// obligor defaults, and what is set aside for it when not, which ranks last in its own estate
    /// and has no guarantor. One of the two amounts is 0.
    std::vector<std::uint32_t> position;
    std::vector<std::uint8_t> is_set_aside;
    std::vector<std::int64_t> amount_minor;
    std::vector<std::uint32_t> estate, claim_pool, guarantor;
    std::vector<std::int64_t> guarantee_limit_minor;
    std::vector<std::uint8_t> lien_position;
    std::vector<Seniority> seniority;
    // Of each pool.
    std::vector<std::uint32_t> pool;  ///< of the book
    std::vector<std::uint32_t> owner;
    // Of each unit, and one more.
    std::vector<std::uint32_t> estate_offsets, claim_offsets, pool_offsets;
    ClaimRanking ranking;

    std::size_t unit_count() const { return estate_offsets.size() - 1; }
};

/// Obligors that shared collateral, guarantees and ownership connect. Those without debt that are
/// connected to none with are left out.
struct RecoveryUnits {
    std::vector<LoneDebt> lone;  ///< by rising obligor
    JointUnits joint;            ///< by rising first obligor
};

/// Asks for a book that check accepts.
RecoveryUnits connect_obligors(const WaterfallBook& book);

}  // namespace seawall::debt
