"""Joint defaults of pairs, and the moments of pools that follow from them."""

import msgspec
from numpy.typing import ArrayLike

from seawall import native
from seawall.engines.debt.analytic.columns import column, loadings_of


class PairFigures(msgspec.Struct, frozen=True):
    """Of two obligors."""

    joint_default_probability: float
    default_correlation: float  # of the indicators of default


class PoolMoments(msgspec.Struct, frozen=True):
    """Of a finite pool, in the unit of its losses."""

    expected_loss: float
    standard_deviation: float


def pair_figures(
    first_probability: float,
    second_probability: float,
    asset_correlation: float,
    *,
    degrees_of_freedom: float | None = None,
) -> PairFigures:
    """Return how two obligors default together.

    Φ₂(Φ⁻¹(p₁), Φ⁻¹(p₂); ρ); under a t copula its average over the mixing variable, with quantiles
    of Student's t.

    Parameters
    ----------
    first_probability, second_probability : float
        Of default, above 0 and below 1.
    asset_correlation : float
        ρ, from -1 to 1.
    degrees_of_freedom : float, optional
        Of a t copula, from 2 to 1,000,000; without, the copula is Gaussian.

    Returns
    -------
    PairFigures
        (P₁₂ − p₁·p₂) / √(p₁(1 − p₁)·p₂(1 − p₂)) is the default correlation.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return PairFigures(
        **native.pair_figures(
            first_probability,
            second_probability,
            asset_correlation,
            degrees_of_freedom=degrees_of_freedom,
        )
    )


def tail_dependence(degrees_of_freedom: float, correlation: float) -> float:
    """Return the tail dependence of a t copula, lower and upper alike.

    2·t_{ν+1}(−√((ν + 1)(1 − ρ) / (1 + ρ))). Source: P. Embrechts, A. McNeil, D. Straumann,
    "Correlation and Dependence in Risk Management: Properties and Pitfalls", 2002.

    Parameters
    ----------
    degrees_of_freedom : float
        ν, from 2 to 1,000,000.
    correlation : float
        ρ, from -1 to 1.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return native.tail_dependence(degrees_of_freedom, correlation)


def pool_moments(
    default_probabilities: ArrayLike,
    loadings: ArrayLike,
    losses: ArrayLike,
    *,
    degrees_of_freedom: float | None = None,
) -> PoolMoments:
    """Compute mean and standard deviation of a book's loss exactly, under any number of factors.

    Σᵢ lᵢ²·pᵢ(1 − pᵢ) + Σᵢ≠ⱼ lᵢ·lⱼ·(Pᵢⱼ − pᵢ·pⱼ), Pᵢⱼ as `pair_figures`; obligors alike in
    probability and loadings are computed together.

    Parameters
    ----------
    default_probabilities : array of shape (obligor_count,)
        From 0 to 1.
    loadings : array of shape (obligor_count,) or (obligor_count, factor_count)
        On independent standard normal factors; the squares of a row sum to less than 1.
    losses : array of shape (obligor_count,)
        Of a default, amounts of 0 or more.
    degrees_of_freedom : float, optional
        Of a t copula, from 2 to 1,000,000; without, the copula is Gaussian.

    Returns
    -------
    PoolMoments
        In the unit of `losses`.

    Raises
    ------
    InvalidInput
        On columns of different lengths and values out of their ranges.
    LimitExceeded
        Where unlike obligors take more than 10,000,000 bivariate probabilities: 4,471 kinds under
        the Gaussian copula.
    """
    rows, factor_count = loadings_of(loadings)
    return PoolMoments(
        **native.pool_moments(
            column(default_probabilities, "default_probabilities"),
            rows,
            factor_count,
            column(losses, "losses"),
            degrees_of_freedom=degrees_of_freedom,
        )
    )
