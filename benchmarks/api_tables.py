"""All tables of the service by one command, each on a server and a store of its own."""

import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from api_health import PROBES_PER_S, health_rows
from api_load import MOST_REQUESTS, Level, LoadPlan, Question, measure_level
from seawall.errors import SeawallError
from seawall.lab.http_target import ask, sample_records
from seawall.lab.load_subject import LoadSubject, self_hosted
from seawall.lab.machine import machine_record, source_commit
from seawall.lab.table import Cell, markdown_table
from seawall.service.open_files import allow_connections

BOOK_RECORDS = 1_000
OVERLOAD = 2.0  # times what was answered before
FIRST_REQUESTS = 50  # are not counted: nothing is at hand yet
MOST_FIRST = 100  # nor are the first of so many connections; later ones find the same load


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured."""

    connections: tuple[int, ...] = (1, 10, 50, 100, 500, 1_000)
    row_s: float
    row_requests: int = MOST_REQUESTS  # a row ends after them if its time is not over before
    book_connections: tuple[int, ...] = (100,)  # of replays on a dataset of BOOK_RECORDS
    ingest_records: int = 100_000
    ingests: int
    users: int = 1_000
    users_s: float
    think_s: tuple[float, float] = (1.0, 3.0)
    overload_connections: int = 4_096
    overload_s: float
    busy_records: int  # of each ingest that health is asked beside
    busy_scenarios: int = 200_000  # of each simulation, too
    busy_s: float
    ceiling: bool = True  # of the client, a second beside each row


SIZES = {
    "tiny": Sizes(
        connections=(1, 4),
        row_s=60,
        row_requests=20,
        book_connections=(2,),
        ingest_records=300,
        ingests=2,
        users=5,
        users_s=60,
        think_s=(0.01, 0.05),
        overload_connections=64,
        overload_s=0.5,
        busy_records=300,
        busy_scenarios=1_000,
        busy_s=0.5,
        ceiling=False,
    ),
    "quick": Sizes(row_s=4, ingests=3, users_s=10, overload_s=5, busy_records=1_000_000, busy_s=10),
    "full": Sizes(
        row_s=10,
        book_connections=(1, 10, 100, 1_000),
        ingests=7,
        users_s=60,
        overload_s=20,
        busy_records=1_000_000,
        busy_s=30,
    ),
}


class Table(msgspec.Struct, frozen=True):
    """One table, as it is printed and as it is kept."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[dict[str, Cell]]


class Server(msgspec.Struct, frozen=True):
    """What is started for a table."""

    command: Sequence[str] | None
    processes: int
    threads: int  # of the client

    def hosted(self, records: int) -> AbstractContextManager[LoadSubject]:
        """Serve a dataset of so many records."""
        return self_hosted(records, command=self.command, processes=self.processes)


def run_tables(profile: str, server: Server) -> dict[str, Any]:
    """Measure all tables, show each when it is there, and return them with where they are from."""
    sizes = SIZES[profile]
    allow_connections(max(*sizes.connections, sizes.overload_connections, sizes.users))
    tables = []
    for table in _tables(sizes, server):
        print(f"\n### {table.title}\n\n{markdown(table)}", file=sys.stderr, flush=True)
        tables.append(table)
    return {
        "profile": profile,
        "processes": server.processes,
        "created_at": datetime.now(UTC).isoformat(),
        "commit": source_commit(Path(__file__).parent),
        "machine": msgspec.to_builtins(machine_record()),
        "load_average": os.getloadavg(),
        "tables": msgspec.to_builtins(tables),
    }


def markdown(table: Table) -> str:
    """Lay a table out."""
    rows = [[row[column] for column in table.columns] for row in table.rows]
    return markdown_table(table.columns, rows=rows)


def _tables(sizes: Sizes, server: Server) -> Iterator[Table]:
    replays, fresh = Question(), Question(fresh=True)
    for name, title, question, records, connections in (
        ("replays", "Replays, dataset of 1 record", replays, 1, sizes.connections),
        ("fresh", "New durable runs, dataset of 1 record", fresh, 1, sizes.connections),
        (
            "replays_of_a_book",
            f"Replays, dataset of {BOOK_RECORDS:,} records",
            replays,
            BOOK_RECORDS,
            sizes.book_connections,
        ),
    ):
        with server.hosted(records) as subject:
            levels = [_closed(sizes, server, question, subject, count) for count in connections]
        yield _table(name, title, [_level_row(level) for level in levels])
    with server.hosted(1) as subject:
        yield _ingest_table(sizes, subject)
    yield _users_table(sizes, server)
    yield _overload_table(sizes, server)
    if server.processes > 1:
        yield _processes_table(sizes, server)
    yield _health_table(sizes, server)


def _table(name: str, title: str, rows: list[dict[str, Cell]]) -> Table:
    return Table(name, title, tuple(rows[0]), rows)


def _closed(
    sizes: Sizes, server: Server, question: Question, subject: LoadSubject, connections: int
) -> Level:
    plan = LoadPlan(
        connections=connections,
        requests=sizes.row_requests,
        duration_s=sizes.row_s,
        warmup=FIRST_REQUESTS + min(connections, MOST_FIRST),
        threads=server.threads,
        ceiling=sizes.ceiling,
    )
    return measure_level(plan, question, subject)


