"""The quarterly screening of many instruments under many scenarios, on plain numpy arrays."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from seawall import native

Counts = np.ndarray[Any, np.dtype[np.int64]]

NO_LTV_LIMIT = native.NO_LTV_LIMIT
"""A limit on loan to value that nothing breaks."""

_CLASSES = ("index_class", "income_class", "collateral_class", "currency_class")


class SweepLoans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Instruments as columns, all of shape (instrument_count,).

    Amounts are in the instrument's own currency, rates and shares are fractions. A class is a row
    of the scenarios' cube of that name; ``index_class`` 0 is a fixed rate, k the index of row
    k − 1.
    """

    balance: ArrayLike  # >= 0
    scheduled_principal: ArrayLike  # a quarter, >= 0
    spread: ArrayLike  # a year, over the index; of a fixed rate the rate itself, >= 0
    income: ArrayLike  # a quarter; below 0 nothing can be paid
    collateral_value: ArrayLike  # >= 0
    haircut: ArrayLike  # of collateral, in [0, 1]
    sale_cost: ArrayLike  # of collateral after haircut, in [0, 1]
    prior_claims: ArrayLike  # paid from collateral before, >= 0
    unsecured_recovery: ArrayLike  # of what collateral leaves, in [0, 1]
    dscr_limit: ArrayLike  # least income / debt service; 0: none
    ltv_limit: ArrayLike  # most balance / collateral after haircut; NO_LTV_LIMIT: none
    index_class: ArrayLike
    income_class: ArrayLike
    collateral_class: ArrayLike
    currency_class: ArrayLike


class SweepScenarios(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What scenarios do to each class, cubes of shape (class_count, quarter_count, scenario_count).

    There may be 40 quarters and 10,000 scenarios.
    """

    index: ArrayLike  # interest rate index, a fraction a year
    income: ArrayLike  # factors >= 0
    collateral: ArrayLike  # factors >= 0
    currency: ArrayLike  # units of the book's currency for one of the instrument's, >= 0


class SweepResult(msgspec.Struct, frozen=True):
    """Sums over the instruments, all of shape (quarter_count, scenario_count).

    An instrument defaults once at most: sums over the quarters are exact too.
    """

    loss_minor: Counts  # minor units of the book's currency, in the quarter of default
    breach_count: Counts  # instruments in breach of a covenant
    default_count: Counts  # instruments that default in the quarter


def sweep(
    loans: SweepLoans,
    scenarios: SweepScenarios,
    *,
    minor_units_per_unit: int = 100,
    threads: int = 0,
    control: native.RunControl | None = None,
) -> SweepResult:
    """Screen every instrument under every scenario, quarter by quarter.

    The model and its limits are on the page "Scenario sweep" of the documentation. The figures are
    the same bits on any machine and number of threads.

    Parameters
    ----------
    loans : SweepLoans
        The instruments.
    scenarios : SweepScenarios
        The drivers of each class.
    minor_units_per_unit : int
        Of the book's currency, such as 100 cents.
    threads : int
        The most threads to use; 0 for all cores.
    control : RunControl, optional
        Follows and ends the work; it counts instruments.

    Returns
    -------
    SweepResult
        Losses, breaches and defaults by quarter and scenario.

    Raises
    ------
    InvalidInput
        On arrays of another shape or type, and values out of range.
    LimitExceeded
        On too many quarters, scenarios or classes, where one loss could reach 2^51 minor units,
        and where a sum of losses could pass int64.
    Cancelled
        When `control` or Ctrl-C asked to stop.
    """
    columns = {
        name: _array(getattr(loans, name), np.int64 if name in _CLASSES else np.float64)
        for name in SweepLoans.__struct_fields__
    }
    cubes = {
        name: _array(getattr(scenarios, name), np.float64)
        for name in SweepScenarios.__struct_fields__
    }
    found = native.sweep(
        columns,
        cubes,
        minor_units_per_unit=minor_units_per_unit,
        threads=threads,
        control=control,
    )
    shape = cubes["index"].shape[1:]
    return SweepResult(
        **{name: np.frombuffer(found[name], np.int64).reshape(shape) for name in found}
    )


def _array(values: ArrayLike, dtype: type[np.generic]) -> Any:
    """Widen integers and single precision; what would lose something is left for the core."""
    array = np.asarray(values)
    wanted = array.astype(dtype, copy=False) if np.can_cast(array.dtype, dtype) else array
    return np.require(wanted, requirements=["C_CONTIGUOUS", "ALIGNED"])
