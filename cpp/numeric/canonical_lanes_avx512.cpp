// Compiled with -mavx512f -mavx512dq; called only where the processor has them.
#if defined(__AVX512F__) && defined(__AVX512DQ__)

#include <immintrin.h>

#include "numeric/canonical_lanes_kernel.hpp"

namespace seawall {
namespace {

struct Avx512 {
    static constexpr std::size_t width = 8;
    using Doubles = double __attribute__((vector_size(64)));
    using Integers = std::int64_t __attribute__((vector_size(64)));
    using Words = std::uint64_t __attribute__((vector_size(64)));
    using Floats = float __attribute__((vector_size(32)));
    using Halves = std::int32_t __attribute__((vector_size(32)));
    using HalfWords = std::uint32_t __attribute__((vector_size(32)));

    static bool any(Integers mask) {
        return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(mask),
                                      reinterpret_cast<__m512i>(mask)) != 0;
    }
    /// Lists first + i of each lane i that is set, and returns how many there are.
    static std::size_t list(Integers mask, std::size_t first, std::uint64_t* places) {
        const __mmask8 set = _mm512_test_epi64_mask(reinterpret_cast<__m512i>(mask),
                                                    reinterpret_cast<__m512i>(mask));
        const Words all = Words{0, 1, 2, 3, 4, 5, 6, 7} + first;
        _mm512_storeu_si512(places,
                            _mm512_maskz_compress_epi64(set, reinterpret_cast<__m512i>(all)));
        return static_cast<std::size_t>(__builtin_popcount(set));
    }
    static Doubles root(Doubles x) { return _mm512_sqrt_pd(x); }
    static Doubles look_up(const double* table, Integers place) {
        return _mm512_i64gather_pd(reinterpret_cast<__m512i>(place), table, 8);
    }
    /// Rows of four, transposed: faster than to gather the columns.
    static void look_up_rows(const double* table, Integers place, Doubles (&columns)[4]) {
        const auto rows = [&](int low, int high) __attribute__((always_inline)) {
            return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(table + place[low])),
                                      _mm256_loadu_pd(table + place[high]), 1);
        };
        const __m512d rows_02 = rows(0, 2), rows_13 = rows(1, 3);
        const __m512d rows_46 = rows(4, 6), rows_57 = rows(5, 7);
        const __m512d even_low = _mm512_unpacklo_pd(rows_02, rows_13);
        const __m512d odd_low = _mm512_unpackhi_pd(rows_02, rows_13);
        const __m512d even_high = _mm512_unpacklo_pd(rows_46, rows_57);
        const __m512d odd_high = _mm512_unpackhi_pd(rows_46, rows_57);
        columns[0] = _mm512_shuffle_f64x2(even_low, even_high, 0x88);
        columns[1] = _mm512_shuffle_f64x2(odd_low, odd_high, 0x88);
        columns[2] = _mm512_shuffle_f64x2(even_low, even_high, 0xDD);
        columns[3] = _mm512_shuffle_f64x2(odd_low, odd_high, 0xDD);
    }
    static Words product(Words a, Words b) {
        return reinterpret_cast<Words>(
            _mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
    }
};

}  // namespace

const CanonicalLanes canonical_lanes_avx512{
    .instruction_set = "avx512",
    .normal_cdf = &apply_all<Avx512, Function::cdf>,
    .normal_quantile = &quantile_all<Avx512>,
    .exponential = &apply_all<Avx512, Function::exponential>,
    .uniform_53 = &draw_all<Avx512, double>,
    .first_uniforms_53 = &draw_first<Avx512>,
    .default_uniform_48 = &draw_all<Avx512, std::uint64_t>,
    .subtract_rows = &subtract_rows<Avx512>};

}  // namespace seawall

#endif
