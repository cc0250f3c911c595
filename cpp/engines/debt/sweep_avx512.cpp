// Compiled with -mavx512f -mavx512dq; called only where the processor has them.
#if defined(__AVX512F__) && defined(__AVX512DQ__)

#include <immintrin.h>

#include "engines/debt/sweep_kernel.hpp"

namespace seawall::debt {
namespace {

struct Avx512 {
    using Vector = __m512d;
    using Integers = __m512i;
    using Mask = __mmask8;
    static constexpr std::size_t width = 8;

    static Vector all(double value) { return _mm512_set1_pd(value); }
    static Vector load(const double* from) { return _mm512_load_pd(from); }
    static Vector add(Vector a, Vector b) { return _mm512_add_pd(a, b); }
    static Vector sub(Vector a, Vector b) { return _mm512_sub_pd(a, b); }
    static Vector mul(Vector a, Vector b) { return _mm512_mul_pd(a, b); }
    static Vector min(Vector a, Vector b) { return _mm512_min_pd(a, b); }
    static Vector max(Vector a, Vector b) { return _mm512_max_pd(a, b); }
    static Mask every() { return 0xFF; }
    static Mask not_less(Vector a, Vector b) { return _mm512_cmp_pd_mask(a, b, _CMP_NLT_UQ); }
    static Mask not_less_too(Mask mask, Vector a, Vector b) {
        return _mm512_mask_cmp_pd_mask(mask, a, b, _CMP_NLT_UQ);
    }
    static Mask inverse(Mask mask) { return _knot_mask8(mask); }
    static Mask either(Mask a, Mask b) { return _kor_mask8(a, b); }
    static bool all_of_either(Mask a, Mask b) { return _kortestc_mask8_u8(a, b) != 0; }
    static Vector where(Mask mask, Vector a) { return _mm512_maskz_mov_pd(mask, a); }
    static Integers load_counts(const std::int64_t* from) { return _mm512_load_si512(from); }
    static void store_counts(std::int64_t* to, Integers counts) { _mm512_store_si512(to, counts); }
    static Integers minus_one_where(Mask mask, Integers counts) {
        return _mm512_mask_sub_epi64(counts, mask, counts, _mm512_set1_epi64(1));
    }
    static Integers rounded(Vector value) {
        const Vector shift = all(rounding_shift);
        return _mm512_sub_epi64(_mm512_castpd_si512(add(value, shift)), _mm512_castpd_si512(shift));
    }
    static void add_where(Mask mask, Integers value, std::int64_t* sum) {
        const Integers before = _mm512_load_si512(sum);
        _mm512_store_si512(sum, _mm512_mask_add_epi64(before, mask, before, value));
    }
    static void count_where(Mask mask, std::int64_t* sum) {
        add_where(mask, _mm512_set1_epi64(1), sum);
    }
};

}  // namespace

void sweep_block_avx512(const SweepBlock& block) {
    sweep_all_lanes<Avx512, 2, 2>(block);
}

}  // namespace seawall::debt

#endif
