"""The write side over SQLite: one connection, used by the writer thread alone."""

from contextlib import suppress
from pathlib import Path

import apsw

from seawall.errors import StoreError
from seawall.store.migrations import Migration
from seawall.store.sqlite_connection import open_writer, translated
from seawall.store.sqlite_group import SqliteGroup
from seawall.store.sqlite_log import SqliteLogExtension
from seawall.store.sqlite_transaction import SqliteTransaction
from seawall.store.write_turns import WriteTurns

CHECKPOINT_PAGES = 4_000  # 16 MiB of write-ahead log


class SqliteWriter:
    """`CommitDriver` and `MigrationTarget` over one connection."""

    def __init__(
        self,
        path: str,
        *,
        vfs: str | None = None,
        checkpoint_pages: int = CHECKPOINT_PAGES,
        turns_file: Path | None = None,
    ) -> None:
        self._turns = None if turns_file is None else WriteTurns(turns_file)
        self._connection = open_writer(path, vfs=vfs)
        self._checkpoint_pages = checkpoint_pages
        self._group = SqliteGroup(self._connection)
        self._transaction = SqliteTransaction(self._connection, self._group)
        self._log: SqliteLogExtension | None = None  # until its tables are there
        self._wal_pages = 0
        # Replaces SQLite's automatic checkpoint, which runs inside the commit and so
        # makes the group wait for it; `tidy` does it once the group is answered.
        self._connection.set_wal_hook(self._remember_wal_pages)

    def begin(self) -> SqliteTransaction:
        """Take the write lock at once: a deferred one collides when it reads before it writes."""
        if self._turns is not None:
            self._turns.take()
        self._execute("BEGIN IMMEDIATE")
        self._group.begin()
        return self._transaction

    def savepoint(self) -> None:
        """Mark the start of one request."""
        self._group.mark()

    def release(self) -> None:
        """Keep the request since the mark."""
        self._group.release()

    def rollback_to_savepoint(self) -> None:
        """Undo the request since the mark, and the mark itself."""
        self._group.undo()

    def commit(self) -> None:
        """Return once the transaction is durable, its rows logged."""
        self._group.send()
        if self._log is not None:
            with translated():
                self._log.extend()
        self._execute("COMMIT")
        self._end_turn()
        self._group.end()

    def rollback(self) -> None:
        """Undo the transaction; harmless when there is none."""
        if self._connection.in_transaction:
            self._execute("ROLLBACK")
        self._end_turn()

    def _end_turn(self) -> None:
        if self._turns is not None:
            self._turns.end()

    def tidy(self) -> None:
        """Move a long write-ahead log into the database file."""
        if self._wal_pages >= self._checkpoint_pages:
            # What is in the log is durable: a checkpoint that fails is tried after the next group.
            with suppress(apsw.Error):
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def begin_migration(self) -> None:
        """Take the write lock, which no other process can hold."""
        self._execute("BEGIN IMMEDIATE")

    def applied_migrations(self) -> dict[int, str]:
        """Version → sha256 of what was applied; empty in a fresh database."""
        with translated():
            # Not table_exists(): it answers from a schema that another process may have changed.
            made = "SELECT 1 FROM sqlite_schema WHERE name = 'schema_migration'"
            if not self._connection.execute(made).get:
                return {}
            rows = self._connection.execute("SELECT version, sha256 FROM schema_migration")
            return {int(version): str(sha256) for version, sha256 in rows}

    def apply_migration(self, migration: Migration, *, applied_at: str) -> None:
        """Run the text and record the migration, inside the transaction begun before."""
        with translated():
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER PRIMARY KEY,"
                " name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT"
            )
            self._connection.execute(migration.text)
            self._connection.execute(
                "INSERT INTO schema_migration VALUES (?, ?, ?, ?)",
                (migration.version, migration.name, migration.sha256, applied_at),
            )

    def begin_logging(self) -> None:
        """Log every row from now on, and first those that a release without a log kept."""
        self._log = SqliteLogExtension(self._connection, self._group.fresh)
        try:
            with translated():
                is_behind = self._log.is_behind()
            if is_behind:
                self.begin()
                self.commit()
        except StoreError as error:
            self.rollback()
            if error.code != "store_corrupt":  # a damaged ledger can still be read and verified
                raise

    def close(self) -> None:
        """Close the connection; the last one of all processes also empties the log."""
        with translated():
            self._connection.close()
        if self._turns is not None:
            self._turns.close()

    def _execute(self, sql: str) -> None:
        with translated():
            self._connection.execute(sql)

    def _remember_wal_pages(self, _: apsw.Connection, __: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK
