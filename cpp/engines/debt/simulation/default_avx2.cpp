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
        __m256i below;
        __m256i above;
    };
    /// Lanes of 16 bits, all or none of them set.
    struct Decision {
        __m256i defaults;
        __m256i survives;
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
    static Band band(int half_width) { return {all_16(half_width), all_16(half_width - 1)}; }

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

    /// Each 32 bits of `draws` hold a scenario's 16 of the first obligor and above them those of
    /// the second. Without unsigned comparisons all is shifted by 2^15.
    static Decision decide(Floats first, Floats second, Words draws, const Band& band) {
        const __m256i in_lanes = _mm256_broadcastsi128_si256(
            _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
        const __m256i distance = _mm256_shuffle_epi8(
            _mm256_packs_epi32(_mm256_cvtps_epi32(first), _mm256_cvtps_epi32(second)), in_lanes);
        const __m256i sign = _mm256_srai_epi16(distance, 15);
        const __m256i below_zero = tail(_mm256_xor_si256(distance, sign));
        const __m256i limit =
            _mm256_xor_si256(below_zero, _mm256_xor_si256(sign, all_16(0x7FFF)));
        const __m256i shifted = _mm256_xor_si256(draws, all_16(-0x8000));
        return {_mm256_cmpgt_epi16(_mm256_subs_epi16(limit, band.below), shifted),
                _mm256_cmpgt_epi16(shifted, _mm256_adds_epi16(limit, band.above))};
    }
    static __m256i decided(const Decision& decision) {
        return _mm256_or_si256(decision.defaults, decision.survives);
    }
    static std::uint32_t bits(__m256i lanes) {  // one each, in order
        const __m256i bytes = _mm256_packs_epi16(lanes, lanes);
        const __m256i ordered = _mm256_permute4x64_epi64(bytes, 0xD8);
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(ordered)) & all_bits;
    }
    static bool any_open(const Decision (&decisions)[4]) {
        const __m256i all_decided =
            _mm256_and_si256(_mm256_and_si256(decided(decisions[0]), decided(decisions[1])),
                             _mm256_and_si256(decided(decisions[2]), decided(decisions[3])));
        return _mm256_movemask_epi8(all_decided) != -1;
    }
    static std::uint32_t open_bits(const Decision& decision) {
        return ~bits(decided(decision)) & all_bits;
    }
    static std::uint32_t default_bits(const Decision& decision) { return bits(decision.defaults); }

    static Sums no_sums() { return _mm256_setzero_si256(); }
    static void add(const Decision& decision, const std::int16_t* limbs, Sums& sums) {
        std::int32_t pair;
        __builtin_memcpy(&pair, limbs, sizeof pair);
        sums = _mm256_add_epi32(sums,
                                _mm256_madd_epi16(decision.defaults, _mm256_set1_epi32(pair)));
    }
    static void store_sums(std::int32_t* to, Sums sums) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(to), sums);
    }
};

}  // namespace

std::size_t decide_block_avx2(const DefaultBlock& block) {
    return decide_limbs<Avx2>(block);
}

}  // namespace seawall::debt

#endif
