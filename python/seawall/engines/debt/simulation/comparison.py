"""Two simulations side by side: what was asked otherwise, which loans differ, what it does."""

import math
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from seawall.engines.debt.simulation.changes import FigureChange
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.tail import Tail
from seawall.engines.debt.simulation.types import TailFigures
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

_KEY = ("source_system", "source_record_id", "element")


class ParameterChange(msgspec.Struct, frozen=True):
    """A parameter that was given otherwise."""

    path: Annotated[
        str,
        Meta(description="Its place in the parameters, such as default_probability.assumed_pct."),
    ]
    before: Annotated[Any, Meta(description="Null: it was not there.")]
    after: Annotated[Any, Meta(description="Null: it is not there.")]


class Comparison(msgspec.Struct, frozen=True):
    """What differs between two simulations, the later less the earlier."""

    same_draws: Annotated[
        bool, Meta(description="The same scenarios, and no obligor has another slot.")
    ]
    parameters: Annotated[list[ParameterChange], Meta(description="What was asked otherwise.")]
    positions: Table  # those that differ: exposure, probability and severity before and after
    expected_loss: Annotated[float, Meta(description="Of the earlier simulation.")]
    expected_loss_change: Annotated[float, Meta(description="Later less earlier.")]
    expected_loss_change_standard_error: Annotated[
        float, Meta(description="Of that difference, paired where the draws are the same.")
    ]
    tails: Annotated[
        list[FigureChange], Meta(description="One a confidence level of the later simulation.")
    ]


def compare(before: Tail, after: Tail) -> Comparison:
    """Compare two simulations at the levels of the later one.

    Under the same draws the standard errors are those of paired differences; else the runs count as
    independent.
    """
    paired = _same_draws(before, after)
    changes = [_difference(before, after, level, paired) for level in after.levels]
    old, new = before.moments(), after.moments()
    error = math.hypot(old["standard_error"], new["standard_error"])
    if paired:
        pair = _pair(before, after, after.levels[0])
        error = after.book.amount(pair["expected_standard_error_minor"])
    return Comparison(
        same_draws=paired,
        parameters=_parameter_changes(before, after),
        positions=Table(_position_changes(before.book, after.book)),
        expected_loss=old["expected"],
        expected_loss_change=new["expected"] - old["expected"],
        expected_loss_change_standard_error=error,
        tails=changes,
    )


def _same_draws(before: Tail, after: Tail) -> bool:
    alike = ("seed", "scenario_count", "sampling")
    if any(getattr(before.parameters, n) != getattr(after.parameters, n) for n in alike):
        return False
    if before.parameters.sampling != "plain":
        return False  # each run has its own shift, and Sobol points no paired error
    if before.book.currency != after.book.currency:
        return False
    slots = _slots(before.book)
    common = [(slots[key], slot) for key, slot in _slots(after.book).items() if key in slots]
    return bool(common) and all(old == new for old, new in common)


def _slots(book: CreditBook) -> dict[tuple[str, str], int]:
    return dict(zip(book.register.keys, book.register.slot.tolist(), strict=True))


def _pair(before: Tail, after: Tail, level: float) -> dict[str, Any]:
    return before.paired(after.loss_minor, level)


def _difference(before: Tail, after: Tail, level: float, paired: bool) -> FigureChange:
    old, new = before.figures(level), after.figures(level)
    return FigureChange(
        before=old,
        after=new,
        change=new.expected_shortfall - old.expected_shortfall,
        standard_error=after.book.amount(_pair(before, after, level)["es_standard_error_minor"])
        if paired
        else _independent_error(old, new),
    )


def _independent_error(old: TailFigures, new: TailFigures) -> float:
    return math.hypot(old.expected_shortfall_standard_error, new.expected_shortfall_standard_error)


def _parameter_changes(before: Tail, after: Tail) -> list[ParameterChange]:
    old, new = (_flat(msgspec.to_builtins(tail.parameters)) for tail in (before, after))
    return [
        ParameterChange(path, old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for name, part in value.items():
        found |= _flat(part, f"{path}.{name}" if path else name)
    return found


def _position_changes(before: CreditBook, after: CreditBook) -> "pyarrow.Table":
    import pyarrow
    from pyarrow import compute

    old, new = (_terms(book) for book in (before, after))
    joined = old.join(
        new, keys=list(_KEY), join_type="full outer", left_suffix="_before", right_suffix="_after"
    )
    differs = pyarrow.array(np.zeros(len(joined), bool))
    for name in ("exposure", "probability_of_default_pct", "loss_given_default_pct"):
        same = compute.equal(joined[f"{name}_before"], joined[f"{name}_after"])
        differs = compute.or_(differs, compute.invert(compute.fill_null(same, False)))
    return joined.filter(differs).sort_by([(name, "ascending") for name in _KEY])


def _terms(book: CreditBook) -> "pyarrow.Table":
    """Each position with what was simulated of it; −1 is the element of a record that is one."""
    from pyarrow import compute

    rows = book.positions.select([*_KEY, "exposure"])
    element = compute.fill_null(rows["element"], -1)  # a join finds no absent cells
    rows = rows.set_column(_KEY.index("element"), "element", element)
    probability = 100 * book.obligors.default_probability[book.obligor]
    rows = rows.append_column("probability_of_default_pct", [probability])
    return rows.append_column("loss_given_default_pct", [100 * book.terms.loss_given_default])
