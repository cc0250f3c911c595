"""How fast the engine answers over HTTP, at one concurrency or at several.

A closed loop (``--concurrency``, ``--connections``, ``--users``) keeps so many connections, each
with one request under way: it shows what the server can do. An open loop (``--open-loop RATE``)
sends at a rate whatever comes back, and counts a request's latency from when it was due: it shows
what users would wait. Replays are the default; with ``--fresh`` every request varies a parameter
and is a new run with durable writes.

``--self-host`` starts a server of its own on an empty store, with a sample dataset of ``--records``
records, and ends it afterwards. Then the server's CPU (100 is one core), its memory and how often
it has the store open are given too. Client, server and store share the machine: the client's
ceiling, the same load against a server that does nothing, and its own CPU for each request are
printed beside each row. Percentiles are exact; latencies are of right answers and of timeouts.
``summary`` and ``requests`` are of the last row where there are several. ``--processes`` are those
of the server: one by default, which uses one core.

``--self-host --tables`` measures all tables of the service instead, each on a server of its own:
replays, new runs and ingests, a thousand users, twice the capacity, one process beside the
``--processes``, and health while the service is busy. They are shown as Markdown.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from api_load import Level, LoadPlan, Question, measure_level, requests_of
from seawall.lab.command import benchmark_parser, counts, write_answer, write_record
from seawall.lab.http_target import ENGINE_ROUTE
from seawall.lab.load import resolve_target
from seawall.lab.load_subject import LoadSubject, self_hosted
from seawall.lab.results import Result, measured_here
from seawall.lab.table import Cell, text_table


@contextmanager
def subject_of(options: argparse.Namespace) -> Iterator[LoadSubject]:
    """Find the server to ask, or start one."""
    if options.self_host:
        command, processes = options.server_command, options.processes
        with self_hosted(options.records, command=command, processes=processes) as subject:
            yield subject
    else:
        key = options.api_key or os.environ.get("SEAWALL_API_KEY", "")
        yield LoadSubject(options.base_url, options.dataset_version_id, key)


def question_of(options: argparse.Namespace) -> Question:
    return Question(
        endpoint=options.endpoint,
        started_at=options.started_at,
        parameters=json.loads(options.parameters.read_bytes()) if options.parameters else {},
        fresh=options.fresh,
    )


def plan_of(options: argparse.Namespace, *, connections: int) -> LoadPlan:
    plan = LoadPlan(
        connections=connections,
        rate=options.open_loop,
        warmup=options.warmup,
        timeout_s=options.timeout,
        threads=options.threads,
        ceiling=options.ceiling,
        allow_remote=options.allow_remote,
    )
    if options.users:
        return msgspec.structs.replace(plan, duration_s=options.duration_s, think_s=options.think_s)
    return msgspec.structs.replace(plan, requests=options.requests)


# --- the answer


def summary_of(level: Level) -> dict[str, Any]:
    figures = level.figures
    return {
        "total_requests": figures.requests,
        "success_requests": figures.requests - figures.errors,
        "error_requests": figures.errors,
        "duration_ms": figures.span_s * 1e3,
        "throughput_rps": figures.throughput_rps,
        "p50_ms": figures.p50_ms,
        "p90_ms": figures.p90_ms,
        "p95_ms": figures.p95_ms,
        "p99_ms": figures.p99_ms,
        "max_ms": figures.max_ms,
        "sent_late_p99_ms": figures.sent_late_p99_ms,
        "error_rate": figures.error_rate,
        "errors_by_kind": figures.errors_by_kind,
        "status_codes": figures.statuses,
    }


def level_answer(level: Level) -> dict[str, Any]:
    server = level.server
    return {
        "connections": level.connections,
        "loop": "open" if level.result.profile.is_open else "closed",
        "summary": summary_of(level),
        "refused_503": msgspec.to_builtins(level.refusals),
        "client_cpu_us_per_request": level.result.client_cpu_us_per_request,
        "ceiling": msgspec.to_builtins(level.ceiling),
        "server": None
        if server is None
        else {
            "cpu_pct": server.cpu_pct,
            "memory_pct": server.peak_memory_pct,
            "max_rss_kb": server.peak_rss_bytes // 1024,
            "store_connections": server.peak_open_files,
        },
    }


def answer_of(options: argparse.Namespace, levels: Sequence[Level]) -> dict[str, Any]:
    last = levels[-1]
    return {
        "summary": summary_of(last),
        "requests": requests_of(last),
        "levels": [level_answer(level) for level in levels],
        "endpoint": options.endpoint,
        "fresh": options.fresh,
        "records": options.records if options.self_host else None,
        "processes": options.processes if options.self_host else None,
        "open_loop_rps": options.open_loop,
    }


def print_levels(options: argparse.Namespace, levels: Sequence[Level]) -> None:
    rows: list[tuple[Cell, ...]] = []
    for level in levels:
        figures, ceiling, server = level.figures, level.ceiling, level.server
        rows.append(
            (
                level.connections,
                figures.requests,
                round(figures.throughput_rps),
                figures.p50_ms,
                figures.p90_ms,
                figures.p99_ms,
                100 * figures.error_rate,
                round(server.cpu_pct) if server else None,
                server.peak_memory_pct if server else None,
                server.peak_open_files if server else None,
                round(ceiling.throughput_rps) if ceiling else None,
                level.result.client_cpu_us_per_request,
            )
        )
    header = (
        *("connections", "requests", "rps", "p50 ms", "p90 ms", "p99 ms", "errors %"),
        *("CPU %", "memory %", "store", "ceiling rps", "client us"),
    )
    print("\n" + text_table(header, rows=rows), file=sys.stderr)
    kind = "fresh runs" if options.fresh else "replays"
    loop = f"open loop at {options.open_loop:g}/s" if options.open_loop else "closed loop"
    users = f", {options.think_s[0]:g} to {options.think_s[1]:g} s of thought" * bool(options.users)
    print(
        f"{kind}, {loop}{users}; percentiles exact, of right answers and timeouts. ceiling: this"
        f" client\non {options.threads} threads against a server that does nothing; client us:"
        " its CPU for a request.",
        file=sys.stderr,
    )
    for level in levels:
        if level.result.profile.is_open:
            print(
                f"99 % were sent within {level.figures.sent_late_p99_ms or 0.0:.3f} ms of when"
                " they were due",
                file=sys.stderr,
            )
        refused = level.refusals
        if refused.count:
            print(
                f"{refused.count:,} times 503, after {refused.p50_ms:.3g} ms (p50),"
                f" {refused.p90_ms:.3g} (p90), {refused.p99_ms:.3g} (p99),"
                f" {refused.max_ms:.3g} (max) from sending",
                file=sys.stderr,
            )
        if level.figures.errors_by_kind:
            kinds = ", ".join(f"{n:,} {kind}" for kind, n in level.figures.errors_by_kind.items())
            print(f"{level.connections} connections: {kinds}", file=sys.stderr)


def results_of(options: argparse.Namespace, levels: Sequence[Level]) -> list[Result]:
    return [
        measured_here(
            "api",
            kind="informational",
            workload={
                "connections": level.connections,
                "endpoint": options.endpoint,
                "fresh": options.fresh,
                "open_loop_rps": float(options.open_loop or 0),
                "records": options.records if options.self_host else 0,
                "errors": level.figures.errors,
                "threads": options.threads,
            },
            seed=level.result.profile.seed,
            unit="ms",
            samples=(level.result.counted.latency_ns / 1e6).tolist(),
        )
        for level in levels
        if len(level.result.counted)
    ]


# --- the command


def span(text: str) -> tuple[float, float]:
    low, _, high = text.partition(",")
    return float(low), float(high or low)


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Measure the engine's answers over HTTP.")
    add = parser.add_argument
    add("--base-url", default="http://localhost:8400", help="of a running server")
    add("--endpoint", default=f"{ENGINE_ROUTE}/run", help="POST")
    add("--dataset-version-id", default="", help="needed without --self-host")
    add("--started-at", default="2026-01-01T00:00:00Z", help="of the runs")
    add("--requests", type=int, default=100, help="of a row, after the warm-up")
    add("--concurrency", type=int, default=10, help="connections; the most of an open loop")
    add("--warmup", type=int, default=5, help="requests that are sent first and not counted")
    add("--parameters", type=Path, default=None, metavar="FILE", help="JSON object of the runs")
    add("--fresh", action="store_true", help="vary a parameter: each request is a new run")
    add("--open-loop", type=float, default=None, metavar="RATE", help="requests due a second")
    add("--self-host", action="store_true", help="start a server, and end it")
    add("--records", type=int, default=1, help="of the dataset of --self-host")
    add("--processes", type=int, default=1, help="of the server of --self-host")
    add("--connections", type=counts, default="", help="by commas: a row each")
    add("--users", type=int, default=0, help="so many for --duration-s, instead of --requests")
    add("--duration-s", type=float, default=10.0, help="of --users")
    add("--think-s", type=span, default="0,0", metavar="LOW,HIGH", help="of --users")
    add("--timeout", type=float, default=30.0, help="seconds, from when a request is due")
    add("--threads", type=int, default=1, help="of the client")
    add(
        "--api-key",
        default=os.environ.get("SEAWALL_API_KEY", ""),
        help="X-API-Key, without --self-host",
    )
    add("--tables", action="store_true", help="all tables of the service, by --profile")
    add("--profile", choices=("tiny", "quick", "full"), default="quick", help="of --tables")
    add("--ceiling", action=argparse.BooleanOptionalAction, default=True, help="of the client")
    add("--allow-remote", action="store_true", help="load a server that is not this machine")
    add("--server-command", type=json.loads, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not options.self_host and not options.dataset_version_id:
        parser.error("--dataset-version-id or --self-host is needed")
    if options.tables and not options.self_host:
        parser.error("--tables needs --self-host")
    if options.users and (options.connections or options.open_loop):
        parser.error("--users goes without --connections and --open-loop")
    if not 1 <= options.processes <= 64:
        parser.error("--processes must be 1 to 64")
    if min(options.requests, options.concurrency, *(options.connections or [1])) < 1:
        parser.error("--requests and numbers of connections must be at least 1")
    if options.open_loop is not None and options.open_loop <= 0:
        parser.error("--open-loop must be above 0")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    if options.tables:
        from api_tables import Server, run_tables  # of the service, which others may not have

        server = Server(options.server_command, options.processes, options.threads)
        write_answer(run_tables(options.profile, server), output=options.output)
        return 0
    if not options.self_host:
        resolve_target(options.base_url, allow_remote=options.allow_remote)
    wanted = [options.users] if options.users else options.connections or [options.concurrency]
    with subject_of(options) as subject:
        levels = [
            measure_level(plan_of(options, connections=count), question_of(options), subject)
            for count in wanted
        ]
    print_levels(options, levels)
    write_record(results_of(options, levels), folder=options.record)
    write_answer(answer_of(options, levels), output=options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
