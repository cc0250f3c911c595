#pragma once

#include <cstddef>
#include <vector>

#include "engines/debt/simulation/conditional_factors.hpp"
#include "engines/debt/simulation/factor_model.hpp"
#include "engines/debt/simulation/obligor_groups.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// A conditional loss to reach, and how hard to look for the nearest state that has it.
struct ReverseTarget {
    double loss_minor = 0.0;
    std::size_t random_starts = 8;  ///< beyond those along axes; at most 1024
    /// The law of the factors where it is not N(0, C): distances are of its u, not of z.
    const ConditionalFactors* conditional = nullptr;
};

/// A systematic state that is a local minimum of the distance from the middle, |z|² + v², among
/// those whose conditional loss reaches the target.
struct ReversePoint {
    std::vector<double> whitened;  ///< z that the default rule reads, of shape (factor_count,)
    double mixing_score = 0.0;     ///< v = Φ⁻¹(F(W)); 0 in the Gaussian copula
    std::vector<double> factor;    ///< Z = L·z: in the factors' own units, before mixing
    double mixing_variable = 0.0;  ///< W; infinity in the Gaussian copula
    double mixing_root = 1.0;      ///< √(W/ν)
    double conditional_loss_minor = 0.0;
    double radius = 0.0;  ///< √(|z|² + v²), |u| for |z| under a conditional law
    /// Φ(−radius): the probability of the half-space beyond the point.
    double first_order_probability = 0.0;
    /// The same corrected by the curvatures of the surface there (K. Breitung, "Asymptotic
    /// approximations for multinormal integrals", 1984).
    double second_order_probability = 0.0;
    double multiplier_per_minor = 0.0;  ///< d(radius²)/d(target loss)
    /// |(z, v) − its part along the loss's slope|, in standard deviations: 0 at a minimum.
    double kkt_residual = 0.0;
    /// The least eigenvalue of the Lagrangian's Hessian along the surface, where the distance's
    /// own is 1: above 0 at a strict local minimum.
    double least_curvature = 1.0;
    std::size_t iterations = 0;   ///< of the descent that found it
    std::size_t start_count = 0;  ///< starts that led to it
};

/// What was found. The first minimum is the best found, which no number of starts proves to be the
/// nearest of all.
struct ReverseStress {
    std::vector<ReversePoint> minima;  ///< distinct, by rising radius
    /// Whether the middle of the states loses less than the target; otherwise it is the answer.
    bool is_binding = true;
    std::size_t start_count = 0;
    std::size_t failed_start_count = 0;  ///< that led to no stationary point
    std::size_t saddle_count = 0;        ///< stationary points that are no minima
    std::size_t evaluation_count = 0;    ///< of the conditional loss
};

/// Searches from many starts (docs/explanation/reverse_stress.md). `groups` are of the model
/// `factors`. Same bits for any thread count and order of the obligors. Progress counts starts.
/// Throws Error(invalid_input) at "target.loss_minor" on a loss that is not above 0, that no state
/// has, or that none was found to have within 37 standard deviations; and Error(cancelled).
ReverseStress reverse_search(const ObligorGroups& groups, const FactorModel& factors,
                             const ReverseTarget& target, const ParallelOptions& parallel);

}  // namespace seawall::debt
