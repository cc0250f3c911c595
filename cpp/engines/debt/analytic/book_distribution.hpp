#pragma once

#include <vector>

#include "engines/debt/analytic/factor_book.hpp"
#include "engines/debt/analytic/lattice_distribution.hpp"

namespace seawall::debt {

/// The exact distribution of a book's loss in units: given the factors the obligors default
/// independently and are added one by one (L. Andersen, J. Sidenius, S. Basu, "All Your Hedges in
/// One Basket", Risk, November 2003), and the factors are integrated out. Throws
/// Error(invalid_input) on columns of different lengths and values out of range,
/// Error(limit_exceeded) above 10,000,000 units and 5e10 multiplications.
LatticeDistribution exact_loss_distribution(const FactorBook& book);

/// Euler's shares of the obligors in figures of their book, in units: each sums to its figure (D.
/// Tasche, "Capital Allocation to Business Units and Sub-Portfolios: the Euler Principle", 2008).
struct LossContributions {
    std::vector<double> standard_deviation;  ///< Cov(L_i, L) / SD(L); empty where that is 0
    std::vector<double> value_at_risk;       ///< E[L_i | L = VaR]
    std::vector<double> expected_shortfall;
};

/// Throws as exact_loss_distribution, and Error(invalid_input) unless 0 < `confidence_level` < 1.
LossContributions exact_loss_contributions(const FactorBook& book, double confidence_level);

}  // namespace seawall::debt
