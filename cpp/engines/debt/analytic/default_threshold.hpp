#pragma once

#include <optional>

namespace seawall::debt {

/// The asset value below which an obligor defaults: Φ⁻¹(p), or the quantile of Student's t with
/// these degrees of freedom under a t copula; ∓∞ for the probabilities 0 and 1.
double default_threshold(double probability, std::optional<double> degrees_of_freedom);

}  // namespace seawall::debt
