"""What one fault was tried, and what came of it: a row of the table."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from seawall.errors import SeawallError

Database = Literal["sqlite", "postgres"]

Progress = Callable[[str, int, int], None]
"""Told the fault, how many tries are done, and of how many."""


class NotTried(SeawallError):
    """A fault cannot be tried here, for want of what it needs."""

    default_code = "not_tried"


class Tally(msgspec.Struct):
    """Counts of one fault, added up while it is tried."""

    tried: int = 0
    acknowledged: int = 0
    lost: int = 0
    torn: int = 0
    duplicated: int = 0
    unexpected: int = 0  # a failure without a code, or damage that the database finds
    recoveries_s: list[float] = msgspec.field(default_factory=list)
    waits_s: dict[str, float] = msgspec.field(default_factory=dict)  # further times, by name


class FaultRow(msgspec.Struct, frozen=True):
    """One fault on one database. Counts are of requests, each acknowledged as a whole."""

    fault: str
    database: Database
    tried: int
    acknowledged: int
    lost: int  # acknowledged, and not there afterwards
    torn: int  # there in part
    duplicated: int
    recovery_p50_s: float | None  # opening again and the first durable write
    recovery_p95_s: float | None
    recovery_max_s: float | None
    control: str  # what is wrong on purpose in the negative control
    control_lost: int  # what the control lost; a control that loses nothing proves nothing
    waits_s: dict[str, float]  # further times that are limited
    kept: bool  # nothing was lost, and the control lost something
    missed: tuple[str, ...]  # each limit that was not held, in words
    ok: bool  # kept, and within every limit
    notes: str


class Limit(NamedTuple):
    """A time that must stay below a bound: a field of the row, or one of its waits."""

    name: str
    below_s: float


class Tries(NamedTuple):
    """What a fault is given: how often, where, from which seed, and whom to tell."""

    times: int
    folder: Path  # empty, and on a disk
    seed: int
    progress: Callable[[int], None]


def fault_row(
    fault: str,
    tally: Tally,
    *,
    control: str,
    control_lost: int,
    notes: str,
    database: Database = "sqlite",
) -> FaultRow:
    """Make the row; `judged` holds its times against the limits of the fault."""
    unharmed = not (tally.lost or tally.torn or tally.duplicated or tally.unexpected)
    kept = unharmed and control_lost > 0 and tally.tried > 0 and tally.acknowledged > 0
    return FaultRow(
        fault=fault,
        database=database,
        tried=tally.tried,
        acknowledged=tally.acknowledged,
        lost=tally.lost,
        torn=tally.torn,
        duplicated=tally.duplicated,
        recovery_p50_s=percentile(tally.recoveries_s, 0.5),
        recovery_p95_s=percentile(tally.recoveries_s, 0.95),
        recovery_max_s=percentile(tally.recoveries_s, 1.0),
        control=control,
        control_lost=control_lost,
        waits_s=tally.waits_s,
        kept=kept,
        missed=(),
        ok=kept,
        notes=notes,
    )


def judged(row: FaultRow, limits: Sequence[Limit]) -> FaultRow:
    """Hold a row's times against the limits; a time that was not measured holds none."""
    times = [getattr(row, name, row.waits_s.get(name)) for name, _ in limits]
    missed = tuple(
        f"{name} was not measured" if took is None else f"{name} {took:.3g}, not below {below_s:g}"
        for (name, below_s), took in zip(limits, times, strict=True)
        if took is None or not took < below_s
    )
    return msgspec.structs.replace(row, missed=missed, ok=row.kept and not missed)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least that share of all do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, -int(-share * len(values) // 1) - 1)]
