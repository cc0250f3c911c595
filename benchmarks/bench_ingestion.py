"""How fast records become a durable dataset version: JSON bytes to a committed SQLite file.

The records (about 240 bytes each) are made before the clock starts, with the version as the seed.
One store takes all of them, as it would in use; a first small ingest, not reported, loads what is
loaded lazily. `duration_ms` is wall time from the bytes to the acknowledged commit. Each ingest is
followed by its replay, a row of its own: the same bytes must give the same dataset version and
write nothing. `max_rss_kb` is the peak of a process of its own, the interpreter included, that
ingests the first version of that size from a file; `first_call_ms` is what that takes there from
`import seawall` being done: loading the rest of it and making the store are included.
"""

import argparse
import gc
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from seawall.ingest import IngestedTape
from seawall.lab.books import bench_records
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.disk import disk_folder
from seawall.lab.fit import fit_line
from seawall.lab.isolated import run_command
from seawall.lab.measure import compare_paired
from seawall.lab.results import Result, measured_here
from seawall.lab.table import text_table
from seawall.provenance import leaf_hash
from seawall.session import Dataset, Session

PROFILE = "todiscope"
HASHED_HERE = 2_000  # datasets up to this size have their Merkle root computed again in Python
FIT_VERSIONS = {100: 21, 1_000: 21, 10_000: 15, 100_000: 9, 1_000_000: 3}
FLAT_FROM = 10_000
RIVAL_PAIRS = 12
RIVALS = ("msgspec", "polars", "pyarrow")


class Row(msgspec.Struct, frozen=True):
    """One ingest, or its replay."""

    size: int
    normalize: bool
    version_index: int
    replay: bool
    duration_ms: float
    records_per_s: float
    records_written: int
    dataset_version_id: str
    max_rss_kb: int
    first_call_ms: float


class Alone(msgspec.Struct, frozen=True):
    """What one ingest costs in a process of its own."""

    max_rss_kb: int
    first_call_ms: float


# --- the answer, computed another way


