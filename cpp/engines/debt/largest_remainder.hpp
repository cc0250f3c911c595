#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace seawall::debt {

/// Room to work in, kept between calls.
struct RemainderScratch {
    struct Remainder {
        std::int64_t remainder;  ///< of amount · weight / Σ weights
        std::uint32_t index;
    };
    std::vector<Remainder> remainders;
    std::vector<std::uint32_t> open;  ///< claims below their caps
    std::vector<std::int64_t> open_weights, open_shares;

    /// No call with up to so many claims allocates afterwards.
    void reserve(std::size_t claim_count);
};

/// Divides an amount in proportion to weights, in whole units: each share is rounded down, and the
/// units left go to the largest remainders, ties to the earlier claim. The shares add up to the
/// amount, and none is above its weight. Asks for 0 <= amount <= total_weight = Σ weights >= 0.
void share_by_largest_remainder(std::int64_t amount, std::span<const std::int64_t> weights,
                                std::int64_t total_weight, std::span<std::int64_t> shares,
                                RemainderScratch& scratch);

/// What claims prove for in one tier, and the most that each may take: 0 <= cap <= weight.
struct CappedClaims {
    std::span<const std::int64_t> weights, caps;
};

/// As share_by_largest_remainder, but what a claim may not take goes to the others in proportion to
/// their weights. Returns what was shared: min(amount, Σ caps).
std::int64_t share_up_to_caps(std::int64_t amount, const CappedClaims& claims,
                              std::span<std::int64_t> shares, RemainderScratch& scratch);

}  // namespace seawall::debt
