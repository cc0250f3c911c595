"""Infinitely many like loans under one normal factor."""

import msgspec

from seawall import native


class LargePoolFigures(msgspec.Struct, frozen=True):
    """Losses of the infinite pool, as fractions of it; a default loses the whole loan."""

    value_at_risk: float
    expected_shortfall: float
    standard_deviation: float
    joint_default_probability: float  # of two of its loans


class AdverseFactor(msgspec.Struct, frozen=True):
    """A standard normal factor, of which low is bad."""

    factor: float
    probability: float  # of one as low


def large_pool_figures(
    default_probability: float, asset_correlation: float, *, confidence_level: float
) -> LargePoolFigures:
    """Measure the loss of an infinite pool of like loans.

    Under the factor z the pool loses Φ((Φ⁻¹(p) − √ρ·z) / √(1 − ρ)); its expected shortfall is
    Φ₂(Φ⁻¹(p), Φ⁻¹(1 − α); √ρ) / (1 − α). Source: O. Vasicek, "The Distribution of Loan Portfolio
    Value", Risk, December 2002.

    Parameters
    ----------
    default_probability : float
        p of each loan, above 0 and below 1.
    asset_correlation : float
        ρ of any two, above 0 and below 1.
    confidence_level : float
        α, above 0 and below 1.

    Returns
    -------
    LargePoolFigures
        Fractions of the pool.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return LargePoolFigures(
        **native.large_pool_figures(default_probability, asset_correlation, confidence_level)
    )


def large_pool_cdf(
    default_probability: float, asset_correlation: float, *, loss_fraction: float
) -> float:
    """Return the probability that an infinite pool loses `loss_fraction` at most.

    Φ((√(1 − ρ)·Φ⁻¹(x) − Φ⁻¹(p)) / √ρ), of the source of `large_pool_figures`.

    Parameters
    ----------
    default_probability, asset_correlation : float
        Above 0 and below 1.
    loss_fraction : float
        x, from 0 to 1.

    Returns
    -------
    float
        A probability.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return native.large_pool_cdf(default_probability, asset_correlation, loss_fraction)


def large_pool_factor(
    default_probability: float, asset_correlation: float, *, loss_fraction: float
) -> AdverseFactor:
    """Return the factor at which an infinite pool loses `loss_fraction`: its reverse stress.

    Parameters
    ----------
    default_probability, asset_correlation : float
        Above 0 and below 1.
    loss_fraction : float
        Above 0 and below 1.

    Returns
    -------
    AdverseFactor
        The factor and the probability that one falls as low.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return AdverseFactor(
        **native.factor_of_loss(default_probability, asset_correlation, loss_fraction)
    )


def expected_tranche_loss(
    default_probability: float, asset_correlation: float, *, attachment: float, detachment: float
) -> float:
    """Return the expected loss of a tranche of an infinite pool, as a fraction of its size.

    E[min(max(L − A, 0), B − A)] / (B − A) over one period, without recovery and discounting.

    Parameters
    ----------
    default_probability, asset_correlation : float
        Above 0 and below 1.
    attachment, detachment : float
        A and B, fractions of the pool, 0 <= A < B <= 1.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return native.expected_tranche_loss(
        default_probability, asset_correlation, attachment, detachment
    )


def granularity_adjustment(
    default_probability: float,
    asset_correlation: float,
    *,
    confidence_level: float,
    effective_obligor_count: float,
) -> float:
    """Return what a finite pool adds to the infinite pool's value at risk, to first order.

    Source: R. Martin and T. Wilde, "Unsystematic Credit Risk", Risk, November 2002. The figure of a
    finite pool lies on a lattice of 1 / count, so that the two differ by as much again.

    Parameters
    ----------
    default_probability, asset_correlation, confidence_level : float
        Above 0 and below 1.
    effective_obligor_count : float
        1 / the sum of squared shares of the exposure, above 0.

    Returns
    -------
    float
        A fraction of the pool.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return native.granularity_adjustment(
        default_probability, asset_correlation, confidence_level, effective_obligor_count
    )
