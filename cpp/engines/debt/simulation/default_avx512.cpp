// Compiled with -mavx512f -mavx512bw -mavx512dq; called only where the processor has them.
#if defined(__AVX512F__) && defined(__AVX512BW__)

#include <immintrin.h>

#include "engines/debt/simulation/default_kernel.hpp"
#include "engines/debt/simulation/phi_table.hpp"

namespace seawall::debt {
namespace {

struct Avx512 {
    using Floats = __m512;
    using Words = __m512i;
    using Sums = __m512i;
    static constexpr std::size_t width = 16;
    static constexpr float offset = -0.5F;  // with it, to the nearest integer is down
    static constexpr std::uint32_t all_bits = 0xFFFFFFFFU;

    struct Band {
        __m512i half;
        __m512i whole;
    };
    /// A draw below `lower` is a default. Less than the whole band above it, it is open.
    struct Decision {
        __m512i lower;
        __m512i above;  ///< draw − lower, modulo 2^16
        __m512i draws;
    };

    static Floats all(float value) { return _mm512_set1_ps(value); }
    static Floats load(const float* from) { return _mm512_load_ps(from); }
    static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }

    static Words word(std::uint32_t value) {
        return _mm512_set1_epi32(static_cast<std::int32_t>(value));
    }
    static Words load_words(const std::uint32_t* from) { return _mm512_load_si512(from); }
    static void store_words(std::uint32_t* to, Words words) { _mm512_store_si512(to, words); }
    static Words product(Words a, Words b) { return _mm512_mul_epu32(a, b); }
    static Words high(Words a) { return _mm512_srli_epi64(a, 32); }
    static Words exclusive(Words a, Words b) { return _mm512_xor_si512(a, b); }
    static Words exclusive(Words a, Words b, Words c) {
        return _mm512_ternarylogic_epi32(a, b, c, 0x96);
    }
    static Words join(Words even, Words odd) {
        return _mm512_mask_shuffle_epi32(even, 0xAAAA, odd, _MM_PERM_CCAA);
    }

    static Band band(std::int16_t half_width) {
        return {_mm512_set1_epi16(half_width),
                _mm512_set1_epi16(static_cast<std::int16_t>(2 * half_width))};
    }

    /// 2^16·Φ of distances, a scenario's 16 bits of the first obligor below those of the second.
    static __m512i limit(Floats first, Floats second) {
        const __m512i in_lanes = _mm512_broadcast_i32x4(
            _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
        const __m512i distance = _mm512_shuffle_epi8(
            _mm512_packs_epi32(_mm512_cvtps_epi32(first), _mm512_cvtps_epi32(second)), in_lanes);
        const __m512i sign = _mm512_srai_epi16(distance, 15);
        const __m512i step = _mm512_xor_si512(distance, sign);
        const __m512i chord = _mm512_srli_epi16(step, 9);
        const __m512i base = _mm512_permutex2var_epi16(_mm512_load_si512(phi_table.base), chord,
                                                       _mm512_load_si512(phi_table.base + 32));
        const __m512i slope = _mm512_permutex2var_epi16(_mm512_load_si512(phi_table.slope), chord,
                                                        _mm512_load_si512(phi_table.slope + 32));
        const __m512i rise = _mm512_mulhi_epu16(_mm512_slli_epi16(step, 7), slope);
        return _mm512_ternarylogic_epi32(_mm512_add_epi16(base, rise), sign,
                                         _mm512_set1_epi16(static_cast<std::int16_t>(0x8000)),
                                         0x96);
    }
    static void store_limits(Floats distance, float* limits) {
        const __m512i low = _mm512_and_si512(limit(distance, distance), word(0xFFFFU));
        _mm512_store_ps(limits, _mm512_cvtepi32_ps(low));
    }

    /// Each 32 bits of `draws` hold two obligors as limit has them.
    static Decision decide(Floats first, Floats second, Words draws, const Band& band) {
        const __m512i lower = _mm512_subs_epu16(limit(first, second), band.half);
        return {lower, _mm512_sub_epi16(draws, lower), draws};
    }
    static bool any_open(const Decision (&decisions)[4], const Band& band) {
        const __m512i least =
            _mm512_min_epu16(_mm512_min_epu16(decisions[0].above, decisions[1].above),
                             _mm512_min_epu16(decisions[2].above, decisions[3].above));
        return _mm512_cmplt_epu16_mask(least, band.whole) != 0;
    }
    static std::uint32_t default_bits(const Decision& decision) {
        return _mm512_cmplt_epu16_mask(decision.draws, decision.lower);
    }
    static std::uint32_t open_bits(const Decision& decision, const Band& band) {
        return _mm512_cmplt_epu16_mask(decision.above, band.whole) & ~default_bits(decision);
    }

    static Sums no_sums() { return _mm512_setzero_si512(); }
    static void add(const Decision& decision, const std::int16_t* limbs, Sums& sums) {
        std::int32_t pair;
        __builtin_memcpy(&pair, limbs, sizeof pair);
        const __m512i one_each = _mm512_min_epu16(_mm512_subs_epu16(decision.lower, decision.draws),
                                                  _mm512_set1_epi16(1));
        sums = _mm512_sub_epi32(sums, _mm512_madd_epi16(one_each, _mm512_set1_epi32(pair)));
    }
    static void store_sums(std::int32_t* to, Sums sums) { _mm512_store_si512(to, sums); }
};

}  // namespace

std::size_t decide_block_avx512(const DefaultBlock& block) {
    return decide_limbs<Avx512>(block);
}

void approximate_limits_avx512(const float* distance, float* limit) {
    approximate_limits<Avx512>(distance, limit);
}

}  // namespace seawall::debt

#endif
