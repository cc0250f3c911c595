// For any processor: the compiler's own vectors of 16 bytes.
#include "engines/debt/simulation/default_kernel.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace seawall::debt {
namespace {

struct Baseline {
    using Floats = float __attribute__((vector_size(16)));
    using Integers = std::int32_t __attribute__((vector_size(16)));  // as a mask −1 or 0
    using Words = std::uint64_t __attribute__((vector_size(16)));
    using Sums = Integers;
    static constexpr std::size_t width = 4;
    static constexpr float offset = 0.0F;
    static constexpr std::uint32_t all_bits = 0xFFU;

    using Band = Floats;
    struct Decision {
        Integers defaults[2];
        Integers may_default[2];
    };

    static Floats all(float value) { return Floats{value, value, value, value}; }
    static Floats load(const float* from) { return *reinterpret_cast<const Floats*>(from); }
    static Floats multiply_add(Floats a, Floats b, Floats c) { return a * b + c; }

    static Words word(std::uint32_t value) { return Words{value, value}; }
    static Words load_words(const std::uint32_t* from) {
        Words words;
        __builtin_memcpy(&words, from, sizeof words);
        return words;
    }
    static void store_words(std::uint32_t* to, Words words) {
        __builtin_memcpy(to, &words, sizeof words);
    }
    static Words product(Words a, Words b) {
#if defined(__SSE2__)
        return reinterpret_cast<Words>(
            _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
        const Words low = word(0xFFFFFFFFU);
        return (a & low) * (b & low);
#endif
    }
    static Words high(Words a) { return a >> 32U; }
    static Words exclusive(Words a, Words b) { return a ^ b; }
    static Words exclusive(Words a, Words b, Words c) { return a ^ b ^ c; }
    static Words join(Words even, Words odd) { return (even & word(0xFFFFFFFFU)) | (odd << 32U); }

    static Band band(std::int16_t half_width) { return all(static_cast<float>(half_width)); }

    /// 2^16·Φ of a distance: of its size by the fourth power of a polynomial in t/4 (fitted to the
    /// least largest error of the whole).
    static Floats limit(Floats distance) {
        const Floats size = distance < all(0.0F) ? -distance : distance;
        const Floats quarter = (size < all(32768.0F) ? size : all(32768.0F)) * all(0x1p-15F);
        Floats root = quarter * all(-0.77389586F) + all(1.20780897F);
        root = root * quarter + all(0.40992671F);
        root = root * quarter + all(-0.96908987F);
        root = root * quarter + all(-0.79699670F);
        root = root * quarter + all(0.99999183F);
        const Floats square = root * root;
        const Floats tail = square * square * all(32768.0F);
        return distance < all(0.0F) ? tail : all(65536.0F) - tail;
    }
    static void store_limits(Floats distance, float* limits) {
        const Floats values = limit(distance);
        __builtin_memcpy(limits, &values, sizeof values);
    }
    static void decide_one(Floats distance, Integers draws, const Band& band, Integers& defaults,
                           Integers& may_default) {
        const Floats draw = __builtin_convertvector(draws, Floats);
        const Floats above = draw - limit(distance);
        defaults = above < -band;
        may_default = above < band;
    }
    /// Each 32 bits of `draws` hold a scenario's 16 of the first obligor and above them those of
    /// the second.
    static Decision decide(Floats first, Floats second, Words draws, const Band& band) {
        const Integers words = reinterpret_cast<Integers>(draws);
        const Integers low = Integers{} + 0xFFFF;
        Decision decision;
        decide_one(first, words & low, band, decision.defaults[0], decision.may_default[0]);
        decide_one(second, (words >> 16) & low, band, decision.defaults[1],
                   decision.may_default[1]);
        return decision;
    }
    static bool any_open(const Decision (&decisions)[4], const Band&) {
        Integers open{};
        for (const Decision& decision : decisions) {
            open |= (decision.defaults[0] ^ decision.may_default[0]) |
                    (decision.defaults[1] ^ decision.may_default[1]);
        }
        const Words any = reinterpret_cast<Words>(open);
        return (any[0] | any[1]) != 0;
    }
    static std::uint32_t bits(Integers first, Integers second) {
        std::uint32_t result = 0;
        for (unsigned i = 0; i < 4; ++i) {
            result |= (first[i] != 0 ? 1U : 0U) << (2 * i);
            result |= (second[i] != 0 ? 2U : 0U) << (2 * i);
        }
        return result;
    }
    static std::uint32_t open_bits(const Decision& decision, const Band&) {
        return bits(decision.defaults[0] ^ decision.may_default[0],
                    decision.defaults[1] ^ decision.may_default[1]);
    }
    static std::uint32_t default_bits(const Decision& decision) {
        return bits(decision.defaults[0], decision.defaults[1]);
    }

    static Sums no_sums() { return Sums{}; }
    static void add(const Decision& decision, const std::int16_t* limbs, Sums& sums) {
        sums -= (decision.defaults[0] & (Integers{} + limbs[0])) +
                (decision.defaults[1] & (Integers{} + limbs[1]));
    }
    static void store_sums(std::int32_t* to, Sums sums) {
        __builtin_memcpy(to, &sums, sizeof sums);
    }
};

}  // namespace

std::size_t decide_block_baseline(const DefaultBlock& block) {
    return decide_limbs<Baseline>(block);
}

void approximate_limits_baseline(const float* distance, float* limit) {
    approximate_limits<Baseline>(distance, limit);
}

}  // namespace seawall::debt
