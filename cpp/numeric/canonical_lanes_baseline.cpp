// For any processor: the compiler's own vectors of 16 bytes.
#include "numeric/canonical_lanes_kernel.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace seawall {
namespace {

struct Baseline {
    static constexpr std::size_t width = 2;
    using Doubles = double __attribute__((vector_size(16)));
    using Integers = std::int64_t __attribute__((vector_size(16)));
    using Words = std::uint64_t __attribute__((vector_size(16)));
    using Floats = float __attribute__((vector_size(8)));
    using Halves = std::int32_t __attribute__((vector_size(8)));
    using HalfWords = std::uint32_t __attribute__((vector_size(8)));

    static bool any(Integers mask) { return mask[0] != 0 || mask[1] != 0; }
    /// Lists first + i of each lane i that is set, and returns how many there are.
    static std::size_t list(Integers mask, std::size_t first, std::uint64_t* places) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < width; ++i) {
            places[count] = first + i;
            count += mask[i] != 0 ? 1 : 0;
        }
        return count;
    }
    static Doubles root(Doubles x) {
#if defined(__SSE2__)
        return _mm_sqrt_pd(x);
#else
        return Doubles{__builtin_sqrt(x[0]), __builtin_sqrt(x[1])};
#endif
    }
    static Doubles look_up(const double* table, Integers place) {
        return Doubles{table[place[0]], table[place[1]]};
    }
    static void look_up_rows(const double* table, Integers place, Doubles (&columns)[4]) {
        for (int i = 0; i < 4; ++i) columns[i] = look_up(table + i, place);
    }
    static Words product(Words a, Words b) {
#if defined(__SSE2__)
        return reinterpret_cast<Words>(
            _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
        const Words low = Words{} + 0xFFFFFFFFU;
        return (a & low) * (b & low);
#endif
    }
};

}  // namespace

const CanonicalLanes canonical_lanes_baseline{
    .instruction_set = "baseline",
    .normal_cdf = &apply_all<Baseline, Function::cdf>,
    .normal_quantile = &quantile_all<Baseline>,
    .exponential = &apply_all<Baseline, Function::exponential>,
    .uniform_53 = &draw_all<Baseline, double>,
    .first_uniforms_53 = &draw_first<Baseline>,
    .default_uniform_48 = &draw_all<Baseline, std::uint64_t>,
    .subtract_rows = &subtract_rows<Baseline>};

}  // namespace seawall
