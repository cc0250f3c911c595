#pragma once

#include <bit>
#include <cstdint>

namespace seawall {

/// amount · share, exact and then rounded half to even once, for 0 <= amount <= 2⁶² and
/// 0 <= share < 2⁵² where the product is at most 2⁶².
inline std::int64_t rounded_share(std::int64_t amount, double share) {
    __extension__ using Wide = unsigned __int128;
    const auto bits = std::bit_cast<std::uint64_t>(share);
    const auto exponent = static_cast<unsigned>(bits >> 52U);
    // share = mantissa · 2^-shift; below 2^-64 of any amount nothing is left.
    const unsigned shift = 1075U - exponent;
    if (shift > 116U) return 0;
    const std::uint64_t mantissa = (bits & 0x000F'FFFF'FFFF'FFFFU) | 0x0010'0000'0000'0000U;
    const Wide product = static_cast<Wide>(mantissa) * static_cast<std::uint64_t>(amount);
    // No branch on the rest: it is as good as random.
    const auto doubled = static_cast<std::uint64_t>(product >> (shift - 1U));
    const bool is_inexact = static_cast<Wide>(doubled) << (shift - 1U) != product;
    const std::uint64_t whole = doubled >> 1U;
    const std::uint64_t is_up = doubled & (whole | (is_inexact ? 1U : 0U)) & 1U;
    return static_cast<std::int64_t>(whole + is_up);
}

}  // namespace seawall
