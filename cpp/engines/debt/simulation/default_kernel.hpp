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

namespace seawall::debt {
namespace {

constexpr std::uint32_t philox_even = 0xD2511F53;
constexpr std::uint32_t philox_odd = 0xCD9E8D57;
constexpr std::uint32_t weyl_even = 0x9E3779B9;
constexpr std::uint32_t weyl_odd = 0xBB67AE85;
constexpr int philox_rounds = 10;
constexpr std::uint32_t high_stream = 2;  ///< RandomStream::default_high

constexpr std::uint32_t high_half(std::uint64_t product) {
    return static_cast<std::uint32_t>(product >> 32U);
}
constexpr std::uint32_t low_half(std::uint64_t product) {
    return static_cast<std::uint32_t>(product);
}

/// A word in even and in odd scenarios.
template <class L>
struct Halves {
    typename L::Words even;
    typename L::Words odd;
};

/// Philox4x32-10 at the counters (block, scenario low, scenario high, stream 2). Two of the four
/// counters do not depend on the scenario and two not on the block, so that the first two rounds
/// come apart into a part of the scenarios, made here once, and a scalar part of the block.
template <class L>
class DefaultStream {
  public:
    [[gnu::always_inline]] DefaultStream(const DefaultBlock& block, std::size_t lane) {
        std::uint32_t key_even = block.seed_low;
        std::uint32_t key_odd = block.seed_high;
        for (int round = 0; round < philox_rounds; ++round) {
            keys_[round][0] = key_even;
            keys_[round][1] = key_odd;
            key_even += weyl_even;
            key_odd += weyl_odd;
        }
        set(L::load_words(block.scenario_low + lane), L::load_words(block.scenario_high + lane),
            after_even_, after_odd_high_, after_odd_low_, &Halves<L>::even);
        set(L::high(L::load_words(block.scenario_low + lane)),
            L::high(L::load_words(block.scenario_high + lane)), after_even_, after_odd_high_,
            after_odd_low_, &Halves<L>::odd);
    }

    /// The four words of a block of the stream, joined.
    [[gnu::always_inline]] void words(std::uint32_t block, typename L::Words (&joined)[4]) const {
        const std::uint64_t first = std::uint64_t{philox_even} * block;
        const std::uint64_t second =
            std::uint64_t{philox_odd} * (high_half(first) ^ high_stream ^ keys_[0][1]);
        const std::uint32_t from_second = high_half(second);
        const std::uint32_t from_first = low_half(first);
        const std::uint32_t third = low_half(second) ^ keys_[2][0];
        typename L::Words even[4];
        typename L::Words odd[4];
        rounds(after_even_.even, after_odd_high_.even, after_odd_low_.even, from_second, from_first,
               third, even);
        rounds(after_even_.odd, after_odd_high_.odd, after_odd_low_.odd, from_second, from_first,
               third, odd);
#pragma GCC unroll 4
        for (int word = 0; word < 4; ++word) joined[word] = L::join(even[word], odd[word]);
    }

  private:
    using Words = typename L::Words;

    /// What two rounds make of the scenarios alone.
    [[gnu::always_inline]] void set(Words low, Words high, Halves<L>& even, Halves<L>& odd_high,
                                    Halves<L>& odd_low, Words Halves<L>::*half) const {
        const Words product = L::product(high, L::word(philox_odd));
        const Words first = L::exclusive(L::high(product), low, L::word(keys_[0][0]));
        const Words next = L::product(first, L::word(philox_even));
        even.*half = L::exclusive(product, L::word(keys_[1][0]));
        odd_high.*half = L::exclusive(L::high(next), L::word(keys_[1][1]));
        odd_low.*half = L::exclusive(next, L::word(keys_[2][1]));
    }

    [[gnu::always_inline]] void rounds(Words even, Words odd_high, Words odd_low,
                                       std::uint32_t from_second, std::uint32_t from_first,
                                       std::uint32_t third, Words (&result)[4]) const {
        Words c0 = L::exclusive(even, L::word(from_second));
        Words c2 = L::exclusive(odd_high, L::word(from_first));
        Words p0 = L::product(c0, L::word(philox_even));
        Words p1 = L::product(c2, L::word(philox_odd));
        c0 = L::exclusive(L::high(p1), L::word(third));
        c2 = L::exclusive(L::high(p0), odd_low);
#pragma GCC unroll 8
        for (int round = 3; round < philox_rounds; ++round) {
            const Words c1 = p1;
            const Words c3 = p0;
            p0 = L::product(c0, L::word(philox_even));
            p1 = L::product(c2, L::word(philox_odd));
            c0 = L::exclusive(L::high(p1), c1, L::word(keys_[round][0]));
            c2 = L::exclusive(L::high(p0), c3, L::word(keys_[round][1]));
        }
        result[0] = c0;
        result[1] = p1;
        result[2] = c2;
        result[3] = p0;
    }

