#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace seawall::debt {

/// Obligors as columns of shape (obligor_count,), under any number of factors.
struct MomentBook {
    std::span<const double> default_probabilities;  ///< from 0 to 1
    /// (obligor_count, factor_count) by rows, on independent standard normal factors; the squares
    /// of a row sum to less than 1.
    std::span<const double> loadings;
    std::size_t factor_count = 1;
    std::span<const double> losses;                           ///< of a default: an amount >= 0
    std::optional<double> degrees_of_freedom = std::nullopt;  ///< of a t copula; without: Gaussian
};

struct PoolMoments {
    double expected_loss = 0.0;
    double standard_deviation = 0.0;
};

/// Exact by the joint default probabilities of pairs: obligors alike in probability and loadings
/// are one group, and pairs of groups are computed. Throws Error(invalid_input) on columns of
/// different lengths and values out of range, Error(limit_exceeded) above 10,000,000 bivariate
/// probabilities.
PoolMoments pool_moments(const MomentBook& book);

}  // namespace seawall::debt
