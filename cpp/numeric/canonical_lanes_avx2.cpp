// Compiled with -mavx2; called only where the processor has it.
#if defined(__AVX2__)

#include <immintrin.h>

#include "numeric/canonical_lanes_kernel.hpp"

namespace seawall {
namespace {

struct Avx2 {
    static constexpr std::size_t width = 4;
    using Doubles = double __attribute__((vector_size(32)));
    using Integers = std::int64_t __attribute__((vector_size(32)));
    using Words = std::uint64_t __attribute__((vector_size(32)));
    using Floats = float __attribute__((vector_size(16)));
    using Halves = std::int32_t __attribute__((vector_size(16)));
    using HalfWords = std::uint32_t __attribute__((vector_size(16)));

    static bool any(Integers mask) {
        return _mm256_testz_si256(reinterpret_cast<__m256i>(mask),
                                  reinterpret_cast<__m256i>(mask)) == 0;
    }
    /// Lists first + i of each lane i that is set, and returns how many there are.
    static std::size_t list(Integers mask, std::size_t first, std::uint64_t* places) {
        const auto set = static_cast<unsigned>(_mm256_movemask_pd(reinterpret_cast<__m256d>(mask)));
        std::size_t count = 0;
        for (std::size_t i = 0; i < width; ++i) {
            places[count] = first + i;
            count += (set >> i) & 1U;
        }
        return count;
    }
    static Doubles root(Doubles x) { return _mm256_sqrt_pd(x); }
    static Doubles look_up(const double* table, Integers place) {
        return _mm256_i64gather_pd(table, reinterpret_cast<__m256i>(place), 8);
    }
    static void look_up_rows(const double* table, Integers place, Doubles (&columns)[4]) {
        for (int i = 0; i < 4; ++i) columns[i] = look_up(table + i, place);
    }
    static Words product(Words a, Words b) {
        return reinterpret_cast<Words>(
            _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
    }
};

}  // namespace

const CanonicalLanes canonical_lanes_avx2{.instruction_set = "avx2",
                                          .normal_cdf = &apply_all<Avx2, Function::cdf>,
                                          .normal_quantile = &quantile_all<Avx2>,
                                          .exponential = &apply_all<Avx2, Function::exponential>,
                                          .uniform_53 = &draw_all<Avx2, double>,
                                          .first_uniforms_53 = &draw_first<Avx2>,
                                          .default_uniform_48 = &draw_all<Avx2, std::uint64_t>,
                                          .subtract_rows = &subtract_rows<Avx2>};

}  // namespace seawall

#endif
