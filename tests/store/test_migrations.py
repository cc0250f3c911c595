import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from sample_ledger import (
    CHUNKS,
    TENANT,
    dataset,
    evidence,
    fill_ledger,
    findings,
    links,
    older_ledger,
    submit,
)

from seawall.errors import StoreError
from seawall.store import Transaction, open_store
from seawall.store.migrations import Migration, migrate, migrations_of
from seawall.store.sqlite_writer import SqliteWriter
from seawall.store.types import RunMembers

FIRST = Migration(1, "first", "CREATE TABLE one (x INTEGER) STRICT; CREATE TABLE two (x) ;")
SECOND = Migration(
    2,
    "second",
    "CREATE TRIGGER t BEFORE DELETE ON one BEGIN SELECT RAISE(ABORT, 'no; never'); END;",
)
BROKEN = Migration(2, "broken", "CREATE TABLE three (x); CREATE TABLE one (x);")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@pytest.fixture
def writer(path: str) -> Iterator[SqliteWriter]:
    opened = SqliteWriter(path)
    yield opened
    opened.close()


def tables(writer: SqliteWriter) -> set[str]:
    rows = writer._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {str(name) for (name,) in rows}


def test_a_fresh_database_gets_every_migration_once(writer: SqliteWriter) -> None:
    assert migrate(writer, [FIRST, SECOND], applied_at="2025") == [1, 2]
    assert migrate(writer, [FIRST, SECOND], applied_at="2026") == []
    rows = writer._connection.execute("SELECT * FROM schema_migration").fetchall()
    assert rows == [
        (1, "first", FIRST.sha256, "2025"),
        (2, "second", SECOND.sha256, "2025"),
    ]


def test_only_the_new_migrations_are_applied(writer: SqliteWriter) -> None:
    migrate(writer, [FIRST], applied_at="2025")
    assert migrate(writer, [FIRST, SECOND], applied_at="2026") == [2]


def test_a_changed_text_of_an_applied_migration_is_refused(writer: SqliteWriter) -> None:
    migrate(writer, [FIRST], applied_at="2025")
    with pytest.raises(StoreError) as refusal:
        migrate(writer, [FIRST._replace(text=FIRST.text + " ")], applied_at="2025")
    assert refusal.value.code == "migration_changed"


def test_a_database_newer_than_the_program_is_refused(writer: SqliteWriter) -> None:
    migrate(writer, [FIRST, SECOND], applied_at="2025")
    with pytest.raises(StoreError) as refusal:
        migrate(writer, [FIRST], applied_at="2025")
    assert refusal.value.code == "schema_newer"


def test_a_failing_migration_leaves_nothing(writer: SqliteWriter) -> None:
    migrate(writer, [FIRST], applied_at="2025")
    with pytest.raises(StoreError):
        migrate(writer, [FIRST, BROKEN], applied_at="2025")
    assert tables(writer) == {"one", "two", "schema_migration"}
    assert migrate(writer, [FIRST, SECOND], applied_at="2025") == [2]


def test_a_migration_applied_while_waiting_for_the_lock_is_not_applied_again(
    writer: SqliteWriter, path: str
) -> None:
    class Late:
        """A second process that reads the ledger before the first one changes it."""

        def __init__(self, target: SqliteWriter) -> None:
            self.applied_migrations = target.applied_migrations
            self.apply_migration = target.apply_migration
            self.commit = target.commit
            self.rollback = target.rollback
            self._target = target

        def begin_migration(self) -> None:
            migrate(writer, [FIRST], applied_at="2025")
            self._target.begin_migration()

    other = SqliteWriter(path)
    try:
        assert migrate(Late(other), [FIRST], applied_at="2026") == []
    finally:
        other.close()


def test_the_ledger_opens_again_with_its_own_migrations(path: str) -> None:
    for opened_at in ("2025", "2026"):
        open_store(path, opened_at=opened_at).close()
    writer = SqliteWriter(path)
    assert set(writer.applied_migrations()) == {m.version for m in migrations_of("sqlite")}
    writer.close()


def test_versions_count_up_from_one() -> None:
    versions = [migration.version for migration in migrations_of("sqlite")]
    assert versions == list(range(1, len(versions) + 1))


