"""What parts of a book add to expected shortfall, each with its standard error."""

from typing import Any

import msgspec
import numpy as np

from seawall.engines.debt.simulation.contributions import added, parts_of
from seawall.engines.debt.simulation.factor_groups import Rows
from seawall.engines.debt.simulation.parts import ScenarioRange
from seawall.engines.debt.simulation.tail import Tail

_BATCHES = 16
_LEAST_BEYOND = 4  # scenarios that a batch has beyond value at risk, on average


class Share(msgspec.Struct, frozen=True):
    """One part of the book, in its currency."""

    name: str | None  # None: the tape does not state it
    exposure: float
    contribution: float  # those of all parts add up to expected shortfall
    standard_error: float | None  # None: too few scenarios beyond value at risk, or not plain


def shares(tail: Tail, level: float, *, by: str = "position") -> list[Share]:
    """Return every part's share of expected shortfall, by falling contribution.

    Parameters
    ----------
    by : str
        ``position``, or a name of `seawall.engines.debt.simulation.GROUPINGS`.

    Raises
    ------
    InvalidInput
        For another grouping, and for a level that is not between 0 and 1.

    Notes
    -----
    The standard error is that of the mean over 16 batches of the scenarios, each with a tail of its
    own (sectioning: S. Asmussen, P. Glynn, "Stochastic Simulation", 2007, chapter III). It holds
    for any part, since what loans have in common is in each batch.
    """
    codes, names = parts_of(tail.book, by)
    minor = added(tail.replay(level).contribution_minor, codes)
    error = _batch_error(tail, level, codes)
    exposure = added(tail.book.exposure_minor, codes)
    amount = tail.book.amount
    return [
        Share(
            names[part],
            amount(int(exposure[part])),
            amount(int(minor[part])),
            None if error is None else amount(float(error[part])),
        )
        for part in np.argsort(-minor, kind="stable")
    ]


def _batch_error(tail: Tail, level: float, codes: Rows) -> Any:
    size = tail.scenario_count // _BATCHES
    if (1 - level) * size < _LEAST_BEYOND or tail.parameters.sampling != "plain":
        return None
    found = [
        added(tail.replay(level, ScenarioRange(size * batch, size)).contribution_minor, codes)
        for batch in range(_BATCHES)
    ]
    return np.std(np.array(found, float), axis=0, ddof=1) / np.sqrt(_BATCHES)
