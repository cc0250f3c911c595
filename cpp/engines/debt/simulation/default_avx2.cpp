// Compiled with -mavx2 -mfma; called only where the processor has both.
#if defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>

#include "engines/debt/simulation/default_kernel.hpp"

namespace seawall::debt {
namespace {

struct Avx2 {
    using Floats = __m256;
    using Words = __m256i;
    using Sums = __m256i;
    static constexpr std::size_t width = 8;
    static constexpr float offset = -0.5F;  // with it, to the nearest integer is down
    static constexpr std::uint32_t all_bits = 0xFFFFU;

    struct Band {
        __m256i half;
        __m256i last;  ///< of the whole band
    };
    struct Decision {
        __m256i defaults;  ///< lanes of 16 bits, all or none of them set
        __m256i above;     ///< draw − lower end of the band, modulo 2^16
    };

    static Floats all(float value) { return _mm256_set1_ps(value); }
    static Floats load(const float* from) { return _mm256_load_ps(from); }
    static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }

    static Words word(std::uint32_t value) {
        return _mm256_set1_epi32(static_cast<std::int32_t>(value));
    }
    static Words load_words(const std::uint32_t* from) {
        return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
    }
    static void store_words(std::uint32_t* to, Words words) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(to), words);
    }
    static Words product(Words a, Words b) { return _mm256_mul_epu32(a, b); }
    static Words high(Words a) { return _mm256_srli_epi64(a, 32); }
    static Words exclusive(Words a, Words b) { return _mm256_xor_si256(a, b); }
    static Words exclusive(Words a, Words b, Words c) { return exclusive(exclusive(a, b), c); }
    static Words join(Words even, Words odd) {
        return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
    }

    static __m256i all_16(int value) { return _mm256_set1_epi16(static_cast<std::int16_t>(value)); }
    static Band band(std::int16_t half_width) {
        return {all_16(half_width), all_16(2 * half_width - 1)};
    }

    /// 2·2^15·Φ(-t) for t = step/8192, by the eighth power of a polynomial in t/4 (fitted to the
    /// least largest error of the whole).
    static __m256i tail(__m256i step) {
        __m256i root = _mm256_add_epi16(_mm256_mulhrs_epi16(step, all_16(8125)), all_16(2347));
        root = _mm256_add_epi16(_mm256_mulhrs_epi16(step, root), all_16(-19133));
        root = _mm256_add_epi16(_mm256_mulhrs_epi16(step, root), all_16(-13010));
        root = _mm256_add_epi16(_mm256_mulhrs_epi16(step, root), all_16(32767));
        for (int square = 0; square < 3; ++square) root = _mm256_mulhrs_epi16(root, root);
        return root;
    }

    /// 2^16·Φ of distances less 2^15, as there is no unsigned comparison: a scenario's 16 bits of
    /// the first obligor below those of the second.
    static __m256i limit(Floats first, Floats second) {
        const __m256i in_lanes = _mm256_broadcastsi128_si256(
            _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
        const __m256i distance = _mm256_shuffle_epi8(
            _mm256_packs_epi32(_mm256_cvtps_epi32(first), _mm256_cvtps_epi32(second)), in_lanes);
        const __m256i sign = _mm256_srai_epi16(distance, 15);
        const __m256i below_zero = tail(_mm256_xor_si256(distance, sign));
        return _mm256_xor_si256(below_zero, _mm256_xor_si256(sign, all_16(0x7FFF)));
    }
    static void store_limits(Floats distance, float* limits) {
        const __m256i shifted = _mm256_xor_si256(limit(distance, distance), all_16(-0x8000));
        const __m256i low = _mm256_and_si256(shifted, word(0xFFFFU));
        _mm256_store_ps(limits, _mm256_cvtepi32_ps(low));
    }

    /// Each 32 bits of `draws` hold two obligors as limit has them.
    static Decision decide(Floats first, Floats second, Words draws, const Band& band) {
        const __m256i shifted = _mm256_xor_si256(draws, all_16(-0x8000));
        const __m256i lower = _mm256_subs_epi16(limit(first, second), band.half);
        return {_mm256_cmpgt_epi16(lower, shifted), _mm256_sub_epi16(shifted, lower)};
    }
    /// Lanes in the band or below it, where that passes 2^16.
    static __m256i in_band(__m256i above, const Band& band) {
        return _mm256_cmpeq_epi16(_mm256_subs_epu16(above, band.last), _mm256_setzero_si256());
    }
    static std::uint32_t bits(__m256i lanes) {  // one each, in order
        const __m256i bytes = _mm256_packs_epi16(lanes, lanes);
        const __m256i ordered = _mm256_permute4x64_epi64(bytes, 0xD8);
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(ordered)) & all_bits;
    }
    static bool any_open(const Decision (&decisions)[4], const Band& band) {
        const __m256i least =
            _mm256_min_epu16(_mm256_min_epu16(decisions[0].above, decisions[1].above),
                             _mm256_min_epu16(decisions[2].above, decisions[3].above));
        return _mm256_movemask_epi8(in_band(least, band)) != 0;
    }
    static std::uint32_t default_bits(const Decision& decision) { return bits(decision.defaults); }
    static std::uint32_t open_bits(const Decision& decision, const Band& band) {
        return bits(_mm256_andnot_si256(decision.defaults, in_band(decision.above, band)));
    }

    static Sums no_sums() { return _mm256_setzero_si256(); }
    static void add(const Decision& decision, const std::int16_t* limbs, Sums& sums) {
        std::int32_t pair;
        __builtin_memcpy(&pair, limbs, sizeof pair);
        sums =
            _mm256_add_epi32(sums, _mm256_madd_epi16(decision.defaults, _mm256_set1_epi32(pair)));
    }
    static void store_sums(std::int32_t* to, Sums sums) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(to), sums);
    }
};

}  // namespace

std::size_t decide_block_avx2(const DefaultBlock& block) {
    return decide_limbs<Avx2>(block);
}

void approximate_limits_avx2(const float* distance, float* limit) {
    approximate_limits<Avx2>(distance, limit);
}

}  // namespace seawall::debt

#endif
