"""The whole table of faults."""

from collections.abc import Sequence
from pathlib import Path

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.disk import disk_folder
from seawall.lab.faults.registry import FAULTS, Fault, Profile
from seawall.lab.faults.row import FaultRow, NotTried, Progress, Tally, Tries, fault_row, judged
from seawall.lab.table import Cell, text_table


def unwatched(fault: str, done: int, count: int) -> None:
    """Tell nobody."""


def run_faults(
    profile: Profile = "quick",
    progress: Progress = unwatched,
    *,
    only: Sequence[str] = (),
    seed: int = 1,
) -> list[FaultRow]:
    """Try every fault, or those named.

    Parameters
    ----------
    profile : {"quick", "full"}
        How often each is tried: seconds, or many minutes.
    progress : callable
        Told the fault, how many tries are done, and of how many (0 where that is not known).
    only : sequence of str
        Names of faults; all when empty.
    seed : int
        Every schedule is drawn from it.

    Returns
    -------
    list of FaultRow
        In the order of the registry.

    Raises
    ------
    InvalidInput
        For a fault that does not exist.
    """
    if unknown := set(only) - {fault.name for fault in FAULTS}:
        raise InvalidInput(f"there is no fault {', '.join(sorted(unknown))}", where="only")
    chosen = [fault for fault in FAULTS if not only or fault.name in only]
    return [_tried(fault, fault.tries[profile], progress, seed) for fault in chosen]


def _tried(fault: Fault, count: int, progress: Progress, seed: int) -> FaultRow:
    with disk_folder() as folder:
        tries = Tries(count, Path(folder), seed, lambda done: progress(fault.name, done, count))
        try:
            return judged(fault.attempt(tries), fault.limits)
        except SeawallError as reason:
            if reason.code not in {"library_missing", NotTried.default_code}:
                raise
            return _not_tried(fault, reason)


def _not_tried(fault: Fault, reason: SeawallError) -> FaultRow:
    """Make the row of a fault that cannot be tried here: it says why, and is not ok."""
    notes = f"not tried: {reason.message}"
    return fault_row(
        fault.name, Tally(), database=fault.database, control="", control_lost=0, notes=notes
    )


def fault_table(rows: Sequence[FaultRow]) -> str:
    """Lay out the rows for people: failure mode, tried, recovery, data loss, control, notes."""
    modes = {fault.name: fault.failure_mode for fault in FAULTS}
    header = (
        "failure mode",
        "database",
        "tried",
        "acknowledged",
        "recovery ms p50",
        "p95",
        "max",
        "lost",
        "in part",
        "twice",
        "control lost",
        "ok",
        "control",
        "notes",
    )
    lines: list[tuple[Cell, ...]] = [
        (
            modes[row.fault],
            row.database,
            row.tried,
            row.acknowledged,
            *map(_ms, (row.recovery_p50_s, row.recovery_p95_s, row.recovery_max_s)),
            row.lost,
            row.torn,
            row.duplicated,
            row.control_lost,
            "yes" if row.ok else ": ".join(("NO", *row.missed)) if row.missed else "NO",
            row.control,
            row.notes,
        )
        for row in rows
    ]
    return text_table(header, rows=lines)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1e3
