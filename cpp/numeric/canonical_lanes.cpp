#include "numeric/canonical_lanes.hpp"

#include <vector>

namespace seawall {
namespace {

std::vector<CanonicalLanes> find_usable() {
    std::vector<CanonicalLanes> found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
        found.push_back(canonical_lanes_avx512);
    }
    if (__builtin_cpu_supports("avx2")) found.push_back(canonical_lanes_avx2);
#endif
    found.push_back(canonical_lanes_baseline);
    return found;
}

const CanonicalLanes& widest() {
    return usable_canonical_lanes().front();
}

static_assert(static_cast<int>(RandomStream::default_low) ==
              static_cast<int>(RandomStream::default_high) + 1);

UniformLanes uniform_lanes(std::uint64_t seed, RandomStream stream,
                           std::span<const std::uint64_t> scenario,
                           std::span<const std::uint32_t> index) {
    return {.seed_low = static_cast<std::uint32_t>(seed),
            .seed_high = static_cast<std::uint32_t>(seed >> 32U),
            .stream = static_cast<std::uint32_t>(stream),
            .scenario = scenario.data(),
            .index = index.data(),
            .count = scenario.size()};
}

}  // namespace

std::span<const CanonicalLanes> usable_canonical_lanes() {
    static const std::vector<CanonicalLanes> usable = find_usable();
    return usable;
}

void normal_cdf_lanes(std::span<const double> x, std::span<double> probability) {
    widest().normal_cdf(x.data(), probability.data(), x.size());
}

void normal_quantile_lanes(std::span<const double> probability, std::span<double> x) {
    widest().normal_quantile(probability.data(), x.data(), probability.size());
}

void canonical_exp_lanes(std::span<const double> x, std::span<double> power) {
    widest().exponential(x.data(), power.data(), x.size());
}

void uniform_53_lanes(std::uint64_t seed, RandomStream stream,
                      std::span<const std::uint64_t> scenario, std::span<const std::uint32_t> index,
                      std::span<double> uniform) {
    widest().uniform_53(uniform_lanes(seed, stream, scenario, index), uniform.data());
}

void first_uniforms_53_lanes(std::uint64_t seed, RandomStream stream,
                             std::span<const std::uint64_t> scenario, std::span<double> uniform) {
    if (scenario.empty()) return;
    widest().first_uniforms_53({.seed_low = static_cast<std::uint32_t>(seed),
                                .seed_high = static_cast<std::uint32_t>(seed >> 32U),
                                .stream = static_cast<std::uint32_t>(stream),
                                .scenario = scenario.data(),
                                .scenario_count = scenario.size(),
                                .count = uniform.size() / scenario.size()},
                               uniform.data());
}

void default_uniform_48_lanes(std::uint64_t seed, std::span<const std::uint64_t> scenario,
                              std::span<const std::uint32_t> slot,
                              std::span<std::uint64_t> uniform) {
    widest().default_uniform_48(uniform_lanes(seed, RandomStream::default_high, scenario, slot),
                                uniform.data());
}

void subtract_rows_lanes(std::span<const double> terms, std::span<double> values) {
    widest().subtract_rows(terms.data(), terms.size() / subtracted_lanes, values.data());
}

}  // namespace seawall