def record_lines(data: bytes) -> list[bytes]:
    return data[1:-1].split(b",\n")


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """By RFC 6962, section 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + merkle_root(leaves[:split]) + merkle_root(leaves[split:])).digest()


def principals(data: bytes) -> np.ndarray:
    return np.array(re.findall(rb'"principal":([0-9.]+)', data), dtype="S16").astype(np.float64)


def check_dataset(
    session: Session, dataset: Dataset, data: bytes, *, size: int, normalize: bool
) -> None:
    assert dataset.record_count == size
    if size <= HASHED_HERE:
        assert dataset.merkle_root == merkle_root(record_lines(data)).hex()
    last = session.record(dataset, size - 1)
    assert last.proved
    assert last.source_bytes == data[data.rindex(b'{"source_system"') : -1]
    if not normalize:
        assert dataset.summary is None
        return
    assert dataset.summary is not None
    assert dataset.summary.kept_count == size
    wanted = principals(data)
    found = dataset.records["total_outstanding"].to_numpy()
    assert np.array_equal(found, wanted)
    assert cents(found) == cents(wanted)


def cents(amounts: np.ndarray) -> int:
    return int(np.rint(amounts * 100).astype(np.int64).sum())


# --- ingest


def timed(ingest: Callable[[], Dataset]) -> tuple[Dataset, float]:
    gc.collect()
    before = time.perf_counter_ns()
    dataset = ingest()
    return dataset, (time.perf_counter_ns() - before) / 1e6


def ingest_versions(
    session: Session, folder: Path, *, size: int, versions: int, options: argparse.Namespace
) -> Iterator[Row]:
    """Ingest and replay each version of a size."""
    alone: Alone | None = None
    for version in range(1, versions + 1):
        data = bench_records(size, seed=version, currencies=tuple(options.currencies))

        def ingest(data: bytes = data) -> Dataset:
            return session.ingest(data, profile=PROFILE, format="json", normalise=options.normalize)

        dataset, duration_ms = timed(ingest)
        assert dataset.created
        check_dataset(session, dataset, data, size=size, normalize=options.normalize)
        if alone is None:
            alone = ingest_alone(data, folder, dataset, normalize=options.normalize)
        again, replay_ms = timed(ingest)
        assert again.dataset_version_id == dataset.dataset_version_id
        assert not again.created
        for held, wall_ms, replay in ((dataset, duration_ms, False), (again, replay_ms, True)):
            yield Row(
                size=size,
                normalize=options.normalize,
                version_index=version,
                replay=replay,
                duration_ms=wall_ms,
                records_per_s=size / wall_ms * 1e3,
                records_written=held.record_count if held.created else 0,
                dataset_version_id=held.dataset_version_id,
                max_rss_kb=alone.max_rss_kb,
                first_call_ms=alone.first_call_ms,
            )


def ingest_alone(data: bytes, folder: Path, expected: Dataset, *, normalize: bool) -> Alone:
    file, store = folder / "alone.json", folder / "alone.db"
    file.write_bytes(data)
    mode = "normalise" if normalize else "raw"
    script = Path(__file__).with_name("ingest_file.py")
    try:
        run = run_command(
            [sys.executable, str(script), str(file), str(store), PROFILE, mode], timeout_s=600
        )
    finally:
        for left in folder.glob("alone.*"):
            left.unlink()
    assert run.answer["dataset_version_id"] == expected.dataset_version_id
    return Alone(max_rss_kb=run.max_rss_kb, first_call_ms=run.answer["wall_ns"] / 1e6)


# --- what it shows


def results_of(rows: Sequence[Row]) -> list[Result]:
    groups: dict[tuple[int, bool], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.size, row.replay), []).append(row)
    return [
        measured_here(
            "ingestion",
            kind="informational",
            workload={
                "size": size,
                "normalize": found[0].normalize,
                "replay": replay,
                "versions": len(found),
                "max_rss_kb": found[0].max_rss_kb,
            },
            seed=1,
            unit="ms",
            samples=[row.duration_ms for row in found],
        )
        for (size, replay), found in groups.items()
    ]


def print_rows(rows: Sequence[Row]) -> None:
    groups: dict[tuple[int, bool], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.size, row.replay), []).append(row)
    lines = []
    for (size, replay), found in groups.items():
        times = [row.duration_ms for row in found]
        middle = statistics.median(times)
        lines.append(
            (
                size,
                "replay" if replay else "normalised" if found[0].normalize else "raw",
                len(found),
                middle,
                min(times),
                round(size / middle * 1e3),
                found[0].records_written,
                found[0].max_rss_kb // 1024,
                found[0].first_call_ms,
            )
        )
    header = ("size", "what", "runs", "median ms", "least ms", "records/s", "written")
    print(text_table((*header, "peak MB", "first call ms"), rows=lines), file=sys.stderr)


def fit_rows(rows: Sequence[Row]) -> Result:
    """Fit duration = a + b · size over the medians, and tell how flat b is from FLAT_FROM on."""
    sizes = sorted({row.size for row in rows})
    times = [
        statistics.median(r.duration_ms for r in rows if r.size == size and not r.replay)
        for size in sizes
    ]
    fit = fit_line(sizes, times=times)
    large = [b for size, b in zip(sizes, fit.b_by_size, strict=True) if size >= FLAT_FROM]
    middle = statistics.median(large)
    flatness = max(abs(b / middle - 1) for b in large)
    print(
        f"\nduration = a + b n: a = {fit.a:.2f} ms (to reach: at most 10 ms), "
        f"b = {fit.b * 1e3:.3f} µs a record;\nb from {FLAT_FROM:,} records on: "
        + ", ".join(f"{b * 1e3:.3f}" for b in large)
        + f" µs, within {flatness:.0%} of its median (to reach: 30 %)",
        file=sys.stderr,
    )
    return measured_here(
        "ingestion_fit",
        kind="informational",
        workload={"a_ms": fit.a, "b_us": fit.b * 1e3, "flatness": flatness, "from": FLAT_FROM},
        seed=1,
        unit="ms",
        samples=times,
    )


# --- the same bytes, read by others


class Debt(msgspec.Struct, gc=False):
    """The record's parts, in the form that msgspec makes fastest."""

    principal: float
    interest_rate_pct: float
    collateral_value: float


class Assets(msgspec.Struct, gc=False):
    """Of the obligor."""

    total: float


class Financial(msgspec.Struct, gc=False):
    """Debt and assets."""

    debt: Debt
    assets: Assets


class Payload(msgspec.Struct, gc=False):
    """What the record says."""

    currency: str
    sector: str
    financial: Financial


class Record(msgspec.Struct, gc=False):
    """A record of the benchmark, typed."""

    source_system: str
    source_record_id: str
    payload: Payload


