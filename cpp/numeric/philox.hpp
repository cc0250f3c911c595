#pragma once

#include <array>
#include <cstdint>

namespace seawall {

/// Four words, word 0 first.
using PhiloxBlock = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Philox4x32-10: a counter's block of random words, any counter in any order. J. K. Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3" (SC11).
constexpr PhiloxBlock philox4x32_10(PhiloxBlock counter, PhiloxKey key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t even = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t odd = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {static_cast<std::uint32_t>(odd >> 32U) ^ counter[1] ^ key[0],
                   static_cast<std::uint32_t>(odd),
                   static_cast<std::uint32_t>(even >> 32U) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(even)};
        key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};  // Weyl sequences
    }
    return counter;
}

}  // namespace seawall
