"""Where over the commits a figure took a step."""

import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec

from seawall.lab.run_index import run_index

WINDOW = 4  # runs on either side of a step that are looked at
FEWEST = 2


class HistoryPoint(msgspec.Struct, frozen=True):
    """One work in one run."""

    run_id: str
    created_at: str
    commit: str | None
    median: float
    noise: float


class WorkHistory(msgspec.Struct, frozen=True):
    """One work over the runs, oldest first."""

    step: str
    benchmark: str
    workload: str
    unit: str
    points: list[HistoryPoint]


class HistoryStep(msgspec.Struct, frozen=True):
    """That a work's figure changed and stayed so."""

    step: str
    benchmark: str
    workload: str
    unit: str
    before: float  # median of the runs before
    after: float
    ratio: float
    last_before: HistoryPoint
    first_after: HistoryPoint


def read_history(folder: Path) -> list[WorkHistory]:
    """Read every work of a folder's runs that were made where the latest one was."""
    works: dict[tuple[str, str, str, str], list[HistoryPoint]] = {}
    with run_index(folder) as index:
        rows = index.execute(
            """
            SELECT m.step, m.benchmark, m.workload, m.unit,
                   r.run_id, r.created_at, r.commit_id, m.median, r.noise
            FROM measurement AS m JOIN run AS r USING (file)
            JOIN (SELECT cpu_model, usable_cores FROM run ORDER BY created_at DESC LIMIT 1)
                USING (cpu_model, usable_cores)
            WHERE r.build_type = 'Release' ORDER BY r.created_at
            """
        )
        for step, benchmark, workload, unit, *point in rows:
            works.setdefault((step, benchmark, workload, unit), []).append(HistoryPoint(*point))
    return [WorkHistory(*key, points=points) for key, points in works.items()]


def steps_in(history: WorkHistory) -> list[HistoryStep]:
    """Find the steps of one work.

    A step is where the runs before and the runs after, up to `WINDOW` and at least `FEWEST` of
    each, do not overlap, and their medians differ by more than the noise that any of them measured.
    Of neighbouring places the one that separates best is it.
    """
    points = history.points
    values = [point.median for point in points]
    gaps = {
        place: gap
        for place in range(FEWEST, len(points) - FEWEST + 1)
        if (gap := _gap(values, place)) > 1 + _noise(points, place)
    }
    found = []
    for place, gap in gaps.items():
        around = [other for other in gaps if abs(other - place) < FEWEST]
        if any((gaps[other], -other) > (gap, -place) for other in around):
            continue
        before = statistics.median(_before(values, place))
        after = statistics.median(_after(values, place))
        found.append(
            HistoryStep(
                step=history.step,
                benchmark=history.benchmark,
                workload=history.workload,
                unit=history.unit,
                before=before,
                after=after,
                ratio=after / before,
                last_before=points[place - 1],
                first_after=points[place],
            )
        )
    return found


def _gap(values: Sequence[float], place: int) -> float:
    """Return the ratio between the nearest of both sides, above 1; 0 where they overlap."""
    before, after = _before(values, place), _after(values, place)
    if min(after) > max(before):
        return min(after) / max(before)
    if min(before) > max(after):
        return min(before) / max(after)
    return 0.0


def _noise(points: Sequence[HistoryPoint], place: int) -> float:
    return max(point.noise for point in points[max(0, place - WINDOW) : place + WINDOW])


def _before(values: Sequence[float], place: int) -> Sequence[float]:
    return values[max(0, place - WINDOW) : place]


def _after(values: Sequence[float], place: int) -> Sequence[float]:
    return values[place : place + WINDOW]
