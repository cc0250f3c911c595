#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace seawall::debt {

/// No pool, no parent, no guarantor.
inline constexpr std::uint32_t no_index = UINT32_MAX;
inline constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

enum class Seniority : std::uint8_t { super_senior, senior, subordinated, junior };
inline constexpr std::size_t seniority_count = 4;
inline constexpr std::array<std::string_view, seniority_count> seniority_names{
    "super_senior", "senior", "subordinated", "junior"};
/// First, second and third.
inline constexpr std::size_t lien_count = 3;

/// Claims in any order, all of shape (claim_count,). Views, as all columns here: the caller keeps
/// them alive. Amounts are minor currency units, >= 0.
struct ClaimColumns {
    std::span<const std::int64_t> amount_minor;
    std::span<const std::uint32_t> estate;
    std::span<const std::uint32_t> pool;          ///< or no_index
    std::span<const std::uint8_t> lien_position;  ///< 0: first; of no account without a pool
    std::span<const Seniority> seniority;
    // Both empty where nothing is guaranteed.
    std::span<const std::uint32_t> guarantor{};             ///< an estate, or no_index
    std::span<const std::int64_t> guarantee_limit_minor{};  ///< or no_limit
};

/// Collateral in any order, all of shape (pool_count,).
struct PoolColumns {
    std::span<const std::int64_t> value_minor;  ///< at the case's market values
    std::span<const std::uint32_t> owner;  ///< the estate that its priming claim and surplus go to
    std::span<const double> haircut;       ///< fraction of the value
    std::span<const double> sale_cost;     ///< fraction of what it is sold for
};

/// Obligors, those of a group side by side, all of shape (estate_count,).
struct EstateColumns {
    std::span<const std::int64_t> free_assets_minor;
    std::span<const std::int64_t> administration_cost_minor;
    std::span<const std::int64_t> priming_claim_minor;  ///< a debtor-in-possession loan
    std::span<const std::uint32_t> parent;              ///< or no_index
};

/// Group g owns the estates group_offsets[g] .. group_offsets[g + 1], shape (group_count + 1,).
/// Claims, pools, parents and guarantors join estates of one group only.
struct WaterfallBatch {
    ClaimColumns claims;
    PoolColumns pools;
    EstateColumns estates;
    std::span<const std::uint32_t> group_offsets;

    std::size_t claim_count() const { return claims.amount_minor.size(); }
    std::size_t pool_count() const { return pools.value_minor.size(); }
    std::size_t estate_count() const { return estates.free_assets_minor.size(); }
    std::size_t group_count() const { return group_offsets.empty() ? 0 : group_offsets.size() - 1; }
};

/// Throws Error(invalid_input) at the name of a column that is not as long as its fellow columns,
/// Error(limit_exceeded) beyond 2^30 rows.
void check_lengths(const WaterfallBatch& batch);

}  // namespace seawall::debt
