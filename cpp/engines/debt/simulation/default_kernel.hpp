// The decision of defaults, for the units that are compiled for one instruction set each. Nothing
// here or included here may have external linkage: what the linker may merge could run on a
// processor without the instructions. Hence the unnamed namespace, and no standard library.
//
// A set L of instructions holds `width` scenarios: Floats a float each; Words two registers' worth,
// the scenarios with even numbers in one and those with odd numbers in the other, each in the low
// half of 64 bits, where they are multiplied; a joined register has the 32 bits of all in order.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engines/debt/simulation/default_block.hpp"
#include "engines/debt/simulation/default_stream.hpp"

namespace seawall::debt {
namespace {

/// Of 32 bits the 16 with even places, or those with odd places moved down by one.
inline std::uint32_t even_bits(std::uint32_t bits) {
    bits &= 0x55555555U;
    bits = (bits | (bits >> 1U)) & 0x33333333U;
    bits = (bits | (bits >> 2U)) & 0x0F0F0F0FU;
    bits = (bits | (bits >> 4U)) & 0x00FF00FFU;
    return (bits | (bits >> 8U)) & 0xFFFFU;
}

/// Lists the lanes of a pair of obligors whose bits are set: bit 2·scenario + obligor.
template <class L>
OpenLane* list_pair(std::uint32_t bits, typename L::Words word, std::size_t obligor,
                    std::size_t lane, OpenLane* next) {
    alignas(64) std::uint32_t draws[L::width];
    L::store_words(draws, word);
    for (; bits != 0; bits &= bits - 1) {
        const auto place = static_cast<std::uint32_t>(__builtin_ctz(bits));
        const std::uint32_t scenario = place >> 1U;
        const std::uint32_t second = place & 1U;
        *next++ = {static_cast<std::uint32_t>(obligor) + second,
                   static_cast<std::uint16_t>(draws[scenario] >> (16U * second)),
                   static_cast<std::uint16_t>(lane + scenario)};
    }
    return next;
}

/// A − b'z of the eight obligors of a group, times 8192. Meanwhile the counters of the next group
/// go through their rounds: products of integers fill what the sums leave idle.
template <class L>
[[gnu::always_inline]] inline void set_distances(const DefaultBlock& block, std::size_t group,
                                                 std::size_t lane,
                                                 typename L::Floats (&distance)[group_obligors],
                                                 const DefaultStream<L>& stream,
                                                 Counters<L>& counters) {
    const float* const threshold = block.threshold + group * group_obligors;
    const float* loading = block.loading + group * group_obligors * block.factor_count;
    const float* factor = block.factor + lane;
    const float* const end = factor + block.factor_count * block_scenarios;
    const auto add_factor = [&]() __attribute__((always_inline)) {
        const typename L::Floats z = L::load(factor);
#pragma GCC unroll 8
        for (std::size_t o = 0; o < group_obligors; ++o) {
            distance[o] = L::multiply_add(L::all(loading[o]), z, distance[o]);
        }
        loading += group_obligors;
        factor += block_scenarios;
    };
    const typename L::Floats root = L::load(block.mixing_root + lane);
#pragma GCC unroll 8
    for (std::size_t o = 0; o < group_obligors; ++o) {
        distance[o] = L::multiply_add(L::all(threshold[o]), root, L::all(L::offset));
    }
#pragma GCC unroll 8
    for (int round = DefaultStream<L>::first_round; round < DefaultStream<L>::round_count;
         ++round) {
        stream.advance(counters, round);
        if (factor != end) add_factor();
    }
    while (factor != end) add_factor();
}

/// The filter's half-widths for each group, rounded up; 0 where it can decide nothing.
struct Bands {
    explicit Bands(const DefaultBlock& block) {
        for (std::size_t group = 0; group < block.group_count; ++group) {
            const float band =
                block.table_error +
                block.float_error * (block.largest_threshold[group] * block.largest_mixing_root +
                                     block.largest_loading[group] * block.largest_factor);
            const float decidable = band < widest_band ? band : -1.0F;
            half_width[group] = static_cast<std::int16_t>(static_cast<int>(decidable) + 1);
        }
    }
    std::int16_t half_width[tile_groups];
};

template <class L>
[[gnu::always_inline]] inline void decide_pairs(
    const typename L::Floats (&distance)[group_obligors], const typename L::Words (&words)[4],
    const typename L::Band& band, typename L::Decision (&decisions)[4]) {
#pragma GCC unroll 4
    for (std::size_t pair = 0; pair < 4; ++pair) {
        decisions[pair] = L::decide(distance[2 * pair], distance[2 * pair + 1], words[pair], band);
    }
}

/// Lists the open lanes of a group, which is decided once more for that: it is rare, and the loop
/// over the groups need not keep what this needs.
template <class L>
[[gnu::noinline]] OpenLane* list_open(const DefaultBlock& block, const Bands& bands,
                                      const DefaultStream<L>& stream, std::size_t group,
                                      std::size_t lane, OpenLane* next) {
    typename L::Floats distance[group_obligors];
    typename L::Words words[4];
    Counters<L> counters = stream.begin(block.stream[group]);
    set_distances<L>(block, group, lane, distance, stream, counters);
    stream.join(counters, words);
    const auto band = L::band(bands.half_width[group]);
    typename L::Decision decisions[4];
    decide_pairs<L>(distance, words, band, decisions);
    for (std::size_t pair = 0; pair < 4; ++pair) {
        const std::uint32_t bits =
            bands.half_width[group] == 0 ? L::all_bits : L::open_bits(decisions[pair], band);
        next = list_pair<L>(bits, words[pair], group * group_obligors + 2 * pair, lane, next);
    }
    return next;
}

template <class L>
void set_defaults(const typename L::Decision (&decisions)[4], std::size_t lane,
                  std::uint16_t* defaults) {
    for (std::size_t pair = 0; pair < 4; ++pair) {
        const std::uint32_t bits = L::default_bits(decisions[pair]);
        std::uint16_t* const masks = defaults + 2 * pair;
        masks[0] = static_cast<std::uint16_t>(masks[0] | even_bits(bits) << lane);
        masks[1] = static_cast<std::uint16_t>(masks[1] | even_bits(bits >> 1U) << lane);
    }
}

template <class L, std::size_t limb_count>
[[gnu::always_inline]] inline OpenLane* decide_lanes(const DefaultBlock& block, const Bands& bands,
                                                     std::size_t lane, OpenLane* next) {
    const DefaultStream<L> stream(block, lane);
    std::uint16_t open_groups[tile_groups];
    std::size_t open_count = 0;
    typename L::Sums sums[limb_count + 1];  // an array has an element
    for (auto& sum : sums) sum = L::no_sums();
    Counters<L> counters = stream.begin(block.stream[0]);
    for (int round = stream.first_round; round < stream.round_count; ++round) {
        stream.advance(counters, round);
    }
    for (std::size_t group = 0; group < block.group_count; ++group) {
        typename L::Words words[4];
        stream.join(counters, words);
        counters = stream.begin(block.stream[group + 1]);
        typename L::Floats distance[group_obligors];
        set_distances<L>(block, group, lane, distance, stream, counters);
        open_groups[open_count] = static_cast<std::uint16_t>(group);
        if (bands.half_width[group] == 0) [[unlikely]] {
            ++open_count;
            continue;
        }
        const auto band = L::band(bands.half_width[group]);
        typename L::Decision decisions[4];
        decide_pairs<L>(distance, words, band, decisions);
        const std::int16_t* const limbs = block.loss_limb + group * group_obligors * limb_count;
#pragma GCC unroll 4
        for (std::size_t pair = 0; pair < 4; ++pair) {
#pragma GCC unroll 5
            for (std::size_t limb = 0; limb < limb_count; ++limb) {
                L::add(decisions[pair], limbs + 2 * (pair * limb_count + limb), sums[limb]);
            }
        }
        open_count += L::any_open(decisions, band) ? 1 : 0;  // a branch would often be missed
        if constexpr (limb_count == 0) {
            set_defaults<L>(decisions, lane, block.defaults + group * group_obligors);
        }
    }
    for (std::size_t i = 0; i < open_count; ++i) {
        next = list_open<L>(block, bands, stream, open_groups[i], lane, next);
    }
    for (std::size_t limb = 0; limb < limb_count; ++limb) {
        alignas(64) std::int32_t values[L::width];
        L::store_sums(values, sums[limb]);
        const auto unit = static_cast<std::int64_t>(std::uint64_t{1} << (limb * limb_bits));
        for (std::size_t i = 0; i < L::width; ++i) {
            block.loss_sum[lane + i] += values[i] * unit;
        }
    }
    return next;
}

template <class L, std::size_t limb_count>
std::size_t decide_all_lanes(const DefaultBlock& block) {
    static_assert(block_scenarios % L::width == 0);
    const Bands bands(block);
    OpenLane* next = block.open_lanes;
    for (std::size_t lane = 0; lane < block_scenarios; lane += L::width) {
        next = decide_lanes<L, limb_count>(block, bands, lane, next);
    }
    return static_cast<std::size_t>(next - block.open_lanes);
}

template <class L>
void approximate_limits(const float* distance, float* limit) {
    for (std::size_t lane = 0; lane < block_scenarios; lane += L::width) {
        L::store_limits(L::multiply_add(L::load(distance + lane), L::all(1.0F), L::all(L::offset)),
                        limit + lane);
    }
}

/// Losses of up to 2^30, 2^45 and 2^75 minor units.
template <class L>
std::size_t decide_limbs(const DefaultBlock& block) {
    if (block.defaults != nullptr) return decide_all_lanes<L, 0>(block);
    if (block.limb_count == 2) return decide_all_lanes<L, 2>(block);
    if (block.limb_count == 3) return decide_all_lanes<L, 3>(block);
    return decide_all_lanes<L, 5>(block);
}

}  // namespace
}  // namespace seawall::debt
