// Compiled with -mavx2; called only where the processor has it.
#if defined(__AVX2__)

#include <immintrin.h>

#include "engines/debt/sweep_kernel.hpp"

namespace seawall::debt {
namespace {

struct Avx2 {
    using Vector = __m256d;
    using Integers = __m256i;
    using Mask = __m256d;  // all bits of a lane, or none
    static constexpr std::size_t width = 4;

    static Vector all(double value) { return _mm256_set1_pd(value); }
    static Vector load(const double* from) { return _mm256_load_pd(from); }
    static Vector add(Vector a, Vector b) { return _mm256_add_pd(a, b); }
    static Vector sub(Vector a, Vector b) { return _mm256_sub_pd(a, b); }
    static Vector mul(Vector a, Vector b) { return _mm256_mul_pd(a, b); }
    static Vector min(Vector a, Vector b) { return _mm256_min_pd(a, b); }
    static Vector max(Vector a, Vector b) { return _mm256_max_pd(a, b); }
    static Mask every() { return _mm256_castsi256_pd(_mm256_set1_epi64x(-1)); }
    static Mask not_less(Vector a, Vector b) { return _mm256_cmp_pd(a, b, _CMP_NLT_UQ); }
    static Mask not_less_too(Mask mask, Vector a, Vector b) {
        return _mm256_and_pd(mask, not_less(a, b));
    }
    static Mask inverse(Mask mask) { return _mm256_xor_pd(mask, every()); }
    static Mask either(Mask a, Mask b) { return _mm256_or_pd(a, b); }
    static bool all_of_either(Mask a, Mask b) { return _mm256_movemask_pd(either(a, b)) == 0xF; }
    static Vector where(Mask mask, Vector a) { return _mm256_and_pd(mask, a); }
    static Integers load_counts(const std::int64_t* from) {
        return _mm256_load_si256(reinterpret_cast<const Integers*>(from));
    }
    static void store_counts(std::int64_t* to, Integers counts) {
        _mm256_store_si256(reinterpret_cast<Integers*>(to), counts);
    }
    static Integers minus_one_where(Mask mask, Integers counts) {  // a lane of the mask is −1 or 0
        return _mm256_add_epi64(counts, _mm256_castpd_si256(mask));
    }
    static Integers rounded(Vector value) {
        const Vector shift = all(rounding_shift);
        return _mm256_sub_epi64(_mm256_castpd_si256(add(value, shift)), _mm256_castpd_si256(shift));
    }
    static void add_where(Mask mask, Integers value, std::int64_t* sum) {
        auto* const place = reinterpret_cast<Integers*>(sum);
        const Integers added = _mm256_and_si256(_mm256_castpd_si256(mask), value);
        _mm256_store_si256(place, _mm256_add_epi64(_mm256_load_si256(place), added));
    }
    static void count_where(Mask mask, std::int64_t* sum) {
        auto* const place = reinterpret_cast<Integers*>(sum);  // a lane of the mask is −1 or 0
        const Integers minus_one = _mm256_castpd_si256(mask);
        _mm256_store_si256(place, _mm256_sub_epi64(_mm256_load_si256(place), minus_one));
    }
};

}  // namespace

void sweep_block_avx2(const SweepBlock& block) {
    sweep_all_lanes<Avx2, 2, 2>(block);
}

}  // namespace seawall::debt

#endif
