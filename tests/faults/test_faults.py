"""Each fault, tried: nothing that was acknowledged is lost, and what is wrong on purpose loses.

The ordinary run tries each a few times; ``-m faults`` as often as is promised, with the times.
"""

import os
from pathlib import Path

import msgspec
import pytest

from seawall.errors import InvalidInput, SeawallError, StoreError
from seawall.lab.faults import run_faults
from seawall.lab.faults.exhaustion import exhaustions
from seawall.lab.faults.registry import FAULTS
from seawall.lab.faults.row import FaultRow, Tally, fault_row, percentile
from seawall.lab.faults.simulation import simulate
from seawall.lab.postgres_server import PostgresServer
from seawall.service.problems import status_of

pytestmark = pytest.mark.long

NAMES = [fault.name for fault in FAULTS]

# Seconds from opening until the first durable write, or what a fault says, at the 95th percentile.
RECOVERED_WITHIN_S = {"kill": 0.05, "server_stop": 0.5, "partition": 1.5, "exhaustion": 0.5}


def tried(name: str, profile: str) -> FaultRow:
    (row,) = run_faults(profile, only=[name])
    if row.tried == 0 and os.environ.get("SEAWALL_NO_SKIPS") != "1":
        pytest.skip(row.notes)
    return row


@pytest.mark.parametrize("name", NAMES)
def test_nothing_acknowledged_is_lost_and_the_control_loses(name: str) -> None:
    row = tried(name, "quick")
    assert row.ok, row
    assert (row.lost, row.torn, row.duplicated) == (0, 0, 0)
    assert row.control_lost > 0


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_as_often_as_is_promised(name: str) -> None:
    row = tried(name, "full")
    print(msgspec.json.encode(row).decode())  # noqa: T201
    assert row.ok, row
    assert row.recovery_p95_s is None or row.recovery_p95_s < RECOVERED_WITHIN_S.get(name, 1.0)


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


@pytest.mark.faults
def test_callers_on_an_exhausted_pool_are_told_at_once_or_within_a_second(
    postgres_server: PostgresServer,
) -> None:
    found = exhaustions(postgres_server.url(), 3, lambda _: None)
    assert percentile(found.shed_s, 0.95) < 0.01
    assert max(found.waited_s) < 1


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("binaries", "not tried: it is not here"),
        ("PostgresServer.start", "not tried: PostgreSQL cannot be started: it is not here"),
    ],
)
def test_a_fault_that_cannot_be_tried_says_why_and_is_not_ok(
    monkeypatch: pytest.MonkeyPatch, missing: str, why: str
) -> None:
    def refuse(*_: object) -> None:
        code = "library_missing" if missing == "binaries" else "process_failed"
        raise SeawallError("it is not here", code=code)

    monkeypatch.setattr(f"seawall.lab.postgres_server.{missing}", refuse)
    (row,) = run_faults(only=["server_stop"])
    assert not row.ok
    assert (row.database, row.tried) == ("postgres", 0)
    assert row.notes == why


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(InvalidInput):
        run_faults(only=["earthquake"])
