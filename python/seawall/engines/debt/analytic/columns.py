"""Columns and matrices of numbers as the core takes them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from seawall.errors import InvalidInput

Numbers = np.ndarray[Any, np.dtype[np.float64]]

_COLUMN = "must be a column of numbers"
_WHOLE_COLUMN = "must be a column of whole numbers"
_MATRIX = "must be rows of as many numbers each"


def column(values: ArrayLike, place: str) -> list[float]:
    """Return numbers of shape (count,).

    Raises
    ------
    InvalidInput
        For another shape, and for what is no number.
    """
    return list(_numbers(_array(values, place, _COLUMN), 1, np.float64, place, _COLUMN).tolist())


def whole_column(values: ArrayLike, place: str) -> list[int]:
    """Return whole numbers of shape (count,).

    Raises
    ------
    InvalidInput
        For another shape, and for what is no integer.
    """
    array = _array(values, place, _WHOLE_COLUMN)
    return list(_numbers(array, 1, np.int64, place, _WHOLE_COLUMN).tolist())


def matrix(values: ArrayLike, place: str) -> tuple[list[float], int]:
    """Return numbers of shape (rows, columns) by rows, and the count of columns.

    Raises
    ------
    InvalidInput
        For another shape, and for what is no number.
    """
    array = _numbers(_array(values, place, _MATRIX), 2, np.float64, place, _MATRIX)
    return list(array.ravel().tolist()), array.shape[1]


def square(values: ArrayLike, place: str) -> tuple[list[float], int]:
    """Return a square matrix by rows, and its order.

    Raises
    ------
    InvalidInput
        As `matrix`, and for rows that are not as many as the columns.
    """
    numbers, count = matrix(values, place)
    if len(numbers) != count * count:
        raise InvalidInput("must be square", where=place)
    return numbers, count


def loadings_of(values: ArrayLike) -> tuple[list[float], int]:
    """Return loadings by rows and the count of factors: a column is loadings on one factor.

    Raises
    ------
    InvalidInput
        As `matrix`.
    """
    array = _array(values, "loadings", _MATRIX)
    return matrix(array[:, np.newaxis] if array.ndim == 1 else array, "loadings")


def _array(values: ArrayLike, place: str, message: str) -> np.ndarray[Any, Any]:
    try:
        return np.asarray(values)
    except ValueError as error:  # ragged rows
        raise InvalidInput(message, where=place) from error


def _numbers(
    array: np.ndarray[Any, Any], ndim: int, dtype: type[np.generic], place: str, message: str
) -> np.ndarray[Any, Any]:
    is_number = array.size == 0 or np.can_cast(array.dtype, dtype, "same_kind")
    if array.ndim != ndim or not is_number:
        raise InvalidInput(message, where=place)
    return array.astype(dtype)