def test_the_members_of_runs_that_an_older_release_kept_stay_theirs(path: str) -> None:
    writer = SqliteWriter(path)
    migrate(writer, migrations_of("sqlite")[:4], applied_at="2025")
    insert = writer._connection.execute
    insert("PRAGMA ignore_check_constraints = ON")
    for tenant in ("harbour", "other"):
        for name in ("r1", "r0", "alone"):
            insert(
                "INSERT INTO run VALUES (?, ?, 'dv', 'debt', '1', x'', '', x'', x'', '', '')",
                (tenant, name),
            )
        for name in ("r0", "r1"):
            for member in ("b", "a"):
                values = (tenant, name, f"{name}{member}{tenant}")
                insert("INSERT INTO run_evidence VALUES (?, ?, ?)", values)
            insert("INSERT INTO run_finding VALUES (?, ?, ?)", (tenant, name, f"f{name}"))
    kept = {
        table: insert(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
        for table in ("run_evidence", "run_finding")
    }
    writer.close()
    with open_store(path) as store:
        members = store.run_members("other", "r1")
        assert members == RunMembers(("r1aother", "r1bother"), ("fr1",))
        assert store.run_members("harbour", "alone") == RunMembers((), ())
    writer = SqliteWriter(path)
    for table, rows in kept.items():
        found = writer._connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
        assert found == rows
    writer.close()


def test_links_that_an_older_release_kept_stay_where_they_are_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"

    def keep(transaction: Transaction) -> None:
        transaction.put_dataset(dataset(), CHUNKS)
        transaction.put_evidence(TENANT, evidence(40))
        for finding in reversed(findings(40)):  # their order is not that of their identifiers
            transaction.put_findings(TENANT, [finding])
        for link in links(40):
            transaction.put_links(TENANT, [link])

    older_ledger(path, 4, keep)
    with open_store(path) as store, open_store(path.with_name("newest.db")) as newest:
        assert store.log_states() == newest.log_states()
        assert list(store.all_links(TENANT)) == list(newest.all_links(TENANT))
        for link in links(40):
            assert store.links_of_finding(TENANT, link.finding_id) == [link]
        assert store.integrity_problems() == []


def test_a_link_without_its_finding_is_taken_over_and_found(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    older_ledger(path, 4, fill_ledger)
    raw = apsw.Connection(str(path))
    raw.execute("INSERT INTO link VALUES ('harbour', 'lost', 'nowhere', 'e0')")
    raw.close()
    with open_store(path) as store:
        assert set(store.integrity_problems()) == {"link refers to a missing finding"}
        assert store.log_rows("link", 3, 9) == [("harbour", "lost", "nowhere", "e0")]


MIGRATING_PROCESS = """
import os, signal, sys
import apsw
from seawall.store import Transaction, open_store

left = int(sys.argv[2])

def traced(cursor, statement, bindings):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return True

apsw.connection_hooks.append(lambda connection: connection.set_exec_trace(traced))
open_store(sys.argv[1]).close()
print(left)
"""


def statements_of(path: Path) -> int:
    """Bring a file to the newest schema; how many statements it takes."""
    many = 10_000
    command = [sys.executable, "-c", MIGRATING_PROCESS, str(path), str(many)]
    ran = subprocess.run(command, check=True, capture_output=True)
    return many - int(ran.stdout)


def kill_at(path: Path, statement: int) -> None:
    """Bring a file to the newest schema in a process that is killed at one of its statements."""
    command = [sys.executable, "-c", MIGRATING_PROCESS, str(path), str(statement)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def test_a_process_that_is_killed_at_any_statement_leaves_a_whole_schema(tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    older_ledger(older, 4, fill_ledger)
    shutil.copy(older, tmp_path / "whole.db")
    statements = statements_of(tmp_path / "whole.db")
    assert statements > 30
    for step in range(1, statements + 1, 4):
        path = tmp_path / f"killed{step}.db"
        shutil.copy(older, path)
        kill_at(path, step)
        with open_store(path) as store:
            assert list(store.all_links(TENANT)) == links(3)
            assert store.run_members(TENANT, "r") == RunMembers(("e0", "e1"), ("f0",))
            assert store.integrity_problems() == []


@pytest.mark.faults
def test_a_fresh_file_whose_process_is_killed_at_each_statement_has_a_whole_schema(
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole.db"
    statements = statements_of(whole)
    newest = schema_of(whole)
    versions = {migration.version for migration in migrations_of("sqlite")}
    found = set()
    for step in range(1, statements + 1):
        path = tmp_path / "killed.db"
        kill_at(path, step)
        writer = SqliteWriter(str(path))
        applied = set(writer.applied_migrations())
        writer.close()
        assert applied == set(range(1, len(applied) + 1))  # each whole, or not begun
        found.add(len(applied))
        with open_store(path) as store:
            submit(store, fill_ledger)
            assert list(store.all_links(TENANT)) == links(3)
            assert store.integrity_problems() == []
        assert schema_of(path) == newest
        for file in tmp_path.glob("killed.db*"):
            file.unlink()
    assert found == {0, *versions}


def schema_of(path: Path) -> list[tuple[str, str, str]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return list(connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2"))
    finally:
        connection.close()