def rival_reader(name: str, data: bytes) -> Callable[[], object]:
    if name == "msgspec":
        decoder = msgspec.json.Decoder(Record)
        return lambda: decoder.decode_lines(data)
    if name == "polars":
        import polars

        return lambda: polars.read_ndjson(data)
    import pyarrow
    from pyarrow import json

    return lambda: json.read_json(pyarrow.BufferReader(data))


def principals_read(answer: Any) -> np.ndarray:
    if isinstance(answer, IngestedTape):
        return np.asarray(answer.records["total_outstanding"].to_numpy())
    if isinstance(answer, list):
        return np.array([record.payload.financial.debt.principal for record in answer])
    if hasattr(answer, "to_arrow"):
        answer = answer.to_arrow()
    column = answer["payload"].combine_chunks()
    for name in ("financial", "debt", "principal"):
        column = column.field(name)
    return np.asarray(column.to_numpy())


def compare_readers(
    session: Session, names: Sequence[str], *, size: int, currencies: Sequence[str]
) -> list[Result]:
    """Time seawall's read against each rival's on the same NDJSON bytes in this process."""
    data = b"\n".join(record_lines(bench_records(size, seed=1, currencies=tuple(currencies))))
    wanted = principals(data)

    def read() -> object:
        return session.read(data, profile=PROFILE, format="ndjson")

    def check(answer: object) -> bool:
        return np.array_equal(principals_read(answer), wanted)

    lines, results = [], []
    for name in names:
        found = compare_paired(read, rival_reader(name, data), pairs=RIVAL_PAIRS, check=check)
        rate = size / found.b.median_ns * 1e9
        own = size / found.a.median_ns * 1e9
        lines.append(
            (name, round(rate), round(own), found.ratio, found.ratio_low, found.ratio_high)
        )
        results.append(
            measured_here(
                "reading_against_" + name,
                kind="informational",
                workload={"size": size, "ratio_of": "seawall / " + name},
                seed=1,
                unit="ratio",
                samples=[a / b for a, b in zip(found.a.wall_ns, found.b.wall_ns, strict=True)],
            )
        )
    header = ("rival", "its records/s", "seawall's", "time ratio", "low", "high")
    print("\n" + text_table(header, rows=lines), file=sys.stderr)
    print(
        f"Time ratio seawall / rival over {RIVAL_PAIRS} pairs A B B A with a 95 % interval: below 1"
        " seawall is faster.\nseawall does more in its time: it also normalises each cell by the"
        " profile's rules,\nkeeps what it refuses, and hashes every record into a Merkle tree; the"
        " rivals only parse.\nmsgspec uses one core, the others all. Nobody stores anything here.",
        file=sys.stderr,
    )
    return results


# --- the command


def numbers(text: str) -> list[int]:
    return [int(item) for item in names(text)]


def names(text: str) -> list[str]:
    found = [item.strip() for item in text.split(",") if item.strip()]
    if not found:
        raise argparse.ArgumentTypeError("is empty")
    return found


def rival_names(text: str) -> list[str]:
    if unknown := set(names(text)) - set(RIVALS):
        raise argparse.ArgumentTypeError(f"there is no {unknown.pop()}; there are {RIVALS}")
    return names(text)


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Ingest generated records into a durable store.")
    add = parser.add_argument
    add("--sizes", type=numbers, default="100,1000,10000", help="records of a dataset")
    add("--versions", type=int, default=3, help="datasets of each size; each has its own seed")
    add("--normalize", action=argparse.BooleanOptionalAction, default=True, help="read columns")
    add("--currencies", type=names, default="USD,EUR,GBP,JPY", help="of the records")
    add("--rival", type=rival_names, default=[], help=f"readers to compare with: {RIVALS}")
    add("--fit", action="store_true", help=f"sizes {list(FIT_VERSIONS)}, and fit a line")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    plan = FIT_VERSIONS if options.fit else dict.fromkeys(options.sizes, options.versions)
    rows: list[Row] = []
    with disk_folder() as folder, Session(folder / "ledger.db") as session:
        warm_up = bench_records(100, seed=0, currencies=tuple(options.currencies))
        session.ingest(warm_up, profile=PROFILE, format="json", normalise=options.normalize)
        for size, versions in plan.items():
            rows += ingest_versions(session, folder, size=size, versions=versions, options=options)
        print_rows(rows)
        results = results_of(rows)
        if options.fit:
            results.append(fit_rows(rows))
        if options.rival:
            results += compare_readers(
                session, options.rival, size=max(plan), currencies=options.currencies
            )
    write_record(results, folder=options.record)
    write_answer(msgspec.to_builtins(rows), output=options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
