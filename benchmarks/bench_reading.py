"""How fast a file becomes columns: CSV, gzip'd CSV, NDJSON, Parquet and XML, against others.

One tape of generated loans is written in each format before any clock starts. `session` is
`Session.read`: read, normalised cell by cell by the profile's rules, every refusal kept, every
record hashed. `reader` is only seawall's reader, from the file to batches of texts (JSON has none:
its bytes go to the core). The rivals parse the same file in the same process, in pairs A B B A.
For XML they have no reader: there the rival is xml.etree.ElementTree.iterparse to an Arrow table.
Every answer is checked: its count of rows, and the sum of the loans' principals in cents.
"""

import argparse
import gzip
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow
from pyarrow import csv, json, parquet

from seawall.engines.debt import DEBT_STRESS
from seawall.ingest import IngestedTape, TapeProfile, load_profile
from seawall.ingest.container import open_container
from seawall.ingest.csv_table import read_csv
from seawall.ingest.parquet_columns import read_parquet
from seawall.ingest.xml_records import read_xml
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.disk import disk_folder
from seawall.lab.measure import FEWEST_PAIRS, PairedComparison, compare_paired
from seawall.lab.results import Result, measured_here
from seawall.lab.table import text_table
from seawall.session import Session

SEED = 1
MONEY = "outstanding_principal"
FORMATS = ("csv", "csv.gz", "ndjson", "parquet", "xml")
KINDS = ("session", "reader")
READERS: dict[str, Callable[..., Any]] = {
    "csv": read_csv,
    "csv.gz": read_csv,
    "parquet": read_parquet,
    "xml": read_xml,
}


class Row(msgspec.Struct, frozen=True):
    """One of seawall's ways against one rival's."""

    format: str
    size: int
    file_bytes: int
    seawall: str  # session or reader
    rival: str
    seawall_ms: float
    rival_ms: float
    seawall_mb_per_s: float  # of the file as it lies
    rival_mb_per_s: float
    ratio: float  # of the times, seawall / rival
    ratio_low: float
    ratio_high: float


class Loans(msgspec.Struct, frozen=True):
    """Where the generated XML has its records."""

    record_element: str = "loan"
    context: list[str] = []


# --- the tape


def loans(size: int) -> pyarrow.Table:
    random = np.random.default_rng(SEED)
    sectors = np.array(["real estate", "manufacturing", "retail", "energy"])
    maturity = np.datetime64("2026-07-01") + random.integers(30, 4000, size)
    return pyarrow.table(
        {
            "loan_id": [f"LN{i:08d}" for i in range(size)],
            "obligor_id": [f"OB{i:05d}" for i in random.integers(0, size, size)],
            "currency": ["EUR"] * size,
            MONEY: random.integers(1_000_000, 100_000_000, size) / 100,
            "interest_rate_pct": random.integers(100, 1_400, size) / 100,
            "collateral_value": random.integers(500_000, 90_000_000, size) / 100,
            "sector": sectors[random.integers(0, 4, size)],
            "maturity_date": maturity.astype("datetime64[D]"),
        }
    )


def write_tape(table: pyarrow.Table, path: Path, format: str) -> None:
    if format == "parquet":
        parquet.write_table(table, path)
    elif format == "csv":
        csv.write_csv(table, path)
    elif format == "csv.gz":
        plain = path.with_suffix("")
        csv.write_csv(table, plain)
        path.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    elif format == "ndjson":
        rows = map(msgspec.json.encode, table.to_pylist())
        path.write_bytes(b"\n".join(rows) + b"\n")
    else:
        path.write_text("".join(xml_lines(table)), encoding="utf-8")


def xml_lines(table: pyarrow.Table) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<tape>\n'
    for row in table.to_pylist():
        cells = "".join(f"  <{name}>{cell}</{name}>\n" for name, cell in row.items())
        yield f" <loan>\n{cells} </loan>\n"
    yield "</tape>\n"


# --- the readings


def seawall_reading(kind: str, path: Path, format: str, session: Session) -> Callable[[], Any]:
    profile = load_profile("generic", packages=[DEBT_STRESS.profiles])
    if kind == "session":
        if format == "xml":
            profile = msgspec.structs.replace(profile, record_element="loan")
        return lambda: session.read(path, profile=profile)
    return lambda: read_texts(path, format, profile)


def read_texts(path: Path, format: str, profile: TapeProfile) -> list[pyarrow.RecordBatch]:
    layout = Loans() if format == "xml" else profile
    with open_container(path).open() as stream:
        return [rows.columns for rows in READERS[format](stream, layout, name=path.name)]


def rival_reading(name: str, path: Path, format: str) -> Callable[[], Any]:
    kind = format.removesuffix(".gz")
    if name == "iterparse":
        return lambda: iterparse_table(path)
    if name == "pyarrow":
        read = {"csv": csv.read_csv, "ndjson": json.read_json, "parquet": parquet.read_table}
        return lambda: read[kind](path)
    if name == "polars":
        import polars

        frames: dict[str, Callable[[Path], Any]] = {
            "csv": polars.read_csv,
            "ndjson": polars.read_ndjson,
            "parquet": polars.read_parquet,
        }
        return lambda: frames[kind](path)
    import duckdb

    reader = {"csv": "read_csv", "ndjson": "read_ndjson", "parquet": "read_parquet"}[kind]

    def read_with_duckdb() -> pyarrow.Table:
        relation = duckdb.sql(f"SELECT * FROM {reader}('{path}')")
        assert relation is not None  # as of every SELECT
        return relation.to_arrow_table()

    return read_with_duckdb


