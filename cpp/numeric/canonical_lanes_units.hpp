// The canonical functions of lanes, one kernel that is compiled for several instruction sets. No
// standard library here: see canonical_lanes_kernel.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace seawall {

/// Pairs of a scenario and an index, of which uniforms are drawn.
struct UniformLanes {
    std::uint32_t seed_low, seed_high, stream;
    const std::uint64_t* scenario;
    const std::uint32_t* index;
    std::size_t count;
};

/// Scenarios, of which the first `count` uniforms each are drawn.
struct FirstUniforms {
    std::uint32_t seed_low, seed_high, stream;
    const std::uint64_t* scenario;
    std::size_t scenario_count;
    std::size_t count;
};

/// The values that subtract_rows_lanes takes rows of terms from.
inline constexpr std::size_t subtracted_lanes = 128;

/// The functions as compiled for one instruction set.
struct CanonicalLanes {
    const char* instruction_set;
    void (*normal_cdf)(const double* x, double* probability, std::size_t count);
    void (*normal_quantile)(const double* probability, double* x, std::size_t count);
    void (*exponential)(const double* x, double* power, std::size_t count);
    void (*uniform_53)(const UniformLanes& lanes, double* uniform);
    void (*first_uniforms_53)(const FirstUniforms& drawn, double* uniform);
    /// Of the stream and, for the low bits, the next one.
    void (*default_uniform_48)(const UniformLanes& lanes, std::uint64_t* uniform);
    void (*subtract_rows)(const double* terms, std::size_t row_count, double* values);
};

extern const CanonicalLanes canonical_lanes_baseline;
extern const CanonicalLanes canonical_lanes_avx2;
extern const CanonicalLanes canonical_lanes_avx512;

}  // namespace seawall
