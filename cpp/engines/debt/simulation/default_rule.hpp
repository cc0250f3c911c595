#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "numeric/chi_squared_distribution.hpp"

namespace seawall::debt {

/// The canonical default rule, a lane at a time: what every kernel must decide, and what decides
/// where a kernel's filter cannot. Doubles without fused operations, hence the same bits on every
/// machine (docs/explanation/default_simulation.md).

/// b = f32(Lᵀa / √(1 − a'Ca)) of an obligor with the factor weights a, for L = `root` of shape
/// (factor_count, factor_count). Returns whether a'Ca < 1; where it is not, b is left as it was.
bool standardise_loading(std::span<const double> factor_weight, std::span<const double> root,
                         std::span<float> loading);

/// A = x·√(1 + |b|²): with it the probability of default is exact for the rounded b.
double standardise_threshold(double default_threshold, std::span<const float> loading);

/// The systematic state of one scenario.
struct ScenarioState {
    std::span<const double> factor;  ///< z, independent standard normals
    double mixing_root = 1.0;        ///< √(W/ν); 1 in the Gaussian copula
};

/// z of a scenario: normals of the first uniforms of the factor stream.
void draw_factors(std::uint64_t seed, std::uint64_t scenario, std::span<double> factor);

/// √(W/ν), which all obligors of a scenario share: W is chi-squared with ν degrees of freedom, of
/// the first uniform of the mixing stream. 1 in the Gaussian copula.
class MixingVariable {
  public:
    /// Infinity is the Gaussian copula.
    explicit MixingVariable(double degrees_of_freedom);

    bool is_gaussian() const { return !quantile_; }
    double degrees_of_freedom() const { return degrees_of_freedom_; }
    /// Of W / (1 + 2·tilt), whose density is e^(−tilt·w)·(1 + 2·tilt)^(ν/2) times that of W.
    double root(std::uint64_t seed, std::uint64_t scenario, double tilt = 0.0) const;
    /// Of the W that `uniform` is the probability of staying below.
    double root_of(double uniform, double tilt = 0.0) const;

  private:
    double degrees_of_freedom_;
    std::optional<ChiSquaredQuantile> quantile_;
};

/// ⌊2⁴⁸·p⌋ of p = Φ(A·√(W/ν) − b'z), summed in the order of the factors. An infinite A is a
/// default that never comes (0) or always (2⁴⁸).
std::uint64_t conditional_default_limit(double threshold, std::span<const float> loading,
                                        const ScenarioState& state);

/// Whether the obligor of a slot defaults: the slot's 48-bit uniform lies below the limit.
bool defaults(std::uint64_t seed, std::uint64_t scenario, std::uint32_t slot, double threshold,
              std::span<const float> loading, const ScenarioState& state);

}  // namespace seawall::debt
