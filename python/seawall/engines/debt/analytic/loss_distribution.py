"""Exact distributions of losses in whole units."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from seawall import native
from seawall.engines.debt.analytic.columns import Numbers, column, loadings_of, whole_column


class TailFigures(msgspec.Struct, frozen=True):
    """Of a loss in units, at one confidence level α."""

    value_at_risk: int  # the least x with P(L <= x) >= α
    tail_probability: float  # P(L > value_at_risk)
    expected_shortfall: float  # the average of the quantiles above α


class LossDistribution(msgspec.Struct, frozen=True):
    """The distribution of a loss of 0, 1, 2, … units."""

    probabilities: Numbers  # (most units + 1,)
    mean: float  # units
    standard_deviation: float
    # How far one half of the quadrature's points alone would move a point of the distribution
    # function at most; the error of the whole is far below it.
    quadrature_error: float

    def tail(self, confidence_level: float) -> TailFigures:
        """Return value at risk and expected shortfall.

        A cumulative probability that falls short of the level by less than 1e-12 of it reaches it:
        rounding must not move a quantile that lies on an atom.

        Raises
        ------
        InvalidInput
            Unless the level is above 0 and below 1.
        """
        return tail_figures(self.probabilities, confidence_level)


class LossContributions(msgspec.Struct, frozen=True):
    """Euler's shares of the obligors, of shape (obligor_count,): each sums to its figure."""

    standard_deviation: Numbers  # Cov(L_i, L) / SD(L)
    value_at_risk: Numbers  # E[L_i | L = VaR]
    expected_shortfall: Numbers


def tail_figures(probabilities: ArrayLike, confidence_level: float) -> TailFigures:
    """Return the figures of a tail in units, as `LossDistribution.tail`."""
    return TailFigures(
        **native.lattice_tail(column(probabilities, "probabilities"), confidence_level)
    )


def default_count_distribution(
    obligor_count: int,
    default_probability: float,
    asset_correlation: float,
    *,
    degrees_of_freedom: float | None = None,
) -> LossDistribution:
    """Compute the distribution of the number of defaults of like obligors exactly.

    A mixture of binomials over the factor, and over the mixing variable of a t copula (R. Frey, A.
    McNeil, M. Nyfeler, "Copulas and Credit Models", Risk, October 2001), by the trapezoidal rule.

    Parameters
    ----------
    obligor_count : int
        From 1 to 1,000,000.
    default_probability : float
        Of each, from 0 to 1.
    asset_correlation : float
        Of any two, from 0, below 1.
    degrees_of_freedom : float, optional
        Of a t copula, from 2 to 1,000,000; without, the copula is Gaussian.

    Returns
    -------
    LossDistribution
        A unit is a default.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    LimitExceeded
        Where the mixture takes more than 5e10 terms.
    """
    return _distribution(
        native.default_count_distribution(
            obligor_count,
            default_probability,
            asset_correlation,
            degrees_of_freedom=degrees_of_freedom,
        )
    )


def loss_distribution(
    default_probabilities: ArrayLike,
    loadings: ArrayLike,
    loss_units: ArrayLike,
    *,
    degrees_of_freedom: float | None = None,
) -> LossDistribution:
    """Compute the loss distribution of a book of unlike obligors exactly.

    Given the factors the obligors default independently and are added one by one (L. Andersen, J.
    Sidenius, S. Basu, "All Your Hedges in One Basket", Risk, November 2003); the factors, and the
    mixing variable of a t copula, are integrated out by the trapezoidal rule.

    Parameters
    ----------
    default_probabilities : array of shape (obligor_count,)
        From 0 to 1.
    loadings : array of shape (obligor_count,) or (obligor_count, factor_count)
        On one or two independent standard normal factors; low factors are bad. The squares of a
        row sum to less than 1, what they leave is the obligor's own risk.
    loss_units : array of int of shape (obligor_count,)
        Of a default, 0 or more; 10,000,000 in all.
    degrees_of_freedom : float, optional
        Of a t copula, from 2 to 1,000,000; without, the copula is Gaussian.

    Returns
    -------
    LossDistribution
        In units.

    Raises
    ------
    InvalidInput
        On columns of different lengths and values out of their ranges.
    LimitExceeded
        Where the recursion takes more than 5e10 multiplications: use a larger unit.
    """
    rows, factor_count = loadings_of(loadings)
    return _distribution(
        native.exact_loss_distribution(
            column(default_probabilities, "default_probabilities"),
            rows,
            factor_count,
            whole_column(loss_units, "loss_units"),
            degrees_of_freedom=degrees_of_freedom,
        )
    )


def loss_contributions(
    default_probabilities: ArrayLike,
    loadings: ArrayLike,
    loss_units: ArrayLike,
    *,
    confidence_level: float,
    degrees_of_freedom: float | None = None,
) -> LossContributions:
    """Compute what each obligor contributes to the figures of `loss_distribution`, exactly.

    Source: D. Tasche, "Capital Allocation to Business Units and Sub-Portfolios: the Euler
    Principle", 2008. A contribution to the value at risk is an average over the scenarios of that
    very loss, which may be of few kinds.

    Parameters
    ----------
    default_probabilities, loadings, loss_units, degrees_of_freedom
        As `loss_distribution` has them.
    confidence_level : float
        Above 0 and below 1.

    Returns
    -------
    LossContributions
        In units. Shares of the standard deviation are empty where that is 0.

    Raises
    ------
    InvalidInput
        On columns of different lengths and values out of their ranges.
    LimitExceeded
        As `loss_distribution`, with as many more multiplications as the count of obligors has bits.
    """
    rows, factor_count = loadings_of(loadings)
    found = native.exact_loss_contributions(
        column(default_probabilities, "default_probabilities"),
        rows,
        factor_count,
        whole_column(loss_units, "loss_units"),
        confidence_level=confidence_level,
        degrees_of_freedom=degrees_of_freedom,
    )
    return LossContributions(**{name: np.asarray(found[name]) for name in found})


def _distribution(found: dict[str, Any]) -> LossDistribution:
    return LossDistribution(**(found | {"probabilities": np.asarray(found["probabilities"])}))
