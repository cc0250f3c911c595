"""What a run's answers say, as rows: the tables, charts, advice and gates all read these."""

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from seawall.lab.measure import FEWEST_PAIRS, median_interval
from seawall.lab.run_record import LabRun


class Spread(msgspec.Struct, frozen=True):
    """The median of repeats, and how far they lie apart."""

    middle: float
    low: float  # of the median's 95 % interval; with fewer than 6 repeats the least of them
    high: float
    count: int


def spread(values: Sequence[float]) -> Spread:
    """Sum up repeats, one at least."""
    low, high = min(values), max(values)
    if len(values) >= FEWEST_PAIRS:
        low, high, _ = median_interval(values)
    return Spread(statistics.median(values), low, high, len(values))


class IngestRow(msgspec.Struct, frozen=True):
    """Datasets of one size, read one way."""

    size: int
    mode: str  # normalised, raw; with ", replay"
    ms: Spread
    records_per_s: float
    written: int
    peak_kb: int  # of a process of its own


class ModelRow(msgspec.Struct, frozen=True):
    """A book of one size, revalued or simulated."""

    instruments: int
    distressed_assets: int
    scenarios: int
    iterations: int
    duration_ms: float  # of all iterations
    cpu_ms: float
    peak_kb: int
    peak_alloc_kb: int
    ms: Spread  # of one iteration


class LevelRow(msgspec.Struct, frozen=True):
    """A load with so many connections at once."""

    connections: int
    requests: int  # of all repeats
    errors: int
    rps: Spread
    p50_ms: Spread | None  # None: nothing was answered
    p90_ms: Spread | None
    p99_ms: Spread | None
    cpu_pct: float | None  # of the server; 100 is one core
    memory_pct: float | None
    rss_kb: int | None
    store_connections: int | None
    ceiling_rps: float | None
    client_us: float

    @property
    def error_rate(self) -> float:
        """Errors of all requests."""
        return self.errors / self.requests if self.requests else 0.0


class KeptRow(msgspec.Struct, frozen=True):
    """So many records, pieces of evidence, findings and links made durable."""

    count: int
    raw_record_ms: Spread
    evidence_ms: Spread
    finding_ms: Spread
    link_ms: Spread
    commit_ms: Spread
    read_ms: Spread
    trace_p50_ms: Spread
    trace_p99_ms: Spread
    peak_rss_bytes: int | None


def ingest_rows(run: LabRun) -> list[IngestRow]:
    """Return the rows of both ways of ingesting, fresh ones before replays."""
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for step in ("ingestion", "ingestion_raw"):
        for outcome in run.good(step):
            for row in outcome.answer:
                mode = ("normalised" if row["normalize"] else "raw") + ", replay" * row["replay"]
                groups.setdefault((mode, row["size"]), []).append(row)
    return [
        IngestRow(
            size=size,
            mode=mode,
            ms=spread([row["duration_ms"] for row in rows]),
            records_per_s=size / statistics.median(row["duration_ms"] for row in rows) * 1e3,
            written=rows[0]["records_written"],
            peak_kb=max(row["max_rss_kb"] for row in rows),
        )
        for (mode, size), rows in sorted(
            groups.items(), key=lambda item: ("replay" in item[0][0], *item[0])
        )
    ]


def model_rows(run: LabRun, step: str) -> list[ModelRow]:
    """Return a row a size of ``modeling`` or ``simulation``."""
    timed = {
        int(one.workload["instruments"]): [value / 1e6 for value in one.values]
        for outcome in run.good(step)
        for one in outcome.samples
        if one.benchmark == "stress_modeling"
    }
    rows = []
    for outcome in run.good(step):
        for row in outcome.answer["sizes"]:
            size = row["instruments"]
            mean = row["duration_ms"] / row["iterations"]
            rows.append(
                ModelRow(
                    instruments=size,
                    distressed_assets=row["distressed_assets"],
                    scenarios=row["scenarios"],
                    iterations=row["iterations"],
                    duration_ms=row["duration_ms"],
                    cpu_ms=row["cpu_ms"],
                    peak_kb=row["max_rss_kb"],
                    peak_alloc_kb=row["peak_alloc_kb"],
                    ms=spread(timed.get(size, [mean])),
                )
            )
    return rows


def level_rows(run: LabRun, step: str) -> list[LevelRow]:
    """Return a row for each number of connections, the repeats together."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for outcome in run.good(step):
        for level in outcome.answer["levels"]:
            groups.setdefault(level["connections"], []).append(level)
    return [_level_row(connections, found) for connections, found in sorted(groups.items())]


def _level_row(connections: int, levels: Sequence[dict[str, Any]]) -> LevelRow:
    def latency(name: str) -> Spread | None:
        found = [level["summary"][name] for level in levels]
        return spread(found) if None not in found else None

    def middle(of: Callable[[dict[str, Any]], float], part: str) -> float | None:
        found = [of(level[part]) for level in levels if level[part] is not None]
        return statistics.median(found) if found else None

    rss = middle(lambda server: server["max_rss_kb"], "server")
    files = middle(lambda server: server["store_connections"], "server")
    return LevelRow(
        connections=connections,
        requests=sum(level["summary"]["total_requests"] for level in levels),
        errors=sum(level["summary"]["error_requests"] for level in levels),
        rps=spread([level["summary"]["throughput_rps"] for level in levels]),
        p50_ms=latency("p50_ms"),
        p90_ms=latency("p90_ms"),
        p99_ms=latency("p99_ms"),
        cpu_pct=middle(lambda server: server["cpu_pct"], "server"),
        memory_pct=middle(lambda server: server["memory_pct"], "server"),
        rss_kb=None if rss is None else int(rss),
        store_connections=None if files is None else int(files),
        ceiling_rps=middle(lambda ceiling: ceiling["throughput_rps"], "ceiling"),
        client_us=statistics.median(level["client_cpu_us_per_request"] for level in levels),
    )


def user_rows(run: LabRun) -> list[LevelRow]:
    """Return a row for each number of users of the load section."""
    steps = [step.name for step in run.head.steps if step.name.startswith("users_")]
    return [row for step in steps for row in level_rows(run, step)]


def kept_rows(run: LabRun, *, largest: int | None = None, steps: str = "kept_") -> list[KeptRow]:
    """Return a row for each number of rows, the repeats together, up to the largest wanted.

    `steps` is what their names begin with: ``kept_`` in SQLite, ``postgres_``.
    """
    rows = []
    for step in run.head.steps:
        outcomes = run.good(step.name) if step.name.startswith(steps) else []
        if not outcomes:
            continue
        answers = [outcome.answer for outcome in outcomes]
        count = answers[0]["count"]
        if largest is not None and count > largest:
            continue
        named = {
            name: spread([answer[key] for answer in answers])
            for name, key in (
                ("raw_record_ms", "raw_record_ms"),
                ("evidence_ms", "evidence_ms"),
                ("finding_ms", "finding_ms"),
                ("link_ms", "link_ms"),
                ("commit_ms", "commit_ms"),
                ("read_ms", "read_latency_ms"),
                ("trace_p50_ms", "trace_p50_ms"),
                ("trace_p99_ms", "trace_p99_ms"),
            )
        }
        peaks = [outcome.cost.peak_rss_bytes for outcome in outcomes if outcome.cost]
        rows.append(KeptRow(count=count, peak_rss_bytes=max(peaks) if peaks else None, **named))
    return sorted(rows, key=lambda row: row.count)
