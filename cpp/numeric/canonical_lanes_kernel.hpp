// Canonical functions of lanes, for the units that are compiled for one instruction set each.
// Nothing here or included here may have external linkage: what the linker may merge could run on a
// processor without the instructions. Hence the unnamed namespace, and no standard library.
//
// A set L of instructions has vectors of `width` doubles and of as many integers. Arithmetic is the
// compiler's on vectors, an operation of the function of one argument each and in its order. Lanes
// that are rare, and NaN, go to that function itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "numeric/canonical_lanes_units.hpp"
#include "numeric/exponential.hpp"
#include "numeric/exponential_tables.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/normal_tables.hpp"

namespace seawall {
namespace {

template <class To, class From>
[[gnu::always_inline]] inline To bits_of(From from) {
    To to;
    static_assert(sizeof to == sizeof from);
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}

/// The functions by a set of instructions.
template <class L>
class LanesOf {
    using Doubles = L::Doubles;
    using Integers = L::Integers;
    using Words = L::Words;
    using Floats = L::Floats;
    using Halves = L::Halves;

  public:
    [[gnu::always_inline]] static Doubles all(double value) { return Doubles{} + value; }

    /// 24 bits, so that a product of two heads is exact.
    [[gnu::always_inline]] static Doubles head(Doubles x) {
        return __builtin_convertvector(__builtin_convertvector(x, Floats), Doubles);
    }

    /// A whole number below 2^31 towards 0.
    [[gnu::always_inline]] static Halves truncated(Doubles x) {
        return __builtin_convertvector(x, Halves);
    }

    [[gnu::always_inline]] static Integers widened(Halves x) {
        return __builtin_convertvector(x, Integers);
    }

    /// Exact for integers of up to 32 bits.
    [[gnu::always_inline]] static Doubles double_of_word(Words x) {
        return bits_of<Doubles>(x | (Words{} + 0x4330000000000000U)) - all(0x1p52);
    }

    [[gnu::always_inline]] static Doubles polynomial(const double (&falling)[8], Doubles x) {
        Doubles value = all(falling[0]);
#pragma GCC unroll 8
        for (int i = 1; i < 8; ++i) value = value * x + falling[i];
        return value;
    }

