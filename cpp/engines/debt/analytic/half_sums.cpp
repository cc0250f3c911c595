#include "engines/debt/analytic/half_sums.hpp"

#include <algorithm>
#include <cmath>

namespace seawall::debt {

HalfSums::HalfSums(std::size_t size) {
    for (std::vector<double>& half : halves_) half.assign(size, 0.0);
}

LatticeDistribution HalfSums::distribution(bool has_halves) const {
    LatticeDistribution result;
    result.probabilities.reserve(halves_[0].size());
    double apart = 0.0;
    for (std::size_t k = 0; k < halves_[0].size(); ++k) {
        result.probabilities.push_back(halves_[0][k] + halves_[1][k]);
        apart += halves_[0][k] - halves_[1][k];
        if (has_halves)
            result.quadrature_error = std::max(result.quadrature_error, std::abs(apart));
    }
    return result;
}

}  // namespace seawall::debt
