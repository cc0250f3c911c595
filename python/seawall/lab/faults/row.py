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
    ok: bool
    notes: str


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
    """Make the row; it is ok when nothing was lost and the control lost something."""
    unharmed = not (tally.lost or tally.torn or tally.duplicated or tally.unexpected)
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
        ok=unharmed and control_lost > 0 and tally.tried > 0 and tally.acknowledged > 0,
        notes=notes,
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least that share of all do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, -int(-share * len(values) // 1) - 1)]
