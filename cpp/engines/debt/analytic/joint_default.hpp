#pragma once

#include <cstddef>
#include <optional>

#include "engines/debt/analytic/quadrature_axis.hpp"

namespace seawall::debt {

/// Two obligors and the correlation of their asset values.
struct ObligorPair {
    double first_probability = 0.0;
    double second_probability = 0.0;
    double asset_correlation = 0.0;
};

/// Joint default probabilities under one copula; of a t copula the bivariate normal probability is
/// integrated over the mixing variable.
class JointDefault {
  public:
    /// `least_probability` is the least, or the complement of the greatest, that will be asked for.
    JointDefault(std::optional<double> degrees_of_freedom, double least_probability);

    /// By thresholds that default_threshold gave.
    double probability(double first_threshold, double second_threshold, double correlation) const;

    /// Bivariate normal probabilities that one joint probability takes.
    std::size_t point_count() const { return scales_.points.size(); }

  private:
    QuadratureAxis scales_;
};

struct PairFigures {
    double joint_default_probability = 0.0;
    double default_correlation = 0.0;  ///< of the default indicators
};

/// Throws Error(invalid_input) on values out of range: probabilities above 0 and below 1.
PairFigures pair_figures(const ObligorPair& pair, std::optional<double> degrees_of_freedom);

/// λ = 2·t_{ν+1}(−√((ν + 1)(1 − ρ)/(1 + ρ))) of the t copula, lower and upper alike (P. Embrechts,
/// A. McNeil, D. Straumann, "Correlation and Dependence in Risk Management", 2002). Throws
/// Error(invalid_input) on values out of range.
double tail_dependence(double degrees_of_freedom, double correlation);

}  // namespace seawall::debt
