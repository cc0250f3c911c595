"""The report's tables: each says how it was measured, or that it was not."""

from collections.abc import Sequence
from typing import Any

from seawall.lab.report.figures import (
    LevelRow,
    ModelRow,
    Spread,
    ingest_rows,
    kept_rows,
    level_rows,
    model_rows,
    user_rows,
)
from seawall.lab.report.more_tables import (
    modelling_tables,
    ratio_tables,
    service_tables,
    store_tables,
)
from seawall.lab.report.table import ReportTable, Value
from seawall.lab.run_record import LabRun

PERSISTED = 10_000  # rows, the most of the table of single writes; linking goes on from there


def report_tables(run: LabRun) -> list[ReportTable]:
    """Make the tables of sections 4 to 10."""
    return [
        ingestion_table(run),
        model_table(run, "modeling", "5", "Modelling: exposure and revaluation"),
        model_table(run, "simulation", "5a", "Modelling: simulation of defaults"),
        *modelling_tables(run),
        *(
            level_table(run, step, number, title)
            for step, number, title in (
                ("api_fresh", "6", "The service: new durable runs"),
                ("api_replays", "6a", "The service: replays"),
                ("api_replays_1000_records", "6b", "The service: replays on 1,000 records"),
            )
            if step != "api_replays_1000_records" or level_rows(run, step)
        ),
        *service_tables(run),
        persistence_table(run),
        linking_table(run),
        *store_tables(run),
        user_table(run),
        fault_table(run),
        *ratio_tables(run),
    ]


def why_absent(run: LabRun, section: str, *steps: str) -> str:
    """Say why a table has no rows."""
    if section not in run.head.sections:
        return f"Not measured: the section {section} was not asked for in this run."
    failed = [one for one in run.failures() if one.step in steps]
    if failed:
        return f"Not measured: {failed[0].step} failed: {failed[0].error.splitlines()[-1]}"
    return "Not measured: the run is not finished."


