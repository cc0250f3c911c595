"""The report in the documentation is made of the run beside it, and leaves nothing out."""

from pathlib import Path

import pytest

from seawall.lab.report.page import write_lab_report
from seawall.lab.report.tables import report_tables
from seawall.lab.run_record import LabRun, read_run

FOLDER = Path(__file__).parents[2] / "docs" / "performance"


@pytest.fixture(scope="module")
def run() -> LabRun:
    return read_run(FOLDER / "run.jsonl.gz")


def test_the_run_is_finished_and_every_step_has_its_answer(run: LabRun) -> None:
    assert run.end is not None
    assert run.missing() == []


def test_every_table_is_filled(run: LabRun) -> None:
    tables = {table.number: table for table in report_tables(run)}
    assert not [number for number, table in tables.items() if table.absent]
    assert {"4", "5b", "5c", "5d", "5f", "6c", "8a", "8b", "10", "10a"} <= tables.keys()
    for table in tables.values():
        assert all(len(row) == len(table.header) for row in table.rows), table.number


def test_what_has_a_rival_stands_against_it(run: LabRun) -> None:
    (table,) = [table for table in report_tables(run) if table.number == "10a"]
    works = " ".join(str(row[0]) for row in table.rows)
    for rival in ("polars", "pyarrow", "msgspec", "numpy", "numba", "naive", "plain"):
        assert f"against {rival}" in works
    times_faster, ratio = table.header.index("times faster"), table.header.index("ratio")
    for row in table.rows:
        assert float(row[times_faster] or 0) * float(row[ratio] or 0) == pytest.approx(1)


def test_the_pages_are_those_of_the_run(run: LabRun, tmp_path: Path) -> None:
    made = {path.name: path for path in write_lab_report(run, tmp_path)}
    there = {path.name for path in FOLDER.iterdir()}
    assert there == {*made, "run.jsonl.gz", "quoted.toml"}
    # Otherwise: seawall lab report docs/performance/run.jsonl.gz --output docs/performance
    assert (FOLDER / "report.md").read_text() == made["report.md"].read_text()
