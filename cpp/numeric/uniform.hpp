#pragma once

#include <cstddef>
#include <cstdint>

#include "numeric/philox.hpp"

// The random stream: which word of which Philox block a draw takes. Each draw has its own counter,
// so that no draw moves another.
namespace seawall {

enum class RandomStream : std::uint32_t {
    factors = 0,
    mixing = 1,        ///< the chi-squared variable of Student's t
    default_high = 2,  ///< the high 16 bits of default uniforms
    default_low = 3,   ///< their low 32 bits
    recovery = 4,
    collateral = 5,
    scramble = 6,
};

/// A block of a stream's words in one scenario.
constexpr PhiloxBlock stream_block(std::uint64_t seed, RandomStream stream, std::uint64_t scenario,
                                   std::uint32_t block) {
    return philox4x32_10(
        {block, static_cast<std::uint32_t>(scenario), static_cast<std::uint32_t>(scenario >> 32U),
         static_cast<std::uint32_t>(stream)},
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
}

/// The 53 bits k of two words, at the midpoint (k + ½)·2⁻⁵³ rounded half to even: from 2⁻⁵⁴ to
/// 1 − 2⁻⁵³, which also takes the draw that would round to 1.
constexpr double uniform_53(std::uint32_t high, std::uint32_t low) {
    const std::uint64_t bits = ((std::uint64_t{high} << 32U) | low) >> 11U;
    const double uniform = (static_cast<double>(bits) + 0.5) * 0x1p-53;
    return uniform < 1.0 ? uniform : 1.0 - 0x1p-53;
}

/// Draw `index` of a stream of 53-bit uniforms: two to a block, the even word high.
constexpr double stream_uniform_53(std::uint64_t seed, RandomStream stream, std::uint64_t scenario,
                                   std::uint32_t index) {
    const PhiloxBlock words = stream_block(seed, stream, scenario, index >> 1U);
    const std::size_t first = std::size_t{index & 1U} * 2;
    return uniform_53(words[first], words[first + 1]);
}

/// The high 16 bits of a slot's default uniform: eight slots to a block, two to a word, the even
/// slot in its low half.
constexpr std::uint16_t default_high_16(std::uint64_t seed, std::uint64_t scenario,
                                        std::uint32_t slot) {
    const PhiloxBlock words = stream_block(seed, RandomStream::default_high, scenario, slot >> 3U);
    return static_cast<std::uint16_t>(words[(slot & 7U) >> 1U] >> ((slot & 1U) * 16U));
}

/// A slot's default uniform times 2⁴⁸: 16 bits above 32, these four slots to a block.
constexpr std::uint64_t default_uniform_48(std::uint64_t seed, std::uint64_t scenario,
                                           std::uint32_t slot) {
    const PhiloxBlock words = stream_block(seed, RandomStream::default_low, scenario, slot >> 2U);
    return (std::uint64_t{default_high_16(seed, scenario, slot)} << 32U) | words[slot & 3U];
}

}  // namespace seawall
