"""Each fault, tried: nothing that was acknowledged is lost, and what is wrong on purpose loses.

The ordinary run tries each a few times; ``-m faults`` as often as is promised, and in time.
"""

import os
from pathlib import Path

import msgspec
import pytest

from seawall.errors import InvalidInput, SeawallError, StoreError
from seawall.lab.faults import run_faults
from seawall.lab.faults.registry import FAULTS
from seawall.lab.faults.row import FaultRow, Limit, Tally, fault_row, judged
from seawall.lab.faults.run import fault_table
from seawall.lab.faults.simulation import simulate
from seawall.service.problems import status_of

pytestmark = pytest.mark.long

NAMES = [fault.name for fault in FAULTS]


def tried(name: str, profile: str) -> FaultRow:
    (row,) = run_faults(profile, only=[name])
    if row.tried == 0 and os.environ.get("SEAWALL_NO_SKIPS") != "1":
        pytest.skip(row.notes)
    return row


@pytest.mark.parametrize("name", NAMES)
def test_nothing_acknowledged_is_lost_and_the_control_loses(name: str) -> None:
    row = tried(name, "quick")
    assert row.kept, row
    assert (row.lost, row.torn, row.duplicated) == (0, 0, 0)
    assert row.control_lost > 0


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_as_often_as_is_promised(name: str) -> None:
    row = tried(name, "full")
    print(msgspec.json.encode(row).decode())  # noqa: T201
    assert row.ok, row


def test_a_seed_replays_step_by_step(tmp_path: Path) -> None:
    assert simulate(7, tmp_path / "one").steps == simulate(7, tmp_path / "two").steps


def test_a_disagreement_names_its_seed(tmp_path: Path) -> None:
    found = [simulate(seed, tmp_path / f"{seed}", synchronous="OFF") for seed in range(6)]
    disagreeing = [one for one in found if one.disagreement]
    assert disagreeing
    again = simulate(disagreeing[0].seed, tmp_path / "again", synchronous="OFF")
    assert again.disagreement == disagreeing[0].disagreement


def test_a_control_that_loses_nothing_is_not_ok() -> None:
    tally = Tally(tried=1, acknowledged=1)
    assert fault_row("x", tally, control="", control_lost=1, notes="").ok
    assert not fault_row("x", tally, control="", control_lost=0, notes="").ok


@pytest.mark.parametrize("found", ["lost", "torn", "duplicated", "unexpected"])
def test_a_single_wrong_row_is_not_ok(found: str) -> None:
    tally = Tally(tried=1, acknowledged=1, **{found: 1})
    assert not fault_row("x", tally, control="", control_lost=1, notes="").ok


def test_a_full_disk_is_status_507() -> None:
    assert status_of(StoreError("full", code="store_full")) == 507


def test_the_limits_are_those_that_are_promised() -> None:
    assert {fault.name: dict(fault.limits) for fault in FAULTS if fault.limits} == {
        "kill": {"recovery_p95_s": 0.05},
        "power_cut": {"recovery_p95_s": 1.0},
        "io_failure": {"recovery_p95_s": 1.0},
        "full_disk": {"recovery_p95_s": 1.0},
        "backup": {"recovery_p95_s": 1.0},
        "server_stop": {"recovery_p95_s": 0.5},
        "partition": {"recovery_p95_s": 1.5},
        "exhaustion": {"recovery_p95_s": 0.5, "shed_p95_s": 0.01, "longest_wait_s": 1.0},
        "replica": {"recovery_p95_s": 1.0},
    }


def slow_row(recovery_s: float, **waits_s: float) -> FaultRow:
    tally = Tally(tried=1, acknowledged=1, recoveries_s=[recovery_s], waits_s=waits_s)
    return fault_row("kill", tally, control="", control_lost=1, notes="")


def test_a_recovery_that_takes_too_long_is_not_ok_and_the_row_says_so() -> None:
    limits = [Limit("recovery_p95_s", 0.05)]
    row = judged(slow_row(0.06), limits)
    assert (row.kept, row.ok) == (True, False)
    assert row.missed == ("recovery_p95_s 0.06, not below 0.05",)
    assert "NO: recovery_p95_s 0.06, not below 0.05" in fault_table([row])
    assert judged(slow_row(0.04), limits).ok


def test_a_limited_wait_that_is_too_long_or_not_measured_is_not_ok() -> None:
    limits = [Limit("longest_wait_s", 1.0)]
    assert judged(slow_row(0.0, longest_wait_s=0.9), limits).ok
    assert judged(slow_row(0.0, longest_wait_s=1.2), limits).missed == (
        "longest_wait_s 1.2, not below 1",
    )
    assert judged(slow_row(0.0), limits).missed == ("longest_wait_s was not measured",)


def test_no_limit_makes_a_loss_good() -> None:
    tally = Tally(tried=1, acknowledged=1, lost=1, recoveries_s=[0.0])
    row = fault_row("kill", tally, control="", control_lost=1, notes="")
    assert not judged(row, [Limit("recovery_p95_s", 1.0)]).ok


def test_a_table_is_judged_by_the_limits_of_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = FAULTS[0]._replace(attempt=lambda _: slow_row(0.2))
    monkeypatch.setattr("seawall.lab.faults.run.FAULTS", (slow,))
    (row,) = run_faults("quick")
    assert not row.ok
    assert row.missed == ("recovery_p95_s 0.2, not below 0.05",)


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("postgres_programs", "not tried: it is not here"),
        ("PostgresServer.start", "not tried: PostgreSQL cannot be started: it is not here"),
    ],
)
def test_a_fault_that_cannot_be_tried_says_why_and_is_not_ok(
    monkeypatch: pytest.MonkeyPatch, missing: str, why: str
) -> None:
    def refuse(*_: object) -> None:
        code = "library_missing" if missing == "postgres_programs" else "process_failed"
        raise SeawallError("it is not here", code=code)

    monkeypatch.setattr(f"seawall.lab.postgres_server.{missing}", refuse)
    (row,) = run_faults(only=["server_stop"])
    assert not row.ok
    assert (row.database, row.tried) == ("postgres", 0)
    assert row.notes == why


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(InvalidInput):
        run_faults(only=["earthquake"])
