#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "engines/debt/analytic/lattice_distribution.hpp"

namespace seawall::debt {

/// Probabilities summed apart over the even and the odd points of a quadrature: each half is a rule
/// of its own with twice the step (a chequerboard, where there are several axes).
class HalfSums {
  public:
    explicit HalfSums(std::size_t size);

    /// Of the point at which the axes' indices sum to this.
    std::vector<double>& half(std::size_t index_sum) { return halves_[index_sum % 2]; }

    /// The whole rule; its halves are compared where there is more than one point.
    LatticeDistribution distribution(bool has_halves) const;

  private:
    std::array<std::vector<double>, 2> halves_;
};

}  // namespace seawall::debt
