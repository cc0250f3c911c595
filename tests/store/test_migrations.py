from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.errors import StoreError
from seawall.store import open_store
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
