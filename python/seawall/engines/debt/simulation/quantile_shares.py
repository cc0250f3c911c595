"""What positions add to value at risk: an estimate, by the scenarios that lose about as much."""

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from seawall import native
from seawall.engine import Execution
from seawall.engines.debt.simulation.contributions import added, parts_of
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.levels import rational_level
from seawall.engines.debt.simulation.parts import Losses, SimulationPart, replay_part
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

_BATCHES = 16
_LEAST_OF_BATCH = 2  # scenarios, on average; else there is no standard error
_OUTSIDE = -2  # minor units, which nothing loses
_UNIT_WEIGHT = 1 << 24
_LARGEST_DENOMINATOR = 1_000_000_000  # of a level
_JUST_BELOW = 1 - Fraction(1, 10**12)


class QuantileShares(msgspec.Struct, frozen=True):
    """An estimate: what parts of a book lose where it loses about its value at risk.

    The mean over the scenarios whose loss is within the 95 % interval of value at risk, as the
    order statistics give it, scaled so that the parts add up to value at risk.
    """

    confidence_level: float
    value_at_risk: float
    scenario_count: int  # of the window
    least_loss: float  # in the window
    largest_loss: float
    shares: Table  # by falling contribution, each with its standard error (null: too few scenarios)


class LossRun(msgspec.Struct, frozen=True):
    """The losses of a run, and the weights of importance sampling if there are any."""

    loss_minor: Losses
    weights: Any
    execution: Execution


class _Window(msgspec.Struct, frozen=True):
    """Losses around value at risk, in minor units."""

    value_at_risk: int
    least: int
    largest: int


def quantile_shares(book: CreditBook, run: LossRun, level: float, *, by: str) -> QuantileShares:
    """Return the contributions to value at risk; their bits do not depend on the execution."""
    codes, names = parts_of(book, by)
    window = _window(run, level)
    inside = (run.loss_minor >= window.least) & (run.loss_minor <= window.largest)
    if run.weights is not None:
        inside &= run.weights > 0
    count = int(inside.sum())
    size = -(-len(inside) // _BATCHES)
    batches = [
        added(_sums(book, run, inside, first, first + size), codes)
        for first in (range(0, len(inside), size) if window.value_at_risk else ())
    ]
    whole = _scaled(sum(batches, np.zeros(len(names))), window)
    has_error = count >= _LEAST_OF_BATCH * _BATCHES and book.inputs.sampling.kind != "sobol"
    error = _error(batches, window) if has_error else None
    return QuantileShares(
        level,
        book.amount(window.value_at_risk),
        count,
        book.amount(window.least),
        book.amount(window.largest),
        Table(_rows(book, by, names, codes, (whole, error), count)),
    )


def _window(run: LossRun, level: float) -> _Window:
    found = native.tail_figures(run.loss_minor, level=rational_level(level), weights=run.weights)
    high = found["var_high_minor"]  # None: beyond the largest loss
    largest = int(run.loss_minor.max()) if high is None else int(high)
    return _Window(int(found["var_minor"]), int(found["var_low_minor"]), largest)


def _sums(book: CreditBook, run: LossRun, inside: Any, first: int, end: int) -> Any:
    """Add up what positions lose in the scenarios of a batch that are in the window."""
    end = min(end, len(inside))
    if not inside[first:end].any():
        return np.zeros(len(book.obligor))
    if run.weights is not None:
        return _weighted_sums(book, run, inside, first, end)
    marked = np.where(inside[first:end], run.loss_minor[first:end], _OUTSIDE)
    part = SimulationPart(book.inputs.sha256, first, marked)
    threads = run.execution.threads  # what is above −1 is simulated again
    found = replay_part(book.simulation, book.inputs, part, _OUTSIDE + 1, threads=threads)
    positions = book.inputs.positions
    if len(found["above_minor"]):
        return found["above_minor"].astype(float)
    return found["above_count"].astype(float) * positions["loss_minor"]


def _weighted_sums(book: CreditBook, run: LossRun, inside: Any, first: int, end: int) -> Any:
    marked: Any = np.where(inside[:end], run.loss_minor[:end], _OUTSIDE)
    marked[:first] = _OUTSIDE
    weights: Any = np.ascontiguousarray(run.weights[:end])
    whole = end * _UNIT_WEIGHT
    # The level whose tail is the batch; from below, so that nothing outside counts for a part.
    share = Fraction(int(weights[marked >= 0].sum(dtype=np.int64)), whole) * _JUST_BELOW
    beyond = share.limit_denominator(_LARGEST_DENOMINATOR)
    found = native.weighted_contributions(
        book.simulation,
        marked,
        weights,
        seed=book.inputs.seed,
        level=(beyond.denominator - beyond.numerator, beyond.denominator),
        sampling=book.inputs.native_sampling,
        threads=run.execution.threads,
    )
    return np.frombuffer(found["minor"]) * (float(beyond) * end)


def _scaled(sums: Any, window: _Window) -> Any:
    whole = math.fsum(sums)
    return sums * (window.value_at_risk / whole) if whole else sums


def _error(batches: list[Any], window: _Window) -> Any:
    """Return the standard error of the mean over batches, each scaled on its own."""
    found = np.array([_scaled(sums, window) for sums in batches if sums.any()])
    if len(found) < _BATCHES // 2:
        return None
    return np.std(found, axis=0, ddof=1) / np.sqrt(len(found))


def _rows(
    book: CreditBook,
    by: str,
    names: list[str | None],
    codes: Any,
    figures: tuple[Any, Any],
    count: int,
) -> "pyarrow.Table":
    import pyarrow

    whole, error = figures
    if by == "position":
        held = book.positions.select(["record", "source_record_id", "element", "obligor_id"])
        columns = {name: held[name] for name in held.column_names}
    else:
        columns = {by: pyarrow.array(names, pyarrow.string())}
    unknown = pyarrow.nulls(len(whole), pyarrow.float64())
    rows = pyarrow.table(
        {
            **columns,
            "exposure": added(book.exposure_minor, codes) / book.minor_per_unit,
            "contribution": whole / book.minor_per_unit,
            "standard_error": unknown if error is None else error / book.minor_per_unit,
            "window_scenarios": np.full(len(whole), count),
        }
    )
    return rows.take(np.argsort(-whole, kind="stable"))
