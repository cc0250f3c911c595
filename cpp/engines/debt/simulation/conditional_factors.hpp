#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engines/debt/simulation/factor_model.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_macro_variables = 64;
/// Of the variables from their mean, in standard deviations: beyond, no double says how seldom they
/// come there.
inline constexpr double largest_macro_distance = 37.0;

/// Macroeconomic variables that are jointly normal with the factors, all of mean 0, and the values
/// that they take.
struct MacroValues {
    std::span<const double> value;              ///< x, of shape (variable_count,)
    std::span<const double> covariance;         ///< Σxx, of shape (variable_count, variable_count)
    std::span<const double> factor_covariance;  ///< Σzx, of shape (factor_count, variable_count)
};

/// The factors given these values: Z | x ~ N(m, C'), m = Σzx·Σxx⁻¹·x and
/// C' = C − Σzx·Σxx⁻¹·Σxz (docs/explanation/default_simulation.md, "Given a macroeconomic path").
struct ConditionalFactors {
    std::vector<double> mean;  ///< m, of shape (factor_count,)
    std::vector<double> root;  ///< L' with L'·L'ᵀ = C', of shape (factor_count, factor_count)
    std::vector<double> whitened_mean;  ///< L⁻¹·m, for L the root of the correlation
    std::vector<double> whitened_root;  ///< (L⁻¹·L')ᵀ, of the shape of the root

    std::size_t factor_count() const { return mean.size(); }
    /// From independent normals u to z = L⁻¹·(m + L'·u), in place: L·z has the law of Z | x.
    void move(std::span<double> normals) const;
    /// d/du of a function whose slopes in z are these.
    std::vector<double> slope(std::span<const double> in_factors) const;

    friend bool operator==(const ConditionalFactors&, const ConditionalFactors&) = default;
};

/// Throws as correlation_root, and Error(invalid_input) at "macro…" on values that are not finite
/// or too far from their mean, on another shape, on a Σxx that is singular or not symmetric, and
/// where the factors and the variables together have no positive semidefinite covariance.
ConditionalFactors conditional_factors(const FactorModel& model, const MacroValues& macro);

/// Obligors given the values, under the Gaussian copula: each defaults where a normal of its own
/// and the factors, of which `loading` is the share of L'·u, stays below Φ⁻¹ of its probability.
struct ConditionalObligors {
    std::vector<double> default_probability;  ///< E[p | x]
    std::vector<double> loading;              ///< of shape (obligor_count, factor_count)
};

/// E[p | x] = Φ((Φ⁻¹(PD) − a'm) / √(1 − a'Ca + a'C'a)) and the loadings L'ᵀa / √(…), for the factor
/// weights a, of shape (obligor_count, factor_count). Throws Error(invalid_input) on another shape,
/// on a probability out of range, and on a'Ca >= 1.
ConditionalObligors conditional_obligors(std::span<const double> default_probability,
                                         std::span<const double> factor_weight,
                                         const FactorModel& model, const ConditionalFactors& given);

}  // namespace seawall::debt