    std::uint32_t keys_[philox_rounds][2];
    Halves<L> after_even_;
    Halves<L> after_odd_high_;
    Halves<L> after_odd_low_;
};

/// Of 32 bits the 16 with even places, or those with odd places moved down by one.
inline std::uint16_t even_bits(std::uint32_t bits) {
    bits &= 0x55555555U;
    bits = (bits | (bits >> 1U)) & 0x33333333U;
    bits = (bits | (bits >> 2U)) & 0x0F0F0F0FU;
    bits = (bits | (bits >> 4U)) & 0x00FF00FFU;
    return static_cast<std::uint16_t>(bits | (bits >> 8U));
}

/// Lists the lanes of a pair of obligors whose bits are set: bit 2·scenario + obligor.
template <class L>
[[gnu::noinline]] OpenLane* list_open(std::uint32_t bits, typename L::Words word,
                                      std::size_t obligor, std::size_t lane, OpenLane* next) {
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

/// A − b'z of the eight obligors of a group, times 8192.
template <class L>
[[gnu::always_inline]] inline void set_distances(const DefaultBlock& block, std::size_t group,
                                                 std::size_t lane,
                                                 typename L::Floats (&distance)[group_obligors]) {
    const float* const threshold = block.threshold + group * group_obligors;
    const float* loading = block.loading + group * group_obligors * block.factor_count;
    const float* factor = block.factor + lane;
    const typename L::Floats root = L::load(block.mixing_root + lane);
#pragma GCC unroll 8
    for (std::size_t o = 0; o < group_obligors; ++o) {
        distance[o] = L::multiply_add(L::all(threshold[o]), root, L::all(L::offset));
    }
    for (std::size_t k = 0; k < block.factor_count; ++k) {
        const typename L::Floats z = L::load(factor);
#pragma GCC unroll 8
        for (std::size_t o = 0; o < group_obligors; ++o) {
            distance[o] = L::multiply_add(L::all(loading[o]), z, distance[o]);
        }
        loading += group_obligors;
        factor += block_scenarios;
    }
}

template <class L, std::size_t limb_count>
[[gnu::always_inline]] inline OpenLane* decide_lanes(const DefaultBlock& block, std::size_t lane,
                                                     OpenLane* next) {
    const DefaultStream<L> stream(block, lane);
    typename L::Sums sums[limb_count];
    for (auto& sum : sums) sum = L::no_sums();
    for (std::size_t group = 0; group < block.group_count; ++group) {
        typename L::Words words[4];
        stream.words(block.stream_block[group], words);
        const std::size_t obligor = group * group_obligors;
        const float band = block.table_error +
                           block.float_error *
                               (block.largest_threshold[group] * block.largest_mixing_root +
                                block.largest_loading[group] * block.largest_factor);
        const bool is_decidable = band < widest_band;
        if (!is_decidable) [[unlikely]] {
            for (std::size_t pair = 0; pair < 4; ++pair) {
                next = list_open<L>(L::all_bits, words[pair], obligor + 2 * pair, lane, next);
            }
            continue;
        }
        typename L::Floats distance[group_obligors];
        set_distances<L>(block, group, lane, distance);
        const auto width = L::band(static_cast<int>(band) + 1);
        const std::int16_t* const limbs = block.loss_limb + group * group_obligors * limb_count;
        typename L::Decision decisions[4];
#pragma GCC unroll 4
        for (std::size_t pair = 0; pair < 4; ++pair) {
            decisions[pair] =
                L::decide(distance[2 * pair], distance[2 * pair + 1], words[pair], width);
#pragma GCC unroll 5
            for (std::size_t limb = 0; limb < limb_count; ++limb) {
                L::add(decisions[pair], limbs + 2 * (pair * limb_count + limb), sums[limb]);
            }
        }
        if (L::any_open(decisions)) [[unlikely]] {
            for (std::size_t pair = 0; pair < 4; ++pair) {
                next = list_open<L>(L::open_bits(decisions[pair]), words[pair], obligor + 2 * pair,
                                    lane, next);
            }
        }
        if (block.defaults != nullptr) {
            for (std::size_t pair = 0; pair < 4; ++pair) {
                const std::uint32_t bits = L::default_bits(decisions[pair]);
                std::uint16_t* const masks = block.defaults + obligor + 2 * pair;
                masks[0] = static_cast<std::uint16_t>(masks[0] | (even_bits(bits) << lane));
                masks[1] = static_cast<std::uint16_t>(masks[1] | (even_bits(bits >> 1U) << lane));
            }
        }
    }
    for (std::size_t limb = 0; limb < limb_count; ++limb) {
        alignas(64) std::int32_t values[L::width];
        L::store_sums(values, sums[limb]);
        for (std::size_t i = 0; i < L::width; ++i) {
            block.loss_sum[lane + i] += std::int64_t{values[i]} << (limb * limb_bits);
        }
    }
    return next;
}

template <class L, std::size_t limb_count>
std::size_t decide_all_lanes(const DefaultBlock& block) {
    static_assert(block_scenarios % L::width == 0);
    OpenLane* next = block.open_lanes;
    for (std::size_t lane = 0; lane < block_scenarios; lane += L::width) {
        next = decide_lanes<L, limb_count>(block, lane, next);
    }
    return static_cast<std::size_t>(next - block.open_lanes);
}

/// Losses of up to 2^30, 2^45 and 2^75 minor units.
template <class L>
std::size_t decide_limbs(const DefaultBlock& block) {
    if (block.limb_count == 2) return decide_all_lanes<L, 2>(block);
    if (block.limb_count == 3) return decide_all_lanes<L, 3>(block);
    return decide_all_lanes<L, 5>(block);
}

}  // namespace
}  // namespace seawall::debt
