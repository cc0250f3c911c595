#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engines/debt/analytic/large_pool.hpp"

namespace seawall::debt {

/// The factor of a large pool at which it loses a fraction, and how rarely the factor falls so low.
struct AdverseFactor {
    double factor = 0.0;  ///< standard normal: low is bad
    double probability = 0.0;
};

/// Throws Error(invalid_input) unless 0 < `loss_fraction` < 1.
AdverseFactor factor_of_loss(const LargePool& pool, double loss_fraction);

/// A loss that is linear in factors: sensitivities · z.
struct LinearLoss {
    std::span<const double> sensitivities;      ///< (factor_count,), not all 0
    std::span<const double> factor_covariance;  ///< (factor_count, factor_count), symmetric
};

struct PlausibleFactors {
    std::vector<double> factors;
    double distance = 0.0;  ///< Mahalanobis' √(z'Σ⁻¹z)
};

/// The most plausible factors that lose `loss`: z = Σβ·L / (β'Σβ), by Lagrange. Throws
/// Error(invalid_input) on shapes that do not agree, a covariance that is not symmetric, and
/// sensitivities whose variance β'Σβ is not above 0.
PlausibleFactors factors_of_loss(const LinearLoss& linear, double loss);

}  // namespace seawall::debt
