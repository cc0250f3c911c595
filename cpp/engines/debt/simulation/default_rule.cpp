#include "engines/debt/simulation/default_rule.hpp"

#include <array>
#include <cmath>

#include "engines/debt/simulation/factor_model.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/uniform.hpp"

namespace seawall::debt {

bool standardise_loading(std::span<const double> factor_weight, std::span<const double> root,
                         std::span<float> loading) {
    const std::size_t count = factor_weight.size();
    std::array<double, max_factors> orthogonal{};  // Lᵀa
    double systematic = 0.0;                       // a'Ca = |Lᵀa|²
    for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t j = 0; j < count; ++j) {
            orthogonal[k] += root[j * count + k] * factor_weight[j];
        }
        systematic += orthogonal[k] * orthogonal[k];
    }
    const bool has_own_risk = systematic < 1.0;
    if (!has_own_risk) return false;
    const double own = std::sqrt(1.0 - systematic);
    for (std::size_t k = 0; k < count; ++k) loading[k] = static_cast<float>(orthogonal[k] / own);
    return true;
}

double standardise_threshold(double default_threshold, std::span<const float> loading) {
    double square = 0.0;
    for (const float b : loading) square += static_cast<double>(b) * static_cast<double>(b);
    return default_threshold * std::sqrt(1.0 + square);
}

void draw_factors(std::uint64_t seed, std::uint64_t scenario, std::span<double> factor) {
    for (std::size_t k = 0; k < factor.size(); ++k) {
        factor[k] = normal_quantile(stream_uniform_53(seed, RandomStream::factors, scenario,
                                                      static_cast<std::uint32_t>(k)));
    }
}

MixingVariable::MixingVariable(double degrees_of_freedom)
    : degrees_of_freedom_(degrees_of_freedom) {
    if (std::isfinite(degrees_of_freedom)) quantile_.emplace(degrees_of_freedom);
}

double MixingVariable::root(std::uint64_t seed, std::uint64_t scenario, double tilt) const {
    if (!quantile_) return 1.0;
    return root_of(stream_uniform_53(seed, RandomStream::mixing, scenario, 0), tilt);
}

double MixingVariable::root_of(double uniform, double tilt) const {
    if (!quantile_) return 1.0;
    return std::sqrt((*quantile_)(uniform) / (1.0 + 2.0 * tilt) / degrees_of_freedom_);
}

std::uint64_t conditional_default_limit(double threshold, std::span<const float> loading,
                                        const ScenarioState& state) {
    double distance = threshold * state.mixing_root;
    for (std::size_t k = 0; k < loading.size(); ++k) {
        distance -= static_cast<double>(loading[k]) * state.factor[k];
    }
    return static_cast<std::uint64_t>(0x1p48 * normal_cdf(distance));
}

bool defaults(std::uint64_t seed, std::uint64_t scenario, std::uint32_t slot, double threshold,
              std::span<const float> loading, const ScenarioState& state) {
    return default_uniform_48(seed, scenario, slot) <
           conditional_default_limit(threshold, loading, state);
}

}  // namespace seawall::debt
