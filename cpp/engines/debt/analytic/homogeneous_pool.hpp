#pragma once

#include <cstdint>
#include <optional>

#include "engines/debt/analytic/lattice_distribution.hpp"

namespace seawall::debt {

struct HomogeneousPool {
    std::int64_t obligor_count = 0;
    double default_probability = 0.0;                         ///< of each
    double asset_correlation = 0.0;                           ///< of any two: from 0, below 1
    std::optional<double> degrees_of_freedom = std::nullopt;  ///< of a t copula; without: Gaussian
};

/// The exact distribution of the number of defaults, a mixture of binomials over the factor (and
/// the mixing variable of a t copula, R. Frey, A. McNeil, M. Nyfeler, "Copulas and Credit Models",
/// Risk, October 2001). Throws Error(invalid_input) on values out of their ranges and
/// Error(limit_exceeded) above 1,000,000 obligors or 5e10 terms of binomials.
LatticeDistribution default_count_distribution(const HomogeneousPool& pool);

}  // namespace seawall::debt
