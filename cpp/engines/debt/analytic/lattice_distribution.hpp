#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace seawall::debt {

/// The distribution of a loss of 0, 1, 2, … units.
struct LatticeDistribution {
    std::vector<double> probabilities;  // of 0, 1, 2, … units
    /// How far one half of the quadrature's points alone would move a point of the distribution
    /// function at most; the error of the whole is far below it. 0 without quadrature.
    double quadrature_error = 0.0;
};

struct LatticeMoments {
    double mean = 0.0;  ///< units
    double standard_deviation = 0.0;
};

LatticeMoments lattice_moments(std::span<const double> probabilities);

struct LatticeTail {
    std::size_t value_at_risk = 0;    ///< units: the least x with P(L <= x) >= α
    double tail_probability = 0.0;    ///< P(L > value at risk)
    double expected_shortfall = 0.0;  ///< the average of the quantiles above α
};

/// A cumulative probability that falls short of α by less than 1e-12 of it reaches it: rounding
/// must not move a quantile that lies on an atom. Throws Error(invalid_input) unless 0 < α < 1, and
/// where the probabilities end before α.
LatticeTail lattice_tail(std::span<const double> probabilities, double confidence_level);

}  // namespace seawall::debt
