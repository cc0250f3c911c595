"""The checklist before going live, ticked by facts of the run alone."""

import msgspec

from seawall.lab.report.figures import kept_rows, level_rows, user_rows
from seawall.lab.run_record import LabRun

QUIET = 0.1  # of a ratio: a machine noisier than this gives no baseline


class Item(msgspec.Struct, frozen=True):
    """One line; `ok` is None where nothing was measured."""

    text: str
    ok: bool | None
    fact: str


def checklist(run: LabRun) -> list[Item]:
    """Tick what the run shows."""
    head = run.head
    failures = run.failures()
    dirty = head.commit is None or head.commit.endswith("-dirty")
    noise = max(head.noise.floor, run.end.noise.floor if run.end else 0.0)
    return [
        Item(
            "The build is a release",
            head.machine.build["build_type"] == "Release",
            f"{head.machine.build['build_type']}, {head.machine.build.get('compiler', '')}",
        ),
        Item("The source is one commit, without changes", not dirty, head.commit or "not known"),
        Item(
            "The versions of all libraries are on record",
            True,
            f"{len(head.packages)} packages, list sha256 {head.packages_sha256[:16]}…",
        ),
        Item(
            "Every step gave an answer",
            run.end is not None and not failures,
            f"{sum(not one.error for one in run.outcomes)} answers, {len(failures)} failed,"
            f" {len(run.missing())} missing",
        ),
        Item(
            "The machine was quiet enough for a baseline",
            noise < QUIET,
            f"the same work against itself: ratios {noise:.0%} from 1 at most,"
            f" load {head.noise.load:.1f}",
        ),
        Item(
            "The stores were on a disk",
            head.file_system not in ("tmpfs", "ramfs"),
            f"{head.file_system}, {head.noise.sync_ms:.2f} ms to synchronise 4 KiB",
        ),
        *_health(run),
        _errors(run, "api_fresh", "No request failed at any concurrency, new runs"),
        _errors(run, "api_replays", "No request failed at any concurrency, replays"),
        _users(run),
        _traced(run),
        _faults(run),
    ]


def _health(run: LabRun) -> list[Item]:
    labels = {
        "db_connectivity": "The service reaches its database",
        "evidence_linking": "Evidence is linked",
        "api_health": "The service says that it is healthy",
        "engine_health": "The engine says that it is healthy",
        "api_run": "A run answers",
    }
    answers = [one.answer for one in run.good("health")]
    found = {check["label"]: check for check in answers[-1]["checks"]} if answers else {}
    return [
        Item(
            text,
            found[label]["ok"] if label in found else None,
            f"{found[label]['latency_ms']:.1f} ms" if label in found else "not measured",
        )
        for label, text in labels.items()
    ]


def _errors(run: LabRun, step: str, text: str) -> Item:
    rows = level_rows(run, step)
    if not rows:
        return Item(text, None, "not measured")
    errors = sum(row.errors for row in rows)
    most = max(row.connections for row in rows)
    requests = sum(row.requests for row in rows)
    return Item(
        text, errors == 0, f"{errors:,} of {requests:,} requests, up to {most:,} connections"
    )


def _users(run: LabRun) -> Item:
    text = "1,000 users at once: no error, p99 below 1 s"
    rows = [row for row in user_rows(run) if row.connections == 1_000]
    if not rows or rows[0].p99_ms is None:
        return Item(text, None, "not measured")
    row = rows[0]
    p99 = row.p99_ms.middle if row.p99_ms else 0.0
    return Item(
        text,
        row.errors == 0 and p99 < 1_000,
        f"{row.errors:,} errors, p99 {p99:,.0f} ms at {row.rps.middle:,.0f} requests/s",
    )


def _traced(run: LabRun) -> Item:
    rows = kept_rows(run)
    if not rows:
        return Item("Every trace leads to a proved source record", None, "not measured")
    # The benchmark refuses to answer otherwise: it asserts every proof and verifies the store.
    traces = sum(
        outcome.answer["traces"]
        for step in run.head.steps
        if step.name.startswith("kept_")
        for outcome in run.good(step.name)
    )
    return Item(
        "Every trace leads to a proved source record",
        True,
        f"{traces:,} random traces, up to {rows[-1].count:,} links; each store verified whole",
    )


def _faults(run: LabRun) -> Item:
    text = "Every fault was survived without loss, and its control lost"
    outcomes = run.good("faults")
    if not outcomes:
        return Item(text, None, "not measured")
    rows = outcomes[-1].answer["rows"]
    return Item(
        text,
        all(row["ok"] for row in rows),
        f"{sum(row['ok'] for row in rows)} of {len(rows)} faults",
    )
