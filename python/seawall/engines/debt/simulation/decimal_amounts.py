"""Amounts of money from decimals: exact, and rounded half to even once.

A float64 stands for the shortest decimal that reads back as it: what a tape or a parameter said.
"""

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seawall import native

Numbers = NDArray[np.float64]
Minor = Any  # int64; typed, an array is no Buffer before Python 3.12


def minor_amounts(
    amounts: Numbers, digits: int, *, percentages: Numbers | None = None, factor: float = 1.0
) -> Minor:
    """Return what percentages of amounts are in minor units of so many digits.

    Parameters
    ----------
    amounts, percentages : array of shape (count,)
        Decimals; without percentages all of each amount.
    factor : float
        Of all, such as a discount: no decimal but its own exact value.

    Returns
    -------
    int64 array of shape (count,)

    Raises
    ------
    InvalidInput, LimitExceeded
        For an amount that is not finite, and one beyond 2^62 minor units.
    """
    columns: dict[str, Any] = {"amount": np.ascontiguousarray(amounts, np.float64)}
    if percentages is not None:
        columns["percentage"] = np.ascontiguousarray(percentages, np.float64)
    return np.frombuffer(native.minor_shares(columns, digits=digits, factor=factor), np.int64)


def multiplied(amounts: Numbers, factor: float) -> Numbers:
    """Return the float64 nearest to each decimal times the decimal factor; NaN where it is NaN."""
    known = ~np.isnan(amounts)
    left = np.ascontiguousarray(amounts[known])
    columns: dict[str, Any] = {"left": left, "right": np.full(len(left), factor)}
    result: Numbers = np.full(len(amounts), np.nan)
    result[known] = np.frombuffer(native.decimal_products(columns))
    return result


def open_after_sale(
    exposure: Numbers,
    collateral: Numbers,
    recovery: Numbers,
    *,
    haircut_pct: float,
    sale_cost_pct: float,
) -> Numbers:
    """Return what is open of each exposure after collateral is sold; NaN without a value of it."""
    known = ~np.isnan(collateral)
    columns: dict[str, Any] = {
        "exposure": np.ascontiguousarray(exposure[known]),
        "collateral": np.ascontiguousarray(collateral[known]),
        "recovery": np.ascontiguousarray(recovery[known]),
    }
    found = native.open_after_sale(columns, haircut_pct=haircut_pct, sale_cost_pct=sale_cost_pct)
    result: Numbers = np.full(len(exposure), np.nan)
    result[known] = np.frombuffer(found)
    return result


def one_and(change: float) -> float:
    """Return the float64 nearest to 1 + change in decimals."""
    return float(1 + Decimal(str(change)))
