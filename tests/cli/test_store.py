"""``seawall store``: a backup, and a copy with its proof."""

from pathlib import Path

import pytest

from seawall.cli.exit_codes import EXIT_FAILED
from seawall.store import open_store
from seawall.store.types import AuditDraft

from .typed import Command


@pytest.fixture(autouse=True)
def ledger(seawall: Command) -> Path:
    path = Path("seawall.db")
    entry = AuditDraft("default", "2026-01-01T00:00:00Z", "ada", "run.create", "done", "r", "")
    with open_store(path) as store:
        store.submit(lambda t: t.append_audit(entry)).result(timeout=30)
    return path


def entries(path: str) -> list[str]:
    with open_store(path) as store:
        return [entry.subject for entry in store.all_audit()]


def test_a_backup_is_a_ledger(seawall: Command) -> None:
    told = seawall("store", "backup", "seawall.db", "backup.db", "--json").json()
    assert told == {"file": "backup.db", "size_bytes": Path("backup.db").stat().st_size}
    assert entries("backup.db") == ["r"]


def test_a_copy_shows_the_hash_that_both_have(seawall: Command) -> None:
    told = seawall("store", "copy", "seawall.db", "copy.db", "--json").json()
    assert told["tables"]["audit_entry"]["rows"] == 1
    assert (
        told["tables"]["audit_entry"]["sha256"]
        in seawall("store", "copy", "sqlite:///seawall.db", "other.db").out
    )
    assert entries("copy.db") == ["r"]


@pytest.mark.parametrize(
    "words",
    [
        ("backup", "none.db", "backup.db"),
        ("backup", "postgresql://localhost/x", "backup.db"),
        ("backup", "seawall.db", "postgresql://localhost/x"),
        ("copy", "none.db", "copy.db"),
        ("copy", "seawall.db", "seawall.db"),
    ],
)
def test_what_cannot_be_copied_leaves_nothing(seawall: Command, words: tuple[str, ...]) -> None:
    assert seawall("store", *words).exit_code == EXIT_FAILED
    assert [entry.name for entry in Path().glob("*.db")] == ["seawall.db"]


def test_a_ledger_that_holds_something_else_is_not_copied_into(seawall: Command) -> None:
    entry = AuditDraft("default", "2026-01-01T00:00:00Z", "bob", "run.create", "done", "b", "")
    with open_store("other.db") as store:
        store.submit(lambda t: t.append_audit(entry)).result(timeout=30)
    seawall("store", "copy", "seawall.db", "other.db").refused(
        "store_differs", "audit_entry", "Nothing was written"
    )
    assert entries("other.db") == ["b"]
