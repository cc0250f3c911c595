"""Closed forms and exact distributions that stand beside simulated figures.

The page "Closed forms" of the reference lists them with their sources and limits.
"""

from seawall.engines.debt.analytic.credit_risk_plus import CreditRiskPlus, credit_risk_plus
from seawall.engines.debt.analytic.firm_value import (
    MertonAssets,
    MertonFigures,
    merton_assets,
    merton_figures,
)
from seawall.engines.debt.analytic.large_pool import (
    AdverseFactor,
    LargePoolFigures,
    expected_tranche_loss,
    granularity_adjustment,
    large_pool_cdf,
    large_pool_factor,
    large_pool_figures,
)
from seawall.engines.debt.analytic.loss_distribution import (
    LossContributions,
    LossDistribution,
    TailFigures,
    default_count_distribution,
    loss_contributions,
    loss_distribution,
)
from seawall.engines.debt.analytic.migration import (
    ValueMoments,
    horizon_value,
    joint_migration,
    migration_thresholds,
    renormalised_rows,
    transition_power,
    value_moments,
)
from seawall.engines.debt.analytic.pair import (
    PairFigures,
    PoolMoments,
    pair_figures,
    pool_moments,
    tail_dependence,
)
from seawall.engines.debt.analytic.regulatory import AssetClass, IrbFigures, irb_figures
from seawall.engines.debt.analytic.stressed_loss import (
    PlausibleFactors,
    StressedLoss,
    frye_jacobs_loss,
    linear_reverse_stress,
)

__all__ = [
    "AdverseFactor",
    "AssetClass",
    "CreditRiskPlus",
    "IrbFigures",
    "LargePoolFigures",
    "LossContributions",
    "LossDistribution",
    "MertonAssets",
    "MertonFigures",
    "PairFigures",
    "PlausibleFactors",
    "PoolMoments",
    "StressedLoss",
    "TailFigures",
    "ValueMoments",
    "credit_risk_plus",
    "default_count_distribution",
    "expected_tranche_loss",
    "frye_jacobs_loss",
    "granularity_adjustment",
    "horizon_value",
    "irb_figures",
    "joint_migration",
    "large_pool_cdf",
    "large_pool_factor",
    "large_pool_figures",
    "linear_reverse_stress",
    "loss_contributions",
    "loss_distribution",
    "merton_assets",
    "merton_figures",
    "migration_thresholds",
    "pair_figures",
    "pool_moments",
    "renormalised_rows",
    "tail_dependence",
    "transition_power",
    "value_moments",
]
