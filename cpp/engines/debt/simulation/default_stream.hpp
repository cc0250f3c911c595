// The high 16 bits of default uniforms, for the units that are compiled for one instruction set
// each. As in default_kernel.hpp nothing here or included here may have external linkage.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engines/debt/simulation/default_block.hpp"

namespace seawall::debt {
namespace {

constexpr std::uint32_t even_multiplier = 0xD2511F53;
constexpr std::uint32_t odd_multiplier = 0xCD9E8D57;

/// The four words of a counter on their way through the rounds, in even and in odd scenarios.
template <class L>
struct Counters {
    L::Words c0[2];
    L::Words c1[2];
    L::Words c2[2];
    L::Words c3[2];
};

/// Philox4x32-10 at the counters (slot / 8, scenario low, scenario high, stream). Two of the words
/// do not depend on the scenario and two not on the slot, so that the first two rounds come apart
/// into a part of the scenarios, made here once, and a part of the slots, the StreamWords.
template <class L>
class DefaultStream {
    using Words = L::Words;

  public:
    static constexpr int first_round = 3;
    static constexpr int round_count = 10;

    [[gnu::always_inline]] DefaultStream(const DefaultBlock& block, std::size_t lane) {
        std::uint32_t key_even = block.seed_low;
        std::uint32_t key_odd = block.seed_high;
        for (auto& key : keys_) {
            key[0] = key_even;
            key[1] = key_odd;
            key_even += 0x9E3779B9U;
            key_odd += 0xBB67AE85U;
        }
        const Words even_low = L::load_words(block.scenario_low + lane);
        const Words even_high = L::load_words(block.scenario_high + lane);
        const Words low[2] = {even_low, L::high(even_low)};
        const Words high[2] = {even_high, L::high(even_high)};
        for (int half = 0; half < 2; ++half) {
            const Words first = L::product(high[half], L::word(odd_multiplier));
            const Words second =
                L::product(L::exclusive(L::high(first), low[half], L::word(keys_[0][0])),
                           L::word(even_multiplier));
            first_[half] = L::exclusive(first, L::word(keys_[1][0]));
            second_high_[half] = L::high(second);
            second_low_[half] = L::exclusive(second, L::word(keys_[2][1]));
        }
    }

    /// The counters of a group after three rounds.
    [[gnu::always_inline]] Counters<L> begin(const StreamWords& group) const {
        Counters<L> counters;
        for (int half = 0; half < 2; ++half) {
            counters.c0[half] = L::exclusive(first_[half], L::word(group.second_high));
            counters.c2[half] = L::exclusive(second_high_[half], L::word(group.first_low));
        }
        for (int half = 0; half < 2; ++half) {
            counters.c3[half] = L::product(counters.c0[half], L::word(even_multiplier));
            counters.c1[half] = L::product(counters.c2[half], L::word(odd_multiplier));
            counters.c0[half] = L::exclusive(L::high(counters.c1[half]), L::word(group.second_low));
            counters.c2[half] = L::exclusive(L::high(counters.c3[half]), second_low_[half]);
        }
        return counters;
    }
    [[gnu::always_inline]] void advance(Counters<L>& counters, int round) const {
        for (int half = 0; half < 2; ++half) {
            const Words c1 = counters.c1[half];
            const Words c3 = counters.c3[half];
            counters.c3[half] = L::product(counters.c0[half], L::word(even_multiplier));
            counters.c1[half] = L::product(counters.c2[half], L::word(odd_multiplier));
            counters.c0[half] =
                L::exclusive(L::high(counters.c1[half]), c1, L::word(keys_[round][0]));
            counters.c2[half] =
                L::exclusive(L::high(counters.c3[half]), c3, L::word(keys_[round][1]));
        }
    }
    [[gnu::always_inline]] static void join(const Counters<L>& counters, Words (&words)[4]) {
        words[0] = L::join(counters.c0[0], counters.c0[1]);
        words[1] = L::join(counters.c1[0], counters.c1[1]);
        words[2] = L::join(counters.c2[0], counters.c2[1]);
        words[3] = L::join(counters.c3[0], counters.c3[1]);
    }

  private:
    std::uint32_t keys_[round_count][2];
    Words first_[2];
    Words second_high_[2];
    Words second_low_[2];
};

}  // namespace
}  // namespace seawall::debt
