"""Losses given default under stress, and the most plausible factors of a loss."""

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from seawall import native
from seawall.engines.debt.analytic.columns import Numbers, column, square


class StressedLoss(msgspec.Struct, frozen=True):
    """Of a pool at one quantile of its default rate, as fractions."""

    default_rate: float
    loss_given_default: float
    loss_rate: float  # their product
    risk_index: float  # k = (Φ⁻¹(PD) − Φ⁻¹(EL)) / √(1 − ρ)


class PlausibleFactors(msgspec.Struct, frozen=True):
    """The factors nearest to their mean that lose so much."""

    factors: Numbers  # (factor_count,)
    distance: float  # Mahalanobis' √(z'Σ⁻¹z)


def frye_jacobs_loss(
    default_probability: float,
    *,
    expected_loss: float,
    asset_correlation: float,
    confidence_level: float,
) -> StressedLoss:
    """Return the loss given default that goes with a stressed default rate.

    LGD(DR) = Φ(Φ⁻¹(DR) − k) / DR. Source: J. Frye and M. Jacobs, "Credit Loss and Systematic Loss
    Given Default", Journal of Credit Risk 8, 2012.

    Parameters
    ----------
    default_probability : float
        PD, above 0 and below 1.
    expected_loss : float
        EL, above 0 and below PD: PD times the expected loss given default.
    asset_correlation : float
        ρ, from 0, below 1.
    confidence_level : float
        Of the default rate, above 0 and below 1.

    Returns
    -------
    StressedLoss
        Fractions of the pool.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return StressedLoss(
        **native.frye_jacobs_loss(
            default_probability, expected_loss, asset_correlation, confidence_level
        )
    )


def linear_reverse_stress(
    sensitivities: ArrayLike, *, factor_covariance: ArrayLike, loss: float
) -> PlausibleFactors:
    """Find the most plausible factors whose linear loss is `loss`.

    z = Σβ·L / (β'Σβ), the minimum of z'Σ⁻¹z subject to β'z = L, by Lagrange.

    Parameters
    ----------
    sensitivities : array of shape (factor_count,)
        β, the loss of a factor of 1.
    factor_covariance : array of shape (factor_count, factor_count)
        Σ, symmetric; the variance β'Σβ must be above 0.
    loss : float
        L, in the unit of the sensitivities.

    Returns
    -------
    PlausibleFactors
        Factors and their distance from 0.

    Raises
    ------
    InvalidInput
        On shapes that do not agree and values out of their ranges.
    """
    covariance, _ = square(factor_covariance, "factor_covariance")
    found = native.factors_of_loss(column(sensitivities, "sensitivities"), covariance, loss)
    return PlausibleFactors(factors=np.asarray(found["factors"]), distance=found["distance"])
