"""Whoever changes the audit behind seawall's back is found out by verify."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from seawall.errors import Cancelled
from seawall.native import RunControl
from seawall.session import Session, Verification
from seawall.session.audit import AuditVerification, verify_audit
from seawall.store import open_store
from seawall.store.types import AuditDraft


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Six entries of two tenants."""
    path = tmp_path / "ledger.db"
    with open_store(path) as store:
        for index in range(6):
            draft = AuditDraft(
                tenant=("harbour", "other")[index % 2],
                at="2025-01-01T00:00:00.000000Z",
                actor="ada",
                action="run.create",
                outcome="done",
                subject=f"run_{index}",
                request_id="",
            )
            store.submit(lambda t, draft=draft: t.append_audit(draft)).result(timeout=30)
    return path


@contextmanager
def tampering(ledger: Path) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(ledger))
    for change in ("update", "delete"):
        connection.execute(f"DROP TRIGGER audit_entry_no_{change}")
    yield connection
    connection.close()


def change(ledger: Path, sql: str) -> Verification:
    with tampering(ledger) as connection:
        connection.execute(sql)
        assert connection.changes() > 0
    with Session(ledger, tenant="harbour") as session:
        return session.verify()


def test_the_chain_of_all_tenants_is_counted_and_shown_to_its_end(ledger: Path) -> None:
    with open_store(ledger) as store:
        last = list(store.all_audit())[-1]
        assert verify_audit(store) == AuditVerification(6, last.entry_sha256.hex(), [])


def test_without_its_triggers_an_unchanged_chain_is_ok(ledger: Path) -> None:
    with tampering(ledger):
        pass
    with Session(ledger, tenant="harbour") as session:
        found = session.verify()
    assert (found.ok, found.audit_entries) == (True, 6)


def test_following_the_chain_can_be_cancelled(ledger: Path) -> None:
    control = RunControl()
    control.cancel()
    with Session(ledger, tenant="harbour") as session, pytest.raises(Cancelled):
        session.verify(control=control)


@pytest.mark.parametrize(
    ("sql", "places"),
    [
        ("UPDATE audit_entry SET actor = 'bob' WHERE sequence = 3", {"3"}),
        ("UPDATE audit_entry SET tenant = 'harbour' WHERE sequence = 2", {"2"}),
        ("UPDATE audit_entry SET entry_sha256 = previous_sha256 WHERE sequence = 3", {"3", "4"}),
        ("DELETE FROM audit_entry WHERE sequence = 3", {"3"}),
        ("DELETE FROM audit_entry WHERE tenant = 'other' AND sequence < 6", {"2", "4"}),
        ("DELETE FROM audit_entry WHERE sequence < 3", {"1"}),
        (
            "INSERT INTO audit_entry SELECT 8, tenant, at, actor, action, outcome, subject,"
            " request_id, detail, previous_sha256, entry_sha256 FROM audit_entry"
            " WHERE sequence = 3",
            {"7", "8"},
        ),
        ("UPDATE audit_entry SET detail = CAST('[' AS BLOB) WHERE sequence = 6", {"6"}),
        ("UPDATE audit_entry SET actor = CAST(x'ff' AS TEXT) WHERE sequence = 2", {"2"}),
    ],
)
def test_a_changed_chain_is_found_in_its_places(ledger: Path, sql: str, places: set[str]) -> None:
    found = change(ledger, sql)
    problems = [problem for problem in found.problems if problem.what != "log"]
    assert {problem.identifier for problem in problems} == places
    assert {problem.what for problem in problems} == {"audit"}
    assert {p.identifier for p in found.problems if p.what == "log"} == {"audit_entry"}


def test_exchanged_entries_are_found(ledger: Path) -> None:
    with tampering(ledger) as connection:
        connection.execute(
            "UPDATE audit_entry SET sequence = 100 WHERE sequence = 2;"
            "UPDATE audit_entry SET sequence = 2 WHERE sequence = 4;"
            "UPDATE audit_entry SET sequence = 4 WHERE sequence = 100"
        )
    with open_store(ledger) as store:
        assert {problem.sequence for problem in verify_audit(store).problems} == {2, 3, 4, 5}


def test_a_shorter_chain_shows_by_its_end_and_in_the_log(ledger: Path) -> None:
    with open_store(ledger) as store:
        before = verify_audit(store)
    found = change(ledger, "DELETE FROM audit_entry WHERE sequence > 4")
    places = [(p.what, p.identifier) for p in found.problems]
    assert places == [("audit", "5"), ("log", "audit_entry")]
    with open_store(ledger) as store:
        after = verify_audit(store)
    assert (after.entries, after.head_sha256 == before.head_sha256) == (4, False)
    assert [(p.sequence, p.message) for p in after.problems] == [(5, "the log has 6 entries")]


def test_a_shorter_chain_misses_a_head_that_was_kept(ledger: Path) -> None:
    with open_store(ledger) as store:
        head = bytes.fromhex(verify_audit(store).head_sha256)
        assert verify_audit(store, known_head=head).ok
    change(ledger, "DELETE FROM audit_entry WHERE sequence > 4")
    with open_store(ledger) as store:
        assert [p.sequence for p in verify_audit(store, known_head=head).problems] == [5]
