#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "numeric/canonical_lanes_units.hpp"
#include "numeric/uniform.hpp"

// Canonical functions of many arguments at once, by the widest registers of the processor. Their
// operations are those of the functions of one argument, in the same order, and IEEE's: each result
// has the same bits. Results may take the arguments' place, and are as many.
namespace seawall {

/// normal_cdf of each.
void normal_cdf_lanes(std::span<const double> x, std::span<double> probability);

/// normal_quantile of each.
void normal_quantile_lanes(std::span<const double> probability, std::span<double> x);

/// canonical_exp of each.
void canonical_exp_lanes(std::span<const double> x, std::span<double> power);

/// stream_uniform_53 of each pair of a scenario and an index.
void uniform_53_lanes(std::uint64_t seed, RandomStream stream,
                      std::span<const std::uint64_t> scenario, std::span<const std::uint32_t> index,
                      std::span<double> uniform);

/// stream_uniform_53 of each scenario and the first indices, of shape (scenario, index): from one
/// random block two indices each.
void first_uniforms_53_lanes(std::uint64_t seed, RandomStream stream,
                             std::span<const std::uint64_t> scenario, std::span<double> uniform);

/// default_uniform_48 of each pair of a scenario and a slot.
void default_uniform_48_lanes(std::uint64_t seed, std::span<const std::uint64_t> scenario,
                              std::span<const std::uint32_t> slot,
                              std::span<std::uint64_t> uniform);

/// value[i] − terms[0][i] − terms[1][i] − …, in this order, of subtracted_lanes values.
void subtract_rows_lanes(std::span<const double> terms, std::span<double> values);

/// The kernels that this processor has the instructions for, the widest first.
std::span<const CanonicalLanes> usable_canonical_lanes();

}  // namespace seawall
