#pragma once

namespace seawall::debt {

/// Infinitely many like loans under one normal factor; a default loses the whole loan (O. Vasicek,
/// "The Distribution of Loan Portfolio Value", Risk, December 2002).
struct LargePool {
    double default_probability = 0.0;  ///< above 0, below 1
    double asset_correlation = 0.0;    ///< above 0, below 1
};

struct LargePoolFigures {
    double value_at_risk = 0.0;       ///< fractions of the pool, as all below
    double expected_shortfall = 0.0;  ///< Φ₂(Φ⁻¹(p), Φ⁻¹(1 − α); √ρ) / (1 − α)
    double standard_deviation = 0.0;
    double joint_default_probability = 0.0;  ///< of two of the loans
};

/// A part of the pool's losses, as fractions of the pool.
struct TrancheBounds {
    double attachment = 0.0;  ///< from 0
    double detachment = 0.0;  ///< above the attachment, to 1
};

/// Each throws Error(invalid_input) on values out of their ranges.
LargePoolFigures large_pool_figures(const LargePool& pool, double confidence_level);

/// The probability of losing `loss_fraction`, from 0 to 1, at most.
double large_pool_cdf(const LargePool& pool, double loss_fraction);

/// The loss that is not passed with the probability `confidence_level`.
double large_pool_quantile(const LargePool& pool, double confidence_level);

/// The expected loss of a tranche as a fraction of its size, without discounting.
double expected_tranche_loss(const LargePool& pool, const TrancheBounds& tranche);

/// What a pool of `effective_obligor_count` like loans (1 / the sum of squared shares) adds to the
/// quantile of the infinite pool, to first order in 1 / count (R. Martin, T. Wilde, "Unsystematic
/// Credit Risk", Risk, November 2002).
double granularity_adjustment(const LargePool& pool, double confidence_level,
                              double effective_obligor_count);

}  // namespace seawall::debt
