#pragma once

#include <cstddef>
#include <cstdint>

namespace seawall::debt {

/// Obligors that one draw of random words serves: those of eight consecutive slots.
inline constexpr std::size_t group_obligors = 8;
/// Scenarios that one call decides, whatever the width of a register; the last block is padded.
inline constexpr std::size_t block_scenarios = 16;
/// Bits of a loss in a limb: a sum of int32 holds thousands of them.
inline constexpr std::size_t limb_bits = 15;
/// Groups of a tile, whose loadings stay in cache while the scenarios pass. Their limbs cannot
/// overflow an int32.
inline constexpr std::size_t tile_groups = 256;
static_assert(tile_groups * group_obligors << limb_bits < std::size_t{1} << 31U);
/// Distances and factors are in 1/8192, so that an int16 holds ±4 standard deviations.
inline constexpr float distance_scale = 8192.0F;
/// Filter bands from here on decide nothing, and the distance may pass an int32.
inline constexpr float widest_band = 1000.0F;

/// What the first two rounds of the default stream make of a group and the seed alone.
struct StreamWords {
    std::uint32_t second_high;
    std::uint32_t second_low;
    std::uint32_t first_low;
};

/// A lane that the filter left open.
struct OpenLane {
    std::uint32_t obligor;   ///< group of the tile · group_obligors + place in the group
    std::uint16_t draw;      ///< the high 16 bits of the default uniform
    std::uint16_t scenario;  ///< of the block
};

/// Some groups of obligors under block_scenarios scenarios. Arrays of scenarios are aligned to
/// 64 bytes.
struct DefaultBlock {
    std::size_t group_count;  ///< at most tile_groups
    std::size_t factor_count;
    const StreamWords* stream;       ///< of each group
    const float* threshold;          ///< A, of shape (group, 8)
    const float* loading;            ///< b, of shape (group, factor, 8)
    const float* largest_threshold;  ///< of |A| in each group
    const float* largest_loading;    ///< of |b| in each group
    const std::int16_t* loss_limb;   ///< minus the limbs, of shape (group, 4, limb, 2)
    std::size_t limb_count;          ///< 2, 3 or 5

    std::uint32_t seed_low;
    std::uint32_t seed_high;
    const std::uint32_t* scenario_low;
    const std::uint32_t* scenario_high;
    const float* factor;       ///< -8192·z, of shape (factor, block_scenarios)
    const float* mixing_root;  ///< 8192·√(W/ν)
    float largest_factor;      ///< of |z| in the block
    float largest_mixing_root;
    /// The filter's half-width is table_error + float_error·(|A|·√(W/ν) + |b|·|z|), of 2^-16.
    float table_error;
    float float_error;

    std::int64_t* loss_sum;   ///< the kernel adds to it, a scenario each
    std::uint16_t* defaults;  ///< a bit a scenario, of each obligor; null: not wanted
    OpenLane* open_lanes;     ///< room for all lanes
};

/// The most that a kernel's filter is off, in 2^-16: its approximation of Φ as the tests find it
/// over all distances, 0.02 for the rounding of the band and for what underflows, and 1 where the
/// limit is no integer.
inline constexpr float baseline_table_error = 2.45F;
inline constexpr float avx2_table_error = 12.25F;
inline constexpr float avx512_table_error = 6.2F;

/// Adds the losses, or sets the bits, of the lanes that default for certain; returns the number of
/// those left open. One kernel, compiled for several instruction sets.
std::size_t decide_block_baseline(const DefaultBlock& block);
std::size_t decide_block_avx2(const DefaultBlock& block);
std::size_t decide_block_avx512(const DefaultBlock& block);

/// 2^16·Φ of block_scenarios distances times 8192 as the kernel takes it: what its table_error is
/// the error of.
void approximate_limits_baseline(const float* distance, float* limit);
void approximate_limits_avx2(const float* distance, float* limit);
void approximate_limits_avx512(const float* distance, float* limit);

}  // namespace seawall::debt
