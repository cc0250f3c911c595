#include "engines/debt/largest_remainder.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace seawall::debt {
namespace {

__extension__ using Product = unsigned __int128;

Product product(std::int64_t left, std::int64_t right) {
    return static_cast<Product>(left) * static_cast<Product>(right);
}

struct Division {
    std::int64_t quotient, remainder;
};

/// Most products fit into 64 bits, whose division takes a third of the time.
Division divide(Product dividend, std::int64_t divisor) {
    const auto small_divisor = static_cast<std::uint64_t>(divisor);
    if (dividend <= UINT64_MAX) {
        const auto small = static_cast<std::uint64_t>(dividend);
        return {.quotient = static_cast<std::int64_t>(small / small_divisor),
                .remainder = static_cast<std::int64_t>(small % small_divisor)};
    }
    const auto quotient = static_cast<std::int64_t>(dividend / small_divisor);
    return {.quotient = quotient,
            .remainder = static_cast<std::int64_t>(dividend - product(quotient, divisor))};
}

}  // namespace

void RemainderScratch::reserve(std::size_t claim_count) {
    remainders.reserve(claim_count);
    open.reserve(claim_count);
    open_weights.reserve(claim_count);
    open_shares.reserve(claim_count);
}

void share_by_largest_remainder(std::int64_t amount, std::span<const std::int64_t> weights,
                                std::int64_t total_weight, std::span<std::int64_t> shares,
                                RemainderScratch& scratch) {
    if (amount == total_weight) {
        std::ranges::copy(weights, shares.begin());
        return;
    }
    if (weights.size() == 1) {
        shares[0] = amount;
        return;
    }
    auto& remainders = scratch.remainders;
    remainders.clear();
    std::int64_t left = amount;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto [share, remainder] = divide(product(amount, weights[i]), total_weight);
        shares[i] = share;
        left -= share;
        if (remainder > 0) remainders.push_back({remainder, static_cast<std::uint32_t>(i)});
    }
    // The remainders add up to left · total_weight and each is smaller: there are more than left.
    const auto is_larger = [](const auto& one, const auto& other) {
        return one.remainder != other.remainder ? one.remainder > other.remainder
                                                : one.index < other.index;
    };
    if (left > 1) std::ranges::nth_element(remainders, remainders.begin() + left, is_larger);
    if (left == 1)
        std::iter_swap(remainders.begin(), std::ranges::min_element(remainders, is_larger));
    for (std::int64_t k = 0; k < left; ++k) ++shares[remainders[static_cast<std::size_t>(k)].index];
}

std::int64_t share_up_to_caps(std::int64_t amount, const CappedClaims& claims,
                              std::span<std::int64_t> shares, RemainderScratch& scratch) {
    const auto& [weights, caps] = claims;
    const std::int64_t most = std::reduce(caps.begin(), caps.end());
    if (amount >= most) {
        std::ranges::copy(caps, shares.begin());
        return most;
    }
    auto& open = scratch.open;
    open.clear();
    std::int64_t open_weight = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        shares[i] = 0;
        if (weights[i] == 0) continue;
        open.push_back(static_cast<std::uint32_t>(i));
        open_weight += weights[i];
    }
    // By cap / weight: with a rising rate of payment the claims reach their caps in this order.
    std::ranges::sort(open, [&](std::uint32_t one, std::uint32_t other) {
        const Product left = product(caps[one], weights[other]);
        const Product right = product(caps[other], weights[one]);
        return left != right ? left < right : one < other;
    });
    std::int64_t left = amount;
    std::size_t closed = 0;
    for (; product(caps[open[closed]], open_weight) <= product(left, weights[open[closed]]);
         ++closed) {
        const std::uint32_t claim = open[closed];
        shares[claim] = caps[claim];
        left -= caps[claim];
        open_weight -= weights[claim];
    }
    open.erase(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(closed));
    std::ranges::sort(open);
    scratch.open_weights.clear();
    for (const std::uint32_t claim : open) scratch.open_weights.push_back(weights[claim]);
    scratch.open_shares.resize(open.size());
    share_by_largest_remainder(left, scratch.open_weights, open_weight, scratch.open_shares,
                               scratch);
    for (std::size_t k = 0; k < open.size(); ++k) shares[open[k]] = scratch.open_shares[k];
    return amount;
}

}  // namespace seawall::debt