def iterparse_table(path: Path) -> pyarrow.Table:
    rows = []
    parsed = ET.iterparse(path, events=("start", "end"))  # noqa: S314  (our own file)
    _, root = next(parsed)
    for event, element in parsed:
        if event == "end" and element.tag == "loan":
            rows.append({cell.tag: cell.text for cell in element})
            root.clear()
    return pyarrow.Table.from_pylist(rows)


def rivals_of(format: str) -> tuple[str, ...]:
    return ("iterparse",) if format == "xml" else ("pyarrow", "polars", "duckdb")


def rows_and_cents(answer: Any) -> tuple[int, int]:
    if isinstance(answer, IngestedTape):
        money = answer.records["total_outstanding"].to_numpy()
    else:
        if isinstance(answer, list):
            answer = pyarrow.Table.from_batches(answer)
        elif not isinstance(answer, pyarrow.Table):
            answer = answer.to_arrow()
        money = answer[MONEY].cast(pyarrow.float64()).to_numpy()
    return len(money), int(np.rint(np.asarray(money) * 100).astype(np.int64).sum())


def compare(
    table: pyarrow.Table, format: str, *, session: Session, folder: Path, options: Any
) -> Iterator[tuple[Row, PairedComparison]]:
    path = folder / f"tape.{format}"
    write_tape(table, path, format)
    wanted = rows_and_cents(table)
    file_bytes = path.stat().st_size
    for kind in options.seawall:
        if kind == "reader" and format not in READERS:
            continue
        for rival in rivals_of(format):
            found = compare_paired(
                seawall_reading(kind, path, format, session),
                rival_reading(rival, path, format),
                pairs=options.pairs,
                check=lambda answer: rows_and_cents(answer) == wanted,
            )
            row = Row(
                format=format,
                size=table.num_rows,
                file_bytes=file_bytes,
                seawall=kind,
                rival=rival,
                seawall_ms=found.a.median_ns / 1e6,
                rival_ms=found.b.median_ns / 1e6,
                seawall_mb_per_s=file_bytes / found.a.median_ns * 1e3,
                rival_mb_per_s=file_bytes / found.b.median_ns * 1e3,
                ratio=found.ratio,
                ratio_low=found.ratio_low,
                ratio_high=found.ratio_high,
            )
            yield row, found


# --- the command


def print_rows(rows: Sequence[Row], pairs: int) -> None:
    header = ("format", "size", "MB", "seawall", "rival", "its ms", "seawall ms")
    lines = [
        (
            *(row.format, row.size, row.file_bytes / 1e6, row.seawall, row.rival, row.rival_ms),
            *(row.seawall_ms, row.rival_mb_per_s, row.seawall_mb_per_s),
            *(row.ratio, row.ratio_low, row.ratio_high),
        )
        for row in rows
    ]
    more = ("its MB/s", "seawall MB/s", "time ratio", "low", "high")
    print(text_table((*header, *more), rows=lines), file=sys.stderr)
    print(
        f"Time ratio seawall / rival over {pairs} pairs A B B A with a 95 % interval: below 1"
        " seawall is faster.\n`session` also normalises, keeps what it refuses and hashes every"
        " record; `reader` and the rivals only parse.\nSeawall's readers use one core, pyarrow,"
        " polars and duckdb all; iterparse uses one. MB are of the file.",
        file=sys.stderr,
    )


def result_of(row: Row, found: PairedComparison) -> Result:
    return measured_here(
        f"reading_{row.format}_{row.seawall}_against_{row.rival}",
        kind="informational",
        workload={"size": row.size, "file_bytes": row.file_bytes, "ratio_of": "seawall / rival"},
        seed=SEED,
        unit="ratio",
        samples=[a / b for a, b in zip(found.a.wall_ns, found.b.wall_ns, strict=True)],
    )


def numbers(text: str) -> list[int]:
    return [int(item) for item in text.split(",")]


def some_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := set(chosen) - set(known):
            raise argparse.ArgumentTypeError(f"there is no {unknown.pop()}; there are {known}")
        return chosen

    return names


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = benchmark_parser("Read one tape in several formats, against other readers.")
    add = parser.add_argument
    add("--sizes", type=numbers, default="10000,100000", help="loans of a tape")
    add("--formats", type=some_of(FORMATS), default=",".join(FORMATS), help="of the tape")
    add("--seawall", type=some_of(KINDS), default=",".join(KINDS), help="which of its ways")
    add("--pairs", type=int, default=12, help=f"of a comparison; even, at least {FEWEST_PAIRS}")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(arguments)
    compared: list[tuple[Row, PairedComparison]] = []
    with disk_folder() as folder, Session(folder / "ledger.db") as session:
        for size in options.sizes:
            table = loans(size)
            for written_as in options.formats:
                compared += compare(
                    table, written_as, session=session, folder=folder, options=options
                )
    rows = [row for row, _ in compared]
    print_rows(rows, options.pairs)
    write_record([result_of(*pair) for pair in compared], folder=options.record)
    write_answer(msgspec.to_builtins(rows), output=options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
