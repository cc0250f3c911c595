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
    static Doubles root(Doubles x) { return _mm512_sqrt_pd(x); }
    static Doubles look_up(const double* table, Integers place) {
        return _mm512_i64gather_pd(reinterpret_cast<__m512i>(place), table, 8);
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
    .normal_quantile = &apply_all<Avx512, Function::quantile>,
    .exponential = &apply_all<Avx512, Function::exponential>,
    .uniform_53 = &draw_all<Avx512, double>,
    .default_uniform_48 = &draw_all<Avx512, std::uint64_t>,
    .subtract_rows = &subtract_rows<Avx512>};

}  // namespace seawall

#endif
