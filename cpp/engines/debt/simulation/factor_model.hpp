#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "numeric/semidefinite_root.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_factors = 64;

/// The systematic factors of a default simulation: jointly normal with this correlation, or
/// jointly Student's t with it (docs/explanation/default_simulation.md).
struct FactorModel {
    std::size_t factor_count = 0;         ///< from 1 to max_factors
    std::span<const double> correlation;  ///< of shape (factor_count, factor_count)
    /// Of Student's t copula, above 2 and up to 1e9; infinity is the Gaussian copula.
    double degrees_of_freedom = std::numeric_limits<double>::infinity();

    bool is_gaussian() const {
        return degrees_of_freedom == std::numeric_limits<double>::infinity();
    }
};

/// L with L·Lᵀ the correlation, of its shape; it may be singular. Throws Error(invalid_input) on a
/// model out of range and on a matrix that is not symmetric, has a diagonal other than 1 or is not
/// positive semidefinite: it is refused, never repaired.
std::vector<double> correlation_root(const FactorModel& model);

/// The same with the order of its rows.
SemidefiniteRoot pivoted_correlation_root(const FactorModel& model);

}  // namespace seawall::debt
