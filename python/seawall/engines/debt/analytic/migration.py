"""Migration between ratings, and values at a horizon."""

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from seawall import native
from seawall.engines.debt.analytic.columns import Numbers, column, square


class ValueMoments(msgspec.Struct, frozen=True):
    """Of values by their probabilities."""

    mean: float
    standard_deviation: float


def renormalised_rows(values: ArrayLike) -> Numbers:
    """Divide each row of a published table by its sum: tables are rounded.

    Parameters
    ----------
    values : array of shape (state_count, state_count)
        0 or more, in any unit such as percent.

    Returns
    -------
    array of shape (state_count, state_count)
        Rows that sum to 1.

    Raises
    ------
    InvalidInput
        On a shape that is not square, values below 0 and rows that sum to 0.
    """
    cells, count = square(values, "matrix")
    return np.asarray(native.renormalised_rows(cells, count)).reshape(count, count)


def transition_power(matrix: ArrayLike, years: int) -> Numbers:
    """Compute the migration probabilities of several years from those of one.

    The last column has cumulative default probabilities where the last state is an absorbing
    default.

    Parameters
    ----------
    matrix : array of shape (state_count, state_count)
        Probabilities of one year, rows from the best state to default; each row sums to 1 within
        1e-9. 2 to 64 states.
    years : int
        From 0 to 1,000.

    Returns
    -------
    array of shape (state_count, state_count)
        The matrix's power.

    Raises
    ------
    InvalidInput
        On a shape or values that are no transition matrix.
    """
    cells, count = square(matrix, "matrix")
    return np.asarray(native.transition_power(cells, count, years)).reshape(count, count)


def migration_thresholds(row: ArrayLike) -> Numbers:
    """Compute the asset values between an obligor's states at the horizon.

    Source: J.P. Morgan, "CreditMetrics Technical Document", 1997, chapter 8.

    Parameters
    ----------
    row : array of shape (state_count,)
        Probabilities from the best state to default; their sum is within 1e-3 of 1.

    Returns
    -------
    array of shape (state_count − 1,)
        Rising: below the first lies default, above the last the best state. Infinite beside
        states without probability.

    Raises
    ------
    InvalidInput
        On values that are no such row.
    """
    return np.asarray(native.migration_thresholds(column(row, "row")))


def joint_migration(
    first_row: ArrayLike, second_row: ArrayLike, *, asset_correlation: float
) -> Numbers:
    """Compute the probabilities of two obligors' states at the horizon.

    Bivariate normal rectangles between the thresholds of `migration_thresholds`.

    Parameters
    ----------
    first_row, second_row : array
        As `migration_thresholds` has them.
    asset_correlation : float
        From -1 to 1.

    Returns
    -------
    array of shape (first state_count, second state_count)
        They sum to 1. The least are differences of larger numbers, in error by about 1e-16.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    first = column(first_row, "first_row")
    second = column(second_row, "second_row")
    cells = native.joint_migration(first, second, asset_correlation)
    return np.asarray(cells).reshape(len(first), len(second))


def horizon_value(coupon: float, *, forward_rates: ArrayLike, face: float = 100.0) -> float:
    """Value a bond in a year, with the coupon paid that day.

    Source: J.P. Morgan, "CreditMetrics Technical Document", 1997, chapter 1.

    Parameters
    ----------
    coupon : float
        A year, in the unit of the face, 0 or more.
    forward_rates : array of shape (years,)
        Zero rates of 1, 2, … years from the horizon, compounded yearly, above -1; the last
        coupon repays the face.
    face : float
        Above 0.

    Returns
    -------
    float
        In the unit of the face.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return native.horizon_value(coupon, face, column(forward_rates, "forward_rates"))


def value_moments(probabilities: ArrayLike, values: ArrayLike) -> ValueMoments:
    """Compute mean and standard deviation of values, weighted as they are by probabilities.

    Parameters
    ----------
    probabilities : array of shape (count,)
        From 0 to 1.
    values : array of shape (count,)
        Finite.

    Returns
    -------
    ValueMoments
        Of the population.

    Raises
    ------
    InvalidInput
        On columns of different lengths and values out of their ranges.
    """
    return ValueMoments(
        **native.value_moments(column(probabilities, "probabilities"), column(values, "values"))
    )
