"""Columns and matrices of numbers as the core takes them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from seawall.errors import InvalidInput

Numbers = np.ndarray[Any, np.dtype[np.float64]]


def column(values: ArrayLike, place: str) -> list[float]:
    """Return numbers of shape (count,).

    Raises
    ------
    InvalidInput
        For another shape, and for what is no number.
    """
    return list(_array(values, place, np.float64, "must be a column of numbers", ndim=1).tolist())


def whole_column(values: ArrayLike, place: str) -> list[int]:
    """Return whole numbers of shape (count,).

    Raises
    ------
    InvalidInput
        For another shape, and for what is no integer.
    """
    return list(
        _array(values, place, np.int64, "must be a column of whole numbers", ndim=1).tolist()
    )


def matrix(values: ArrayLike, place: str) -> tuple[list[float], int]:
    """Return numbers of shape (rows, columns) by rows, and the count of columns.

    Raises
    ------
    InvalidInput
        For another shape, and for what is no number.
    """
    array = _array(values, place, np.float64, "must be rows of as many numbers each", ndim=2)
    return list(array.ravel().tolist()), array.shape[1]


def square(values: ArrayLike, place: str) -> tuple[list[float], int]:
    """Return a square matrix by rows, and its order; raises as `matrix`."""
    numbers, count = matrix(values, place)
    if len(numbers) != count * count:
        raise InvalidInput("must be square", where=place)
    return numbers, count


def loadings_of(values: ArrayLike) -> tuple[list[float], int]:
    """Return loadings by rows and the count of factors: a column is loadings on one factor."""
    array = np.asarray(values)
    return matrix(array[:, np.newaxis] if array.ndim == 1 else array, "loadings")


def _array(
    values: ArrayLike, place: str, dtype: type[np.generic], message: str, *, ndim: int
) -> np.ndarray[Any, Any]:
    try:
        array = np.asarray(values)
    except ValueError as error:  # ragged rows
        raise InvalidInput(message, where=place) from error
    if array.ndim != ndim or not (array.size == 0 or np.can_cast(array.dtype, dtype, "same_kind")):
        raise InvalidInput(message, where=place)
    return array.astype(dtype)
