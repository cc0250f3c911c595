"""How the cost of evidence, findings and links grows with their number.

For each size a new store keeps as many records, pieces of evidence, findings and links as that, as
in `bench_persistence.py`, and random findings are read and traced. `row_us` is the durable cost of
one of the three kinds of row; `row_us_spread` says how far it is from flat between 1,000 rows and
the largest size: the dearest over the cheapest. The smallest size is left out of it, since one
commit is shared by few rows there.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from bench_persistence import (
    KINDS,
    SEED,
    Kept,
    Ledger,
    keep_all,
    percentile,
    read_latencies,
    trace_latencies,
)
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.disk import disk_folder
from seawall.lab.results import Result, measured_here
from seawall.lab.table import Cell, text_table
from seawall.session import Session
from seawall.store import Store, open_store

FLAT_FROM = 1_000
TENANT = "default"


# --- sizes


def measure_size(
    folder: Path, count: int, *, repeats: int, reads: int
) -> tuple[dict[str, Any], list[Result]]:
    """Keep ``count`` rows of each kind in new stores; read and trace in the last one."""
    kept: list[Kept] = []
    for repeat in range(repeats):
        path = folder / f"{count}-{repeat}.db"
        with open_store(path) as store:
            ledger, one = keep_all(store, count=count)
            kept.append(one)
            if repeat == repeats - 1:
                latencies = read_and_trace(store, ledger, reads=reads)
        size = path.stat().st_size
        for left in folder.glob(f"{path.name}*"):
            left.unlink()
    samples = {kind: [one.total_ms[kind] for one in kept] for kind in KINDS} | latencies
    return row_of(count, kept, latencies, size), results_of(samples, count)


def read_and_trace(store: Store, ledger: Ledger, *, reads: int) -> dict[str, list[float]]:
    chosen = Random(SEED).choices(ledger.findings, k=reads)  # noqa: S311
    session = Session(store)
    trace_latencies(session, chosen[:1])  # what is read once is kept
    return {"read": read_latencies(store, chosen), "trace": trace_latencies(session, chosen)}


def row_of(
    count: int, kept: Sequence[Kept], latencies: dict[str, list[float]], size: int
) -> dict[str, Any]:
    def median(values: list[float]) -> float:
        return statistics.median(values)

    total = {kind: median([one.total_ms[kind] for one in kept]) for kind in KINDS}
    row: dict[str, Any] = {
        "count": count,
        "raw_record_ms": median([one.raw_record_ms for one in kept]),
        **{f"{kind}_ms": total[kind] for kind in KINDS},
        "commit_ms": median(
            [sum(one.total_ms[kind] - one.put_ms[kind] for kind in KINDS) for one in kept]
        ),
        "links_per_s": count / total["link"] * 1e3,
        "row_us": sum(total.values()) / (len(KINDS) * count) * 1e3,
        "database_bytes": size,
        "repeats": len(kept),
    }
    for what, times in latencies.items():
        row[f"{what}_p50_ms"] = percentile(times, 0.5)
        row[f"{what}_p99_ms"] = percentile(times, 0.99)
    return row


def spread(rows: Sequence[dict[str, Any]]) -> float | None:
    costs = [row["row_us"] for row in rows if row["count"] >= FLAT_FROM]
    return max(costs) / min(costs) if len(costs) > 1 else None


# --- the command


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Evidence, findings and links by their number.")
    add = parser.add_argument
    add("--sizes", default="100,1000,10000,100000", help="rows of each kind, by commas")
    add("--repeats", type=int, default=3, help="new stores a size")
    add("--reads", type=int, default=2000, help="random findings read, and traced")
    options = parser.parse_args(arguments)
    options.sizes = [int(size) for size in options.sizes.split(",") if size]
    if min(*options.sizes, options.repeats, options.reads, 1) < 1:
        parser.error("sizes, repeats and reads must be at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    with disk_folder() as folder:
        measure_size(folder, 100, repeats=1, reads=10)  # imports, and first pages
        measured = [
            measure_size(folder, size, repeats=options.repeats, reads=options.reads)
            for size in options.sizes
        ]
    rows = [row for row, _ in measured]
    answer = {
        "database": "sqlite",
        "rows": rows,
        "row_us_spread": spread(rows),
    }
    print_answer(answer)
    write_record([one for _, results in measured for one in results], folder=options.record)
    write_answer(answer, output=options.output)
    return 0


_COLUMNS = (
    ("rows", "count"),
    ("RawRecord ms", "raw_record_ms"),
    ("Evidence ms", "evidence_ms"),
    ("Finding ms", "finding_ms"),
    ("Link ms", "link_ms"),
    ("Commit ms", "commit_ms"),
    ("Read p50 ms", "read_p50_ms"),
    ("p99", "read_p99_ms"),
    ("Trace p50 ms", "trace_p50_ms"),
    ("p99", "trace_p99_ms"),
    ("links/s", "links_per_s"),
    ("µs a row", "row_us"),
)


def print_answer(answer: dict[str, Any]) -> None:
    header = [name for name, _ in _COLUMNS]
    lines: list[list[Cell]] = [[row[key] for _, key in _COLUMNS] for row in answer["rows"]]
    print(text_table(header, rows=lines), file=sys.stderr)
    if answer["row_us_spread"] is not None:
        print(
            f"\ncost of a row from {FLAT_FROM:,} on: dearest / cheapest"
            f" {answer['row_us_spread']:.2f} (to reach: 1.3)",
            file=sys.stderr,
        )


def results_of(samples: dict[str, list[float]], count: int) -> list[Result]:
    return [
        measured_here(
            f"linking_{what}",
            kind="informational",
            workload={"count": count},
            seed=SEED,
            unit="ms",
            samples=times,
        )
        for what, times in samples.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
