"""The service on uvicorn, which it has, against granian: the same application and requests.

Servers are started in turn, A B B A, each on a new store, and do the same works one after the
other. What is compared is the processor time of the server's process for a request, which other
work on the machine disturbs least; requests a second and percentiles stand beside it.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import psutil

from api_load import LoadPlan, Question, measure_level
from seawall.lab.command import benchmark_parser, counts, write_answer, write_record
from seawall.lab.load_subject import LoadSubject, self_hosted
from seawall.lab.results import Result, measured_here
from seawall.lab.table import text_table

GRANIAN = (
    *(sys.executable, str(Path(__file__).parent / "rivals" / "granian_server.py")),
    *("serve", "--dev", "--port", "{port}", "--store", "{store}"),
)
COMMANDS = {"uvicorn": None, "granian": GRANIAN}
TURNS = ("uvicorn", "granian", "granian", "uvicorn")
WARM_UP = 2  # requests a connection
SHOWN = (
    *("work", "connections", "uvicorn_cpu_us_per_request", "granian_cpu_us_per_request"),
    *("uvicorn_throughput_rps", "granian_throughput_rps", "uvicorn_p99_ms", "granian_p99_ms"),
)


class Work(msgspec.Struct, frozen=True):
    """What every server of a turn does."""

    name: str
    connections: int
    fresh: bool


class Row(msgspec.Struct, frozen=True):
    """One work of one server."""

    server: str
    work: str
    connections: int
    cpu_us_per_request: float
    throughput_rps: float
    p50_ms: float
    p99_ms: float


def works_of(connections: Sequence[int]) -> tuple[Work, ...]:
    return tuple(
        Work(name, count, fresh)
        for name, fresh in (("replays", False), ("new runs", True))
        for count in connections
    )


def measured(name: str, work: Work, subject: LoadSubject, *, requests: int) -> Row:
    """Load a server once."""
    assert subject.target is not None
    process = psutil.Process(subject.target.pid)
    plan = LoadPlan(
        connections=work.connections,
        requests=requests,
        warmup=WARM_UP * work.connections,
        ceiling=False,
    )
    before = process.cpu_times()
    level = measure_level(plan, Question(fresh=work.fresh), subject)
    after = process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    figures = level.figures
    assert figures.errors == 0, figures.errors_by_kind
    assert figures.p50_ms is not None
    assert figures.p99_ms is not None
    return Row(
        server=name,
        work=work.name,
        connections=work.connections,
        cpu_us_per_request=cpu_s * 1e6 / (plan.requests + plan.warmup),
        throughput_rps=figures.throughput_rps,
        p50_ms=figures.p50_ms,
        p99_ms=figures.p99_ms,
    )


def all_rows(options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    for _ in range(options.rounds):
        for name in TURNS:
            with self_hosted(1, command=COMMANDS[name]) as subject:
                for work in works_of(options.connections):
                    requests = options.new_runs if work.fresh else options.replays
                    rows.append(measured(name, work, subject, requests=requests))
    return rows


def compared(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return each work's medians of both servers, and the ratios of what was measured in turn."""
    answer: list[dict[str, Any]] = []
    for work, connections in dict.fromkeys((row.work, row.connections) for row in rows):
        own = [row for row in rows if (row.work, row.connections) == (work, connections)]
        line: dict[str, Any] = {"work": work, "connections": connections}
        for name in COMMANDS:
            of_server = [row for row in own if row.server == name]
            for figure in ("cpu_us_per_request", "throughput_rps", "p50_ms", "p99_ms"):
                values = [getattr(row, figure) for row in of_server]
                line[f"{name}_{figure}"] = statistics.median(values)
        line["cpu_ratios"] = cpu_ratios(own)
        answer.append(line)
    return answer


def cpu_ratios(rows: Sequence[Row]) -> list[float]:
    """Return uvicorn's processor time by granian's, of each two rows that follow each other."""
    ratios = []
    for one, other in zip(rows[::2], rows[1::2], strict=True):
        ours, theirs = (one, other) if one.server == "uvicorn" else (other, one)
        ratios.append(ours.cpu_us_per_request / theirs.cpu_us_per_request)
    return ratios


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Serve the same application by uvicorn and by granian.")
    add = parser.add_argument
    add("--connections", type=counts, default="100,1000", help="by commas")
    add("--rounds", type=int, default=3, help="of two pairs: A B B A")
    add("--replays", type=int, default=10_000, help="requests of a row")
    add("--new-runs", type=int, default=3_000, help="requests of a row")
    options = parser.parse_args(arguments)
    if min(options.rounds, options.replays, options.new_runs, *options.connections) < 1:
        parser.error("rounds, requests and connections must be at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    rows = all_rows(options)
    works = compared(rows)
    print(
        text_table(SHOWN, rows=[[line[name] for name in SHOWN] for line in works]), file=sys.stderr
    )
    write_record(results_of(works), folder=options.record)
    write_answer({"works": works, "rows": msgspec.to_builtins(rows)}, output=options.output)
    return 0


def results_of(works: Sequence[dict[str, Any]]) -> list[Result]:
    return [
        measured_here(
            "uvicorn_against_granian",
            kind="informational",
            workload={
                "work": line["work"],
                "connections": line["connections"],
                "ratio_of": "uvicorn / granian",
            },
            seed=None,
            unit="ratio",
            samples=line["cpu_ratios"],
        )
        for line in works
    ]


if __name__ == "__main__":
    sys.exit(main())
