"""What a large tape costs in memory: a million records of 250 bytes, in any format."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seawall.lab.books import bench_records
from seawall.lab.disk import disk_folder
from seawall.lab.isolated import run_command

INGEST_FILE = Path(__file__).parents[2] / "benchmarks" / "ingest_file.py"
RECORDS = 1_000_000
MAX_RSS_KB = 500_000

COLUMNS = {
    "loan_id": "LN{0:08d}",
    "obligor_id": "OB{1:05d}",
    "sector": "manufacturing",
    "rating": "BBB",
    "currency": "EUR",
    "outstanding_principal": "{0}.25",
    "interest_rate_pct": "4.532",
    "collateral_type": "property",
    "collateral_value": "{0}.75",
    "assets_value": "{0}.5",
    "origination_date": "2021-04-22",
    "maturity_date": "2029-07-10",
    "branch": "branch {1:05d}",
    "product": "term loan, secured, amortising",
    "remark": "reviewed by the credit committee, {1} conditions precedent",
    "purpose": "working capital and equipment",
}


def values(name: str) -> Iterator[str]:
    return (COLUMNS[name].format(i, i % 50_021) for i in range(RECORDS))


def json_array() -> bytes:
    return bench_records(RECORDS, seed=1, currencies=("EUR", "USD"))


def write_json(path: Path) -> None:
    path.write_bytes(json_array())


def write_ndjson(path: Path) -> None:
    path.write_bytes(json_array()[1:-1].replace(b",\n", b"\n"))


def write_csv(path: Path) -> None:
    row = ",".join(f'"{text}"' if "," in text else text for text in COLUMNS.values()) + "\n"
    with path.open("w") as file:
        file.write(",".join(COLUMNS) + "\n")
        file.writelines(row.format(i, i % 50_021) for i in range(RECORDS))


def write_parquet(path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table({name: pyarrow.array(values(name)) for name in COLUMNS})
    parquet.write_table(table, path)


TAPES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "tape.json": ("todiscope", write_json),
    "tape.ndjson": ("todiscope", write_ndjson),
    "tape.csv": ("generic", write_csv),
    "tape.parquet": ("generic", write_parquet),
}


@pytest.mark.performance
@pytest.mark.parametrize("name", TAPES)
def test_a_million_records_need_half_a_gigabyte(name: str) -> None:
    profile, write = TAPES[name]
    with disk_folder() as folder:
        write(folder / name)
        command = [str(INGEST_FILE), str(folder / name), str(folder / "ledger.db"), profile]
        run = run_command([sys.executable, *command, "normalise"], timeout_s=600)
        size = (folder / name).stat().st_size
    rate = RECORDS / run.answer["wall_ns"] * 1e9
    sys.stdout.write(f"{name}: {size:,} bytes, {run.max_rss_kb:,} KiB, {rate:,.0f} records/s\n")
    assert run.max_rss_kb <= MAX_RSS_KB
