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

void uniform_53_lanes(std::uint64_t seed, RandomStream stream,
                      std::span<const std::uint64_t> scenario, std::span<const std::uint32_t> index,
                      std::span<double> uniform) {
    widest().uniform_53({.seed_low = static_cast<std::uint32_t>(seed),
                         .seed_high = static_cast<std::uint32_t>(seed >> 32U),
                         .stream = static_cast<std::uint32_t>(stream),
                         .scenario = scenario.data(),
                         .index = index.data(),
                         .count = scenario.size()},
                        uniform.data());
}

}  // namespace seawall
