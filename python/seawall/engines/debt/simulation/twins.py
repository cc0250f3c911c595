"""Simulated figures beside their exact twins: a run that is too far from one is refused."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from seawall.engines.debt.simulation.exact_figures import ExactFigures
from seawall.engines.debt.simulation.parts import Losses
from seawall.engines.debt.simulation.passes import stop_if_cancelled
from seawall.engines.debt.simulation.twin_distances import (
    distance_of_known_spread,
    distance_of_own_spread,
    distance_of_scrambles,
    twin_limit,
)
from seawall.errors import SeawallError
from seawall.native import RunControl

_UNIT_WEIGHT = 1 << 24
_LARGEST_WEIGHT = 8  # of importance sampling
_SCRAMBLES = 32
_PIECE = 1 << 16  # scenarios at a time: a multiple of the scrambles
_ROUNDING = 1e-9  # of what is computed in doubles, as a fraction
_ROUNDING_OF_SQUARES = 1e-6  # of quadratures too


class Twin(msgspec.Struct, frozen=True):
    """A figure of a run whose exact value is known, amounts in the book's currency."""

    figure: str  # expected_loss, loss_standard_deviation, or mean_weight of importance sampling
    simulated: float
    exact: float
    distance: float  # in standard errors; where defaults are rare, what is as unlikely
    limit: float  # a right run is within it but for one in a million


class _Mean(msgspec.Struct, frozen=True):
    """A mean of scenarios, by how far each is from what it should be on average."""

    miss: float
    variance: float
    scramble_error: float | None  # of Sobol points


class _Asked(msgspec.Struct, frozen=True):
    """A mean that has to be ``exact``, of values with their bounds."""

    figure: str
    value: Callable[[Any, Any], Any]  # of losses and weights
    exact: float
    least: float
    most: float
    rounding: float
    variance: float | None = None  # None: that of the run is taken
    told: Callable[[float], float] = float


def twins(
    loss_minor: Losses,
    exact: ExactFigures,
    *,
    weights: Any = None,
    is_sobol: bool = False,
    amount: Callable[[float], float] = float,
    control: RunControl | None = None,
) -> list[Twin]:
    """Return what of a run has an exact twin; nothing where there is none.

    Parameters
    ----------
    loss_minor : array of shape (scenario_count,)
        Of scenarios 0, 1, ….
    weights : array of shape (scenario_count,), optional
        Those of importance sampling, in 2⁻²⁴.
    amount : callable
        Turns minor units into the currency.
    control : RunControl, optional
        Stops the work; it counts nothing.

    Raises
    ------
    Cancelled
        When the control stopped the work.
    """
    asked = _asked(exact, amount, is_weighted=weights is not None)
    if not asked:
        return []
    limit = twin_limit(len(asked))
    found = []
    for one in asked:
        mean = _mean(one, loss_minor, weights, is_sobol, control)
        distance = _distance(one, mean, len(loss_minor), limit)
        simulated = one.told(one.exact + mean.miss)
        found.append(Twin(one.figure, simulated, one.told(one.exact), distance, limit))
    return found


def judge(found: Sequence[Twin]) -> None:
    """Refuse a run of which a figure is further from its exact twin than chance can put it.

    Raises
    ------
    SeawallError
        ``exact_twin_missed``.
    """
    for twin in found:
        if not twin.distance <= twin.limit:  # true for NaN too
            raise SeawallError(
                f"{twin.simulated:,.6g} is simulated and {twin.exact:,.6g} is exact: "
                f"{twin.distance:.1f} standard errors, and chance leaves {twin.limit:.2f}. "
                "Nothing was kept: the draws or the closed form are wrong",
                code="exact_twin_missed",
                where=f"result.{twin.figure}",
            )


def _asked(
    exact: ExactFigures, amount: Callable[[float], float], *, is_weighted: bool
) -> list[_Asked]:
    heaviest = _LARGEST_WEIGHT if is_weighted else 1
    weight_unit = 0.5 / _UNIT_WEIGHT if is_weighted else 0.0  # what a rounded weight may be off
    asked = []
    if is_weighted:
        asked.append(
            _Asked("mean_weight", lambda _, weight: weight, 1.0, 0.0, heaviest, weight_unit)
        )
    mean, most, least = exact.expected_minor, exact.most_minor, exact.least_minor
    if mean is None:
        return asked
    variance = None if exact.deviation_minor is None else exact.deviation_minor**2
    # E[(w·L)²] under the mixture is E[w·L²] under the plain law, and w is at most 8.
    spread = None if variance is None else heaviest * (variance + mean**2) - mean**2
    asked.append(
        _Asked(
            "expected_loss",
            lambda loss, weight: weight * loss,
            mean,
            0.0 if is_weighted else least,
            heaviest * most,
            exact.rounding_minor + weight_unit * most + _ROUNDING * mean,
            variance if not is_weighted else spread,
            told=amount,
        )
    )
    if variance is not None:
        furthest = max(most - mean, mean - least) ** 2
        asked.append(
            _Asked(
                "loss_standard_deviation",
                lambda loss, weight: weight * (loss - mean) ** 2,
                variance,
                0.0,
                heaviest * furthest,
                weight_unit * furthest + _ROUNDING_OF_SQUARES * variance + (_ROUNDING * mean) ** 2,
                told=lambda value: amount(math.sqrt(max(0.0, value))),
            )
        )
    return asked


def _mean(
    asked: _Asked, loss_minor: Losses, weights: Any, is_sobol: bool, control: RunControl | None
) -> _Mean:
    """Add up misses and their squares, piece by piece: nothing of the size of the run is made."""
    count = len(loss_minor)
    sums, squares, of_scramble = [], [], np.zeros(_SCRAMBLES)
    for begin in range(0, count, _PIECE):
        stop_if_cancelled(control)
        piece = slice(begin, begin + _PIECE)
        weight = 1.0 if weights is None else weights[piece] / _UNIT_WEIGHT
        miss = asked.value(loss_minor[piece].astype(float), weight) - asked.exact
        sums.append(float(miss.sum()))
        squares.append(float((miss * miss).sum()))
        if is_sobol:
            of_scramble += miss.reshape(-1, _SCRAMBLES).sum(axis=0)
    mean = math.fsum(sums) / count
    spread = max(0.0, math.fsum(squares) - count * mean * mean) / max(1, count - 1)
    error = None
    if is_sobol:
        own = of_scramble / (count / _SCRAMBLES)
        error = float(np.sqrt(((own - mean) ** 2).sum() / (_SCRAMBLES - 1) / _SCRAMBLES))
    return _Mean(mean, spread, error)


def _distance(asked: _Asked, mean: _Mean, count: int, limit: float) -> float:
    miss = max(0.0, abs(mean.miss) - asked.rounding)
    width = asked.most - asked.least
    if asked.variance is None:
        found = distance_of_own_spread(
            miss, variance=mean.variance, width=width, count=count, limit=limit
        )
    else:
        room = asked.most - asked.exact if mean.miss > 0 else asked.exact - asked.least
        found = distance_of_known_spread(
            miss, variance=asked.variance, room=room, width=width, count=count
        )
    if mean.scramble_error is None:
        return found
    # 32 means of rare losses are no normal ones: independent draws bound what they may be off.
    of_scrambles = distance_of_scrambles(miss, standard_error=mean.scramble_error, count=_SCRAMBLES)
    return min(found, of_scrambles)