def ingestion_table(run: LabRun) -> ReportTable:
    """Make the table of ingestion."""
    return _table(
        run,
        "ingestion",
        ("ingestion", "ingestion_raw"),
        number="4",
        title="Ingestion",
        header=(
            *("records", "read as", "runs", "median ms", "from ms", "to ms"),
            *("records/s", "written", "peak MB"),
        ),
        rows=[
            (
                *(row.size, row.mode, row.ms.count, *_three(row.ms)),
                *(round(row.records_per_s), row.written, row.peak_kb // 1024),
            )
            for row in ingest_rows(run)
        ],
        note="JSON bytes to an acknowledged durable commit. Normalised: each cell is read by the"
        " profile's rules; raw: the records are kept and hashed only; a replay sends the same bytes"
        " again and writes nothing. Peak: a process of its own, the interpreter included.",
    )


def model_table(run: LabRun, step: str, number: str, title: str) -> ReportTable:
    """Make a table of modelling."""

    def cells(row: ModelRow) -> tuple[Value, ...]:
        return (
            *(row.instruments, row.distressed_assets, row.scenarios, row.iterations),
            *(row.duration_ms, row.cpu_ms, *_three(row.ms)),
            *(row.peak_kb // 1024, row.peak_alloc_kb),
        )

    return _table(
        run,
        "modeling",
        (step,),
        number=number,
        title=title,
        header=(
            *("instruments", "distressed assets", "scenarios", "iterations", "duration ms"),
            *("CPU ms", "one, median ms", "from ms", "to ms", "peak MB", "allocated KB"),
        ),
        rows=[cells(row) for row in model_rows(run, step)],
        note="Duration and CPU are of all iterations; peak: a process of its own for each size;"
        " allocated: the most that one iteration holds, Python and native together."
        if step == "modeling"
        else "Defaults of so many obligors in so many scenarios; four factors, one thread.",
    )


def level_table(run: LabRun, step: str, number: str, title: str) -> ReportTable:
    """Make a table of the service under concurrency."""
    return _table(
        run,
        "api",
        (step,),
        number=number,
        title=title,
        header=(
            *("connections", "requests", "p50 ms", "p90 ms", "p99 ms", "requests/s", "from", "to"),
            *("errors %", "server CPU %", "ceiling requests/s", "client CPU µs"),
        ),
        rows=[
            (
                *(row.connections, row.requests, *_middles(row), *map(_round, _three(row.rps))),
                *(100 * row.error_rate, _round(row.cpu_pct), _round(row.ceiling_rps)),
                row.client_us,
            )
            for row in level_rows(run, step)
        ],
        note="Closed loop: each connection has one request under way. Percentiles are exact, of"
        " right answers and timeouts; the figures are medians of the repeats, from and to their"
        " range. 100\u00a0% CPU is one core. The ceiling is the same client against a server that"
        f" does nothing; client, server{_of_processes(run, step)} and store share the machine.",
    )


def _of_processes(run: LabRun, step: str) -> str:
    counts = {outcome.answer.get("processes") or 1 for outcome in run.good(step)}
    return "".join(f" of {count} processes" for count in counts - {1})


def persistence_table(run: LabRun) -> ReportTable:
    """Make the table of single kinds of rows."""
    return _table(
        run,
        "persistence",
        tuple(step.name for step in run.head.steps if step.name.startswith("kept_")),
        number="7",
        title="Persistence",
        header=(
            *("rows of each", "runs", "RawRecord ms", "Evidence ms", "Finding ms", "Link ms"),
            *("Commit ms", "Read ms"),
        ),
        rows=[
            (
                *(row.count, row.link_ms.count, row.raw_record_ms.middle, row.evidence_ms.middle),
                *(row.finding_ms.middle, row.link_ms.middle),
                *(row.commit_ms.middle, row.read_ms.middle),
            )
            for row in kept_rows(run, largest=PERSISTED)
        ],
        note="Each kind from its submission to the durable commit (SQLite, WAL,"
        " synchronous=FULL); Commit is the part of the three kinds that is not spent putting rows."
        " Read: a finding, its links and their evidence by identifier. Medians of the runs.",
    )


def linking_table(run: LabRun) -> ReportTable:
    """Make the table of linking and tracing."""
    return _table(
        run,
        "linking",
        tuple(step.name for step in run.head.steps if step.name.startswith("kept_")),
        number="8",
        title="Evidence linking and tracing",
        header=(
            *("links", "runs", "median ms", "from ms", "to ms", "links/s"),
            *("read ms", "trace p50 ms", "trace p99 ms", "peak MB"),
        ),
        rows=[
            (
                *(row.count, row.link_ms.count, *_three(row.link_ms)),
                round(row.count / row.link_ms.middle * 1e3),
                *(row.read_ms.middle, row.trace_p50_ms.middle, row.trace_p99_ms.middle),
                row.peak_rss_bytes // 2**20 if row.peak_rss_bytes else None,
            )
            for row in kept_rows(run)
        ],
        note="Links that have their identifiers, in one durable transaction. A trace walks from a"
        " random finding over its evidence and dataset to the source record, with its proof.",
    )


def user_table(run: LabRun) -> ReportTable:
    """Make the table of users."""
    steps = tuple(step.name for step in run.head.steps if step.name.startswith("users_"))
    return _table(
        run,
        "load",
        steps,
        number="9",
        title="Users who run stress scenarios",
        header=(
            *("users", "requests", "requests/s", "p50 ms", "p90 ms", "p99 ms", "errors %"),
            *("server CPU %", "memory %", "store connections"),
        ),
        rows=[
            (
                *(row.connections, row.requests, round(row.rps.middle), *_middles(row)),
                *(100 * row.error_rate, _round(row.cpu_pct), row.memory_pct),
                row.store_connections,
            )
            for row in user_rows(run)
        ],
        note="Each user asks for a new run, waits for the answer and thinks for 0.5 to 1.5 s."
        f" The server{_of_processes(run, steps[-1]) if steps else ''}: memory is its share of the"
        " machine's; store connections are its open handles on the database file.",
    )


def fault_table(run: LabRun) -> ReportTable:
    """Make the table of faults."""

    def loss(row: dict[str, Any]) -> str:
        parts = [f"{row[name]:,} {name}" for name in ("lost", "torn", "duplicated") if row[name]]
        return ", ".join(parts) or "none"

    def recovery(row: dict[str, Any]) -> str | None:
        times = [row[f"recovery_{name}_s"] for name in ("p50", "p95", "max")]
        return None if None in times else ", ".join(f"{time:.3f}" for time in times)

    def promised(row: dict[str, Any]) -> str:
        missed = ", ".join(row.get("missed", ()))  # rows of before had no limits
        return "yes" if row["ok"] else f"NO: {missed}" if missed else "NO"

    return _table(
        run,
        "faults",
        ("faults",),
        number="10",
        title="Faults",
        header=(
            *("failure mode", "database", "tried", "acknowledged", "recovery s: p50, p95, most"),
            *("data loss", "control", "it lost", "as promised", "notes"),
        ),
        rows=[
            (
                *(row["fault"].replace("_", " "), row["database"], row["tried"]),
                *(row["acknowledged"], recovery(row), loss(row)),
                *(row["control"], row["control_lost"]),
                *(promised(row), row["notes"]),
            )
            for outcome in run.good("faults")[-1:]
            for row in outcome.answer["rows"]
        ],
        note="Recovery: from the end of the fault to the first durable write. The control is the"
        " same fault on a store that is weakened on purpose: it must lose, or the row proves"
        " nothing.",
    )


def _table(
    run: LabRun,
    section: str,
    steps: tuple[str, ...],
    *,
    number: str,
    title: str,
    header: tuple[str, ...],
    rows: Sequence[tuple[Value, ...]],
    note: str,
) -> ReportTable:
    return ReportTable(
        number=number,
        title=title,
        header=header,
        rows=tuple(rows),
        note=note,
        absent="" if rows else why_absent(run, section, *steps),
    )


def _three(found: Spread) -> tuple[float, float | None, float | None]:
    """Return the middle and the ends; one run alone has none."""
    return (found.middle, found.low, found.high) if found.count > 1 else (found.middle, None, None)


def _middles(row: LevelRow) -> tuple[float | None, ...]:
    return tuple(found.middle if found else None for found in (row.p50_ms, row.p90_ms, row.p99_ms))


def _round(value: float | None) -> int | None:
    return None if value is None else round(value)