    /// e^(high + low) for -705 <= high <= 705.
    [[gnu::always_inline]] static Doubles exponential(Doubles high, Doubles low) {
        const Doubles scaled = high * steps_per_unit;
        const auto steps = truncated(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
        const Doubles count = __builtin_convertvector(steps, Doubles);
        const Doubles r = ((high - count * step_high) - count * step_low) + low;
        const Doubles square = r * r;
        const Doubles rise = r + square * ((0.5 + r * (1.0 / 6.0)) +
                                           square * ((1.0 / 24.0 + r * (1.0 / 120.0)) +
                                                     square * (1.0 / 720.0 + r * (1.0 / 5040.0))));
        const auto biased = widened(steps) + 32 * 2048;
        const auto place = (biased & 31) * 2;
        const double* const table = &powers[0].high;
        const Doubles power_high = L::look_up(table, place);
        const Doubles power_low = L::look_up(table + 1, place);
        const Doubles mantissa = power_high + (power_low + power_high * rise);
        const auto exponent = bits_of<Words>(biased) / 32U - 2048U;
        return mantissa * bits_of<Doubles>((exponent + 1023U) << 52U);
    }

    /// ln x of normal numbers.
    [[gnu::always_inline]] static Doubles logarithm(Doubles x) {
        const Words bits = bits_of<Words>(x);
        const Words biased = bits + 0x001a000000000000U;
        const Words power = (biased >> 52U) - 1024U;
        const Doubles m = bits_of<Doubles>(bits - (power << 52U));
        const auto place = bits_of<Integers>(((biased >> 46U) & 63U) * 3U);
        const double* const table = &cells[0].inverse;
        const Doubles inverse = L::look_up(table, place);
        const Doubles cell_high = L::look_up(table + 1, place);
        const Doubles cell_low = L::look_up(table + 2, place);
        const Doubles exponent = double_of_word(power + 2048U) - 2048.0;

        const Doubles first = head(m);
        const Doubles r = (first * inverse - 1.0) + (m - first) * inverse;
        const Doubles square = r * r;
        const Doubles tail =
            (-0.5 + r * (1.0 / 3.0)) +
            square *
                ((-1.0 / 4.0 + r * (1.0 / 5.0)) +
                 square * ((-1.0 / 6.0 + r * (1.0 / 7.0)) +
                           square * ((-1.0 / 8.0 + r * (1.0 / 9.0)) + square * (-1.0 / 10.0))));
        const Doubles base = exponent * ln_2_high + cell_high;
        const Doubles sum = base + r;
        const Doubles rest = (base - sum) + r;
        return sum + (rest + (exponent * ln_2_low + cell_low) + square * tail);
    }

    /// cdf_near_knot of normal_distribution.cpp.
    [[gnu::always_inline]] static Doubles cdf_near_knots(Doubles x) {
        const auto index = truncated(0.5 - 8.0 * x);
        const Doubles c = -0.125 * __builtin_convertvector(index, Doubles);
        const auto place = widened(index) * 4;
        Doubles knot[4];
        L::look_up_rows(&knots[0].cdf_high, place, knot);
        const auto [cdf_high, cdf_low, density_high, density_low] = knot;
        const Doubles h = x - c;
        const Doubles minus_ch = -c * h;
        const Doubles minus_square = -h * h;
        Doubles before = all(1.0);
        Doubles term = minus_ch;
        Doubles series = 0.5 * minus_ch;
#pragma GCC unroll 11
        for (int k = 2; k <= 12; ++k) {
            const Doubles next = (minus_ch * term + minus_square * before) * (1.0 / k);
            before = term;
            term = next;
            series += term * (1.0 / (k + 1));
        }
        const Doubles h_high = head(h);
        const Doubles step = h_high * density_high;
        const Doubles density = density_high + density_low;
        const Doubles low =
            (h - h_high) * density_high + h * (density_low + density * series) + cdf_low;
        const Doubles sum = cdf_high + step;
        return sum + ((cdf_high - sum) + step + low);
    }

    [[gnu::always_inline]] static Doubles cdf_of_tails(Doubles x) {
        const Doubles high = head(x);
        const Doubles gaussian = exponential(-0.5 * high * high, -0.5 * (x - high) * (x + high));
        const Doubles size = -x;
        const Doubles y = 1.0 / (size * size);
        const Doubles mills =
            polynomial(mills_numerator, y) / (polynomial(mills_denominator, y) * size);
        return gaussian * (inverse_root_2_pi * mills);
    }

    /// Φ; `rare` is set in the lanes that are not decided.
    [[gnu::always_inline]] static Doubles cdf(Doubles x, Integers& rare) {
        const auto is_positive = x > 0.0;
        const Doubles negative = is_positive ? -x : x;
        rare = ~(negative >= all(-37.5));  // NaN too
        const auto is_near = negative > -4.0625;
        Doubles value = cdf_near_knots(is_near ? negative : all(-1.0));
        if (L::any(~is_near)) {
            const auto in_tail = ~is_near & ~rare;
            const Doubles of_tails = cdf_of_tails(in_tail ? negative : all(-5.0));
            value = is_near ? value : of_tails;
        }
        return is_positive ? 1.0 - value : value;
    }

    /// Φ⁻¹ in the middle; `in_tail` is set in the lanes that are not there, NaN too.
    [[gnu::always_inline]] static Doubles central_quantile(Doubles p, Integers& in_tail) {
        const Doubles q = p - 0.5;
        const Doubles size = q < 0.0 ? -q : q;
        in_tail = ~(size <= 0.425);
        const Doubles y = 0.180625 - q * q;
        return q * polynomial(central_numerator, y) / polynomial(central_denominator, y);
    }

    /// Φ⁻¹ outside the middle; `rare` is set in the lanes that are not decided.
    [[gnu::always_inline]] static Doubles tail_quantile(Doubles p, Integers& rare) {
        const auto is_negative = p - 0.5 < 0.0;
        const Doubles mass = is_negative ? p : 1.0 - p;
        rare = ~(mass >= 0x1p-36);  // NaN too; above it r <= 5
        const Doubles r = L::root(-logarithm(rare ? all(0.01) : mass));
        const Doubles x =
            polynomial(tail_numerator, r - 1.6) / polynomial(tail_denominator, r - 1.6);
        return is_negative ? -x : x;
    }

    /// canonical_exp; `rare` is set in the lanes that are not decided.
    [[gnu::always_inline]] static Doubles exponential(Doubles x, Integers& rare) {
        rare = ~((x >= all(-705.0)) & (x <= all(705.0)));  // NaN too
        return exponential(rare ? all(0.0) : x, all(0.0));
    }

    struct Block {
        Words words[4];  ///< in the low halves
    };

    /// Philox4x32-10 at (block, scenario, stream).
    template <class Seeded>
    [[gnu::always_inline]] static Block random_block(const Seeded& lanes, std::uint32_t stream,
                                                     Words scenario, Words block) {
        Words c0 = block;
        Words c1 = scenario;  // only the low halves are used
        Words c2 = scenario >> 32U;
        Words c3 = Words{} + stream;
        std::uint32_t key_even = lanes.seed_low;
        std::uint32_t key_odd = lanes.seed_high;
#pragma GCC unroll 10
        for (int round = 0; round < 10; ++round) {
            const Words even = L::product(c0, Words{} + 0xD2511F53U);
            const Words odd = L::product(c2, Words{} + 0xCD9E8D57U);
            c0 = (odd >> 32U) ^ c1 ^ key_even;
            c2 = (even >> 32U) ^ c3 ^ key_odd;
            c1 = odd;
            c3 = even;
            key_even += 0x9E3779B9U;
            key_odd += 0xBB67AE85U;
        }
        const Words low_half = Words{} + 0xFFFFFFFFU;
        return {{c0 & low_half, c1 & low_half, c2 & low_half, c3 & low_half}};
    }

    [[gnu::always_inline]] static Doubles uniform_of(Words high, Words low) {
        const Words bits = ((high << 32U) | low) >> 11U;
        const Doubles whole =
            double_of_word(bits >> 32U) * 0x1p32 + double_of_word(bits & 0xFFFFFFFFU);
        const Doubles value = (whole + 0.5) * 0x1p-53;
        return value < 1.0 ? value : all(1.0 - 0x1p-53);
    }

    /// The two words of an even or an odd index.
    [[gnu::always_inline]] static Doubles uniform(const UniformLanes& lanes, Words scenario,
                                                  Words index) {
        const Block block = random_block(lanes, lanes.stream, scenario, index >> 1U);
        const auto is_odd = (index & 1U) != 0U;
        return uniform_of(is_odd ? block.words[2] : block.words[0],
                          is_odd ? block.words[3] : block.words[1]);
    }

    /// 16 bits of one stream above 32 of the next.
    [[gnu::always_inline]] static Words default_uniform(const UniformLanes& lanes, Words scenario,
                                                        Words slot) {
        const Block high = random_block(lanes, lanes.stream, scenario, slot >> 3U);
        const Block low = random_block(lanes, lanes.stream + 1U, scenario, slot >> 2U);
        const Words pair = word_of(high, (slot >> 1U) & 3U);
        const auto is_odd = (slot & 1U) != 0U;
        const Words bits = is_odd ? pair >> 16U : pair & 0xFFFFU;
        return (bits << 32U) | word_of(low, slot & 3U);
    }

    [[gnu::always_inline]] static Words word_of(const Block& block, Words place) {
        const Words first = (place & 1U) != 0U ? block.words[1] : block.words[0];
        const Words last = (place & 1U) != 0U ? block.words[3] : block.words[2];
        return place >= 2U ? last : first;
    }
};

/// Lanes that are rare by the function of one argument.
template <class L>
[[gnu::noinline]] L::Doubles with_rare(typename L::Doubles x, typename L::Doubles value,
                                       typename L::Integers rare, double (*of_one)(double)) {
    for (std::size_t i = 0; i < L::width; ++i) {
        if (rare[i] != 0) value[i] = of_one(x[i]);
    }
    return value;
}

enum class Function { cdf, exponential };

inline double exponential_of_one(double x) {
    return canonical_exp(x);
}

template <class L, Function function>
[[gnu::always_inline]] inline L::Doubles apply(typename L::Doubles x) {
    typename L::Integers rare;
    typename L::Doubles value;
    if constexpr (function == Function::cdf) {
        value = LanesOf<L>::cdf(x, rare);
    } else {
        value = LanesOf<L>::exponential(x, rare);
    }
    if (!L::any(rare)) return value;
    return with_rare<L>(x, value, rare,
                        function == Function::cdf ? &normal_cdf : &exponential_of_one);
}

template <class L, Function function>
void apply_all(const double* arguments, double* results, std::size_t count) {
    typename L::Doubles x;
    std::size_t i = 0;
    for (; i + L::width <= count; i += L::width) {
        __builtin_memcpy(&x, arguments + i, sizeof x);
        const typename L::Doubles value = apply<L, function>(x);
        __builtin_memcpy(results + i, &value, sizeof value);
    }
    if (i == count) return;
    x = LanesOf<L>::all(0.5);
    __builtin_memcpy(&x, arguments + i, (count - i) * sizeof(double));
    const typename L::Doubles value = apply<L, function>(x);
    __builtin_memcpy(results + i, &value, (count - i) * sizeof(double));
}

/// Φ⁻¹ of `count` lanes from `first` on in the middle; those outside it stay as they are and are
/// listed at `places`. Returns how many these are.
template <class L>
[[gnu::always_inline]] inline std::size_t set_central(const double* probabilities, double* results,
                                                      std::size_t first, std::size_t count,
                                                      std::uint64_t* places) {
    typename L::Doubles p = LanesOf<L>::all(0.5);
    typename L::Integers in_tail;
    __builtin_memcpy(&p, probabilities + first, count * sizeof(double));
    const typename L::Doubles central = LanesOf<L>::central_quantile(p, in_tail);
    const typename L::Doubles value = in_tail ? p : central;
    __builtin_memcpy(results + first, &value, count * sizeof(double));
    return L::list(in_tail, first, places);
}

/// Φ⁻¹ of the results at some places.
template <class L>
[[gnu::always_inline]] inline void set_tails(double* results, const std::uint64_t* places) {
    typename L::Doubles p;
    for (std::size_t lane = 0; lane < L::width; ++lane) p[lane] = results[places[lane]];
    typename L::Integers rare;
    typename L::Doubles value = LanesOf<L>::tail_quantile(p, rare);
    if (L::any(rare)) value = with_rare<L>(p, value, rare, &normal_quantile);
    for (std::size_t lane = 0; lane < L::width; ++lane) results[places[lane]] = value[lane];
}

/// Φ⁻¹. Lanes outside the middle cost several times the others and are few: they are put together
/// to vectors of their own.
template <class L>
void quantile_all(const double* probabilities, double* results, std::size_t count) {
    constexpr std::size_t most = 512;
    std::uint64_t places[most + L::width];
    for (std::size_t first = 0; first < count; first += most) {
        const double* const p = probabilities + first;
        double* const x = results + first;
        const std::size_t size = count - first < most ? count - first : most;
        std::size_t tail_count = 0;
        std::size_t i = 0;
        for (; i + L::width <= size; i += L::width) {
            tail_count += set_central<L>(p, x, i, L::width, places + tail_count);
        }
        if (i < size) tail_count += set_central<L>(p, x, i, size - i, places + tail_count);
        if (tail_count == 0) continue;
        for (i = 0; i < L::width; ++i) places[tail_count + i] = places[tail_count - 1];
        for (i = 0; i < tail_count; i += L::width) set_tails<L>(x, places + i);
    }
}

template <class L>
[[gnu::always_inline]] inline void draw(const UniformLanes& lanes, std::size_t first,
                                        std::size_t count, double* results) {
    typename L::Words scenario{};
    typename L::HalfWords index{};
    __builtin_memcpy(&scenario, lanes.scenario + first, count * sizeof(std::uint64_t));
    __builtin_memcpy(&index, lanes.index + first, count * sizeof(std::uint32_t));
    const typename L::Doubles value =
        LanesOf<L>::uniform(lanes, scenario, __builtin_convertvector(index, typename L::Words));
    __builtin_memcpy(results + first, &value, count * sizeof(double));
}

template <class L>
[[gnu::always_inline]] inline void draw(const UniformLanes& lanes, std::size_t first,
                                        std::size_t count, std::uint64_t* results) {
    typename L::Words scenario{};
    typename L::HalfWords slot{};
    __builtin_memcpy(&scenario, lanes.scenario + first, count * sizeof(std::uint64_t));
    __builtin_memcpy(&slot, lanes.index + first, count * sizeof(std::uint32_t));
    const typename L::Words value = LanesOf<L>::default_uniform(
        lanes, scenario, __builtin_convertvector(slot, typename L::Words));
    __builtin_memcpy(results + first, &value, count * sizeof(std::uint64_t));
}

template <class L, class Result>
void draw_all(const UniformLanes& lanes, Result* results) {
    std::size_t i = 0;
    for (; i + L::width <= lanes.count; i += L::width) draw<L>(lanes, i, L::width, results);
    if (i < lanes.count) draw<L>(lanes, i, lanes.count - i, results);
}

/// Rows of `count` scenarios from `first` on.
template <class L>
[[gnu::always_inline]] inline void draw_rows(const FirstUniforms& drawn, std::size_t first,
                                             std::size_t count, double* results) {
    typename L::Words scenario{};
    __builtin_memcpy(&scenario, drawn.scenario + first, count * sizeof(std::uint64_t));
    for (std::size_t index = 0; index < drawn.count; index += 2) {
        const auto block = LanesOf<L>::random_block(drawn, drawn.stream, scenario,
                                                    typename L::Words{} + (index >> 1U));
        const auto even = LanesOf<L>::uniform_of(block.words[0], block.words[1]);
        const auto odd = LanesOf<L>::uniform_of(block.words[2], block.words[3]);
        double* row = results + first * drawn.count + index;
        const bool is_last = index + 1 == drawn.count;
        for (std::size_t lane = 0; lane < count; ++lane, row += drawn.count) {
            row[0] = even[lane];
            if (!is_last) row[1] = odd[lane];
        }
    }
}

template <class L>
void draw_first(const FirstUniforms& drawn, double* results) {
    std::size_t i = 0;
    for (; i + L::width <= drawn.scenario_count; i += L::width) {
        draw_rows<L>(drawn, i, L::width, results);
    }
    if (i < drawn.scenario_count) draw_rows<L>(drawn, i, drawn.scenario_count - i, results);
}

/// Terms in rows of subtracted_lanes, as many of them.
template <class L>
void subtract_rows(const double* terms, std::size_t row_count, double* values) {
    constexpr std::size_t vectors = 4;
    for (std::size_t first = 0; first < subtracted_lanes; first += vectors * L::width) {
        typename L::Doubles value[vectors];
        __builtin_memcpy(&value, values + first, sizeof value);
        const double* term = terms + first;
        for (std::size_t row = 0; row < row_count; ++row, term += subtracted_lanes) {
            typename L::Doubles subtracted[vectors];
            __builtin_memcpy(&subtracted, term, sizeof subtracted);
#pragma GCC unroll 4
            for (std::size_t v = 0; v < vectors; ++v) value[v] -= subtracted[v];
        }
        __builtin_memcpy(values + first, &value, sizeof value);
    }
}

}  // namespace
}  // namespace seawall
