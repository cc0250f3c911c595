#include "engines/debt/analytic/large_pool.hpp"

#include <cmath>

#include "engines/debt/analytic/argument_checks.hpp"
#include "numeric/bivariate_normal.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

void check(const LargePool& pool) {
    require_open_fraction(pool.default_probability, "default_probability");
    require_open_fraction(pool.asset_correlation, "asset_correlation");
}

/// The conditional default index (Φ⁻¹(p) − √ρ·z) / √(1 − ρ): the pool's loss is Φ of it.
double index_at(const LargePool& pool, double factor) {
    const double rho = pool.asset_correlation;
    return (normal_quantile(pool.default_probability) - std::sqrt(rho) * factor) /
           std::sqrt(1.0 - rho);
}

/// The factor at which the pool loses a fraction above 0 and below 1.
double factor_of(const LargePool& pool, double loss_fraction) {
    const double rho = pool.asset_correlation;
    return (normal_quantile(pool.default_probability) -
            std::sqrt(1.0 - rho) * normal_quantile(loss_fraction)) /
           std::sqrt(rho);
}

/// E[max(L − attachment, 0)].
double expected_excess(const LargePool& pool, double attachment) {
    if (attachment == 0.0) return pool.default_probability;
    if (attachment == 1.0) return 0.0;
    const double factor = factor_of(pool, attachment);
    const double threshold = normal_quantile(pool.default_probability);
    return bivariate_normal_cdf(
               {.x = threshold, .y = factor, .correlation = std::sqrt(pool.asset_correlation)}) -
           attachment * normal_cdf(factor);
}

}  // namespace

LargePoolFigures large_pool_figures(const LargePool& pool, double confidence_level) {
    LargePoolFigures figures;
    figures.value_at_risk = large_pool_quantile(pool, confidence_level);
    const double p = pool.default_probability;
    const double threshold = normal_quantile(p);
    const double adverse = -normal_quantile(confidence_level);
    figures.expected_shortfall =
        bivariate_normal_cdf(
            {.x = threshold, .y = adverse, .correlation = std::sqrt(pool.asset_correlation)}) /
        (1.0 - confidence_level);
    figures.joint_default_probability = bivariate_normal_cdf(
        {.x = threshold, .y = threshold, .correlation = pool.asset_correlation});
    figures.standard_deviation = std::sqrt(figures.joint_default_probability - p * p);
    return figures;
}

double large_pool_cdf(const LargePool& pool, double loss_fraction) {
    check(pool);
    require_fraction(loss_fraction, "loss_fraction");
    if (loss_fraction == 0.0) return 0.0;
    if (loss_fraction == 1.0) return 1.0;
    return normal_cdf(-factor_of(pool, loss_fraction));
}

double large_pool_quantile(const LargePool& pool, double confidence_level) {
    check(pool);
    require_open_fraction(confidence_level, "confidence_level");
    return normal_cdf(index_at(pool, -normal_quantile(confidence_level)));
}

double expected_tranche_loss(const LargePool& pool, const TrancheBounds& tranche) {
    check(pool);
    require_fraction(tranche.attachment, "attachment");
    require_fraction(tranche.detachment, "detachment");
    const double size = tranche.detachment - tranche.attachment;
    require_positive(size, "detachment");
    return (expected_excess(pool, tranche.attachment) - expected_excess(pool, tranche.detachment)) /
           size;
}

double granularity_adjustment(const LargePool& pool, double confidence_level,
                              double effective_obligor_count) {
    check(pool);
    require_open_fraction(confidence_level, "confidence_level");
    require_positive(effective_obligor_count, "effective_obligor_count");
    const double factor = -normal_quantile(confidence_level);
    const double index = index_at(pool, factor);
    const double loss = normal_cdf(index);
    const double slope = std::sqrt(pool.asset_correlation / (1.0 - pool.asset_correlation));
    const double spread = loss * normal_cdf(-index) / normal_density(index);
    // −½ · d/dz[φ(z)·σ²(z)/μ'(z)] / φ(z), with μ = Φ(index) and σ² = μ·(1 − μ)/count.
    const double twice = factor * spread / slope + 1.0 - 2.0 * loss + index * spread;
    return -0.5 * twice / effective_obligor_count;
}

}  // namespace seawall::debt
