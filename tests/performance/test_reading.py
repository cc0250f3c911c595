"""bench_reading.py: each format against each rival, with right answers on both sides."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "bench_reading.py"
TABLE_RIVALS = {"pyarrow", "polars", "duckdb"}
RIVALS = {
    "csv": TABLE_RIVALS,
    "csv.gz": TABLE_RIVALS,
    "ndjson": TABLE_RIVALS,
    "parquet": TABLE_RIVALS,
    "xml": {"iterparse"},
}
KEYS = {"seawall_ms", "rival_ms", "seawall_mb_per_s", "rival_mb_per_s", "ratio_low", "ratio_high"}


def run(*arguments: str, folder: Path) -> list[dict[str, Any]]:
    output = folder / "answer.json"
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments, "--output", str(output)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    print(f"\n{SCRIPT.name} {' '.join(arguments)}\n{done.stderr}")  # noqa: T201
    rows: list[dict[str, Any]] = json.loads(output.read_text())
    assert all(row.keys() >= KEYS for row in rows)
    return rows


@pytest.mark.parametrize(
    ("way", "formats"), [("session", ["csv", "ndjson"]), ("reader", ["parquet", "xml"])]
)
def test_each_format_is_held_against_each_of_its_rivals(
    way: str, formats: list[str], tmp_path: Path
) -> None:
    options = f"--sizes 200 --pairs 6 --seawall {way} --formats {','.join(formats)}"
    rows = run(*options.split(), folder=tmp_path)
    assert {(row["format"], row["rival"]) for row in rows} == {
        (name, rival) for name in formats for rival in RIVALS[name]
    }
    assert {(row["size"], row["seawall"]) for row in rows} == {(200, way)}


@pytest.mark.performance
def test_reading(tmp_path: Path) -> None:
    rows = run("--sizes", "1000,100000", folder=tmp_path)
    ways = {name: {"session", "reader"} for name in RIVALS} | {"ndjson": {"session"}}
    assert {(row["format"], row["seawall"], row["rival"]) for row in rows} == {
        (name, way, rival)
        for name, rivals in RIVALS.items()
        for way in ways[name]
        for rival in rivals
    }