def _level_row(level: Level) -> dict[str, Cell]:
    figures = level.figures
    return {
        "connections": level.connections,
        "p50 ms": figures.p50_ms,
        "p90 ms": figures.p90_ms,
        "p99 ms": figures.p99_ms,
        "rps": round(figures.throughput_rps),
        "errors": figures.errors,
        "server CPU %": round(level.server.cpu_pct) if level.server else None,
        "client's ceiling rps": round(level.ceiling.throughput_rps) if level.ceiling else None,
        "client us a request": level.result.client_cpu_us_per_request,
    }


def _ingest_table(sizes: Sizes, subject: LoadSubject) -> Table:
    seconds = []
    for number in range(sizes.ingests):
        records = sample_records(sizes.ingest_records, source_system=f"bench-{number}")
        body = json.dumps({"records": records, "normalize": True}).encode()
        found = ask(
            subject.base_url,
            "/api/v3/ingest-records",
            body=body,
            headers={"X-API-Key": subject.api_key},
            timeout_s=600,
        )
        document = found.document()
        if found.status != 200 or document["raw_records_written"] != sizes.ingest_records:
            shown = found.error or found.body[:500].decode(errors="replace")
            raise SeawallError(f"the records were not taken: {shown}", code="wrong_answer")
        seconds.append(found.latency_ms / 1e3)
    median_s = statistics.median(seconds)
    row: dict[str, Cell] = {
        "records": sizes.ingest_records,
        "body MB": len(body) / 1e6,
        "times": sizes.ingests,
        "median s": median_s,
        "records/s": round(sizes.ingest_records / median_s),
        "slowest records/s": round(sizes.ingest_records / max(seconds)),
    }
    title = f"POST {sizes.ingest_records:,} records: read, normalised, hashed and durable"
    return _table("ingest", title, [row])


def _users_table(sizes: Sizes, server: Server) -> Table:
    rows: list[dict[str, Cell]] = []
    for work, question in (("replays", Question()), ("new runs", Question(fresh=True))):
        plan = LoadPlan(
            connections=sizes.users,
            requests=sizes.row_requests,
            duration_s=sizes.users_s,
            warmup=sizes.users // 2,  # those who come at once at the beginning
            think_s=sizes.think_s,
            threads=server.threads,
            ceiling=False,
        )
        with server.hosted(1) as subject:
            level = measure_level(plan, question, subject)
        figures, used = level.figures, level.server
        rows.append(
            {
                "work": work,
                "users": sizes.users,
                "rps": round(figures.throughput_rps),
                "p99 ms": figures.p99_ms,
                "errors %": 100 * figures.error_rate,
                "CPU %": round(used.cpu_pct) if used else None,
                "memory %": used.peak_memory_pct if used else None,
                "store connections": used.peak_open_files if used else None,
            }
        )
    low, high = sizes.think_s
    title = f"{sizes.users:,} users running stress scenarios, {low:g} to {high:g} s of thought"
    return _table("users", title, rows)


def _overload_table(sizes: Sizes, server: Server) -> Table:
    rows = [
        _overload_row(sizes, msgspec.structs.replace(server, processes=processes), work, question)
        for processes in sorted({1, server.processes})
        for work, question in (("replays", Question()), ("new runs", Question(fresh=True)))
    ]
    title = (
        "Open loop at twice the capacity, once all is connected; a 503 is timed from its sending"
    )
    return _table("overload", title, rows)


def _overload_row(sizes: Sizes, server: Server, work: str, question: Question) -> dict[str, Cell]:
    with server.hosted(1) as subject:
        before = _closed(sizes, server, question, subject, sizes.book_connections[-1])
        capacity = before.figures.throughput_rps
        if not capacity:
            raise SeawallError(f"no {work} were answered", code="wrong_answer")
        plan = LoadPlan(
            connections=sizes.overload_connections,
            duration_s=sizes.overload_s,
            rate=OVERLOAD * capacity,
            warmup=sizes.overload_connections,
            threads=server.threads,
            ceiling=False,
        )
        level = measure_level(plan, question, subject)
    figures, refused = level.figures, level.refusals
    return {
        "work": work,
        "processes": server.processes,
        "capacity rps": round(capacity),
        "due rps": round(OVERLOAD * capacity),
        "answered rps": round(figures.throughput_rps),
        "p50 ms": figures.p50_ms,
        "p99 ms": figures.p99_ms,
        "refused %": 100 * refused.count / figures.requests,
        "503 p50 ms": refused.p50_ms,
        "503 p90 ms": refused.p90_ms,
        "503 p99 ms": refused.p99_ms,
        "503 max ms": refused.max_ms,
        "other errors": figures.errors - refused.count,
    }


def _processes_table(sizes: Sizes, server: Server) -> Table:
    rows: list[dict[str, Cell]] = []
    for work, question in (("replays", Question()), ("new runs", Question(fresh=True))):
        for processes in (1, server.processes):
            server = msgspec.structs.replace(server, processes=processes)
            with server.hosted(1) as subject:
                level = _closed(sizes, server, question, subject, sizes.book_connections[-1])
            rows.append({"work": work, "processes": processes, **_level_row(level)})
    return _table("processes", "The same load on one process and on several", rows)


def _health_table(sizes: Sizes, server: Server) -> Table:
    alone = msgspec.structs.replace(server, processes=1)  # no other could answer in its place
    with alone.hosted(BOOK_RECORDS) as subject:
        rows = health_rows(
            subject,
            records=sizes.busy_records,
            scenarios=sizes.busy_scenarios,
            duration_s=sizes.busy_s,
        )
    title = f"GET /health {PROBES_PER_S:g} times a second, beside work; one process"
    return _table("health", title, rows)
