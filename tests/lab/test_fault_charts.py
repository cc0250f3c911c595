"""Graphs of the table of faults: the store beside its control, and what a zero shows."""

from pathlib import Path
from typing import Any

import pytest

from seawall.lab.report.fault_charts import (
    fault_rows,
    loss_bounds,
    losses,
    most_losing_share,
    recoveries,
)
from seawall.lab.run_record import LabRun, read_run

from .made_runs import outcome, write_run

ROW: dict[str, Any] = {
    "fault": "power_cut",
    "database": "sqlite",
    "tried": 200,
    "acknowledged": 1_574,
    "lost": 0,
    "torn": 0,
    "duplicated": 0,
    "recovery_p50_s": 0.003,
    "recovery_p95_s": 0.004,
    "recovery_max_s": 0.05,
    "control": "synchronous=OFF",
    "control_lost": 87,
    "ok": True,
    "notes": "",
}


def run_of(folder: Path, *rows: dict[str, Any]) -> LabRun:
    return read_run(write_run(folder, outcome("faults", {"rows": rows}), sections=("faults",)))


def test_losses_stand_beside_those_of_the_control(tmp_path: Path) -> None:
    drawing = str(losses(run_of(tmp_path, ROW)).drawing)
    assert ">0 of 1,574<" in drawing
    assert ">87<" in drawing
    assert ">power cut<" in drawing


def test_of_two_databases_each_row_says_which(tmp_path: Path) -> None:
    run = run_of(tmp_path, ROW, ROW | {"database": "postgres"})
    assert [row["name"] for row in fault_rows(run)] == ["power cut, sqlite", "power cut, postgres"]


@pytest.mark.parametrize(("tries", "share"), [(1, 0.95), (59, 0.0495), (3_000, 0.000998)])
def test_none_in_n_tries_excludes_shares_above_about_three_by_n(tries: int, share: float) -> None:
    found = most_losing_share(tries)
    assert found == pytest.approx(share, rel=2e-3)
    assert (1 - found) ** tries == pytest.approx(0.05, rel=1e-9)


def test_a_bound_is_drawn_only_where_nothing_was_lost(tmp_path: Path) -> None:
    lost = ROW | {"fault": "kill", "lost": 2, "ok": False}
    drawing = str(loss_bounds(run_of(tmp_path, ROW, lost)).drawing)
    assert ">below 1.5 %: none in 200<" in drawing
    assert ">kill<" not in drawing


def test_a_fault_without_recoveries_is_not_among_them(tmp_path: Path) -> None:
    nothing = {f"recovery_{name}_s": None for name in ("p50", "p95", "max")}
    drawing = str(
        recoveries(run_of(tmp_path, ROW, ROW | nothing | {"fault": "simulation"})).drawing
    )
    assert ">power cut<" in drawing
    assert ">simulation<" not in drawing


def test_a_run_without_faults_draws_nothing_and_says_so(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path, outcome("ingestion", [])))
    for graph in (losses(run), loss_bounds(run), recoveries(run)):
        assert graph.drawing is None
        assert repr(graph).endswith("Not drawn: this run tried no fault.")
