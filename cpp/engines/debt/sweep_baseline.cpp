// For any processor: the compiler's own vectors of two doubles.
#include "engines/debt/sweep_kernel.hpp"

namespace seawall::debt {
namespace {

struct Baseline {
    using Vector = double __attribute__((vector_size(16)));
    using Integers = std::int64_t __attribute__((vector_size(16)));
    using Mask = Integers;  // −1 or 0
    static constexpr std::size_t width = 2;

    static Vector all(double value) { return Vector{value, value}; }
    static Vector load(const double* from) { return *reinterpret_cast<const Vector*>(from); }
    static Vector add(Vector a, Vector b) { return a + b; }
    static Vector sub(Vector a, Vector b) { return a - b; }
    static Vector mul(Vector a, Vector b) { return a * b; }
    static Vector min(Vector a, Vector b) { return a < b ? a : b; }
    static Vector max(Vector a, Vector b) { return a > b ? a : b; }
    static Mask every() { return Mask{-1, -1}; }
    static Mask not_less(Vector a, Vector b) { return ~(a < b); }
    static Mask not_less_too(Mask mask, Vector a, Vector b) { return mask & not_less(a, b); }
    static Mask inverse(Mask mask) { return ~mask; }
    static Mask either(Mask a, Mask b) { return a | b; }
    static bool all_of_either(Mask a, Mask b) {
        const Mask any = a | b;
        return any[0] != 0 && any[1] != 0;
    }
    static Vector where(Mask mask, Vector a) { return mask ? a : Vector{}; }
    static Integers load_counts(const std::int64_t* from) {
        return *reinterpret_cast<const Integers*>(from);
    }
    static void store_counts(std::int64_t* to, Integers counts) {
        *reinterpret_cast<Integers*>(to) = counts;
    }
    static Integers minus_one_where(Mask mask, Integers counts) { return counts + mask; }
    static Integers rounded(Vector value) {
        const Vector shift = all(rounding_shift);
        return reinterpret_cast<Integers>(value + shift) - reinterpret_cast<Integers>(shift);
    }
    static void add_where(Mask mask, Integers value, std::int64_t* sum) {
        *reinterpret_cast<Integers*>(sum) += mask & value;
    }
    static void count_where(Mask mask, std::int64_t* sum) {
        *reinterpret_cast<Integers*>(sum) -= mask;
    }
};

}  // namespace

void sweep_block_baseline(const SweepBlock& block) {
    sweep_all_lanes<Baseline, 1, 2>(block);
}

}  // namespace seawall::debt
