"""The write side over SQLite: one connection, used by the writer thread alone."""

from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter

import apsw
from msgspec import Struct
from msgspec.structs import astuple

from seawall.errors import StoreError
from seawall.store.migrations import Migration
from seawall.store.sqlite_connection import open_writer, translated
from seawall.store.sqlite_log import SqliteLogExtension, SqliteLogWrites
from seawall.store.sqlite_run_writes import SqliteRunWrites
from seawall.store.sqlite_tables import (
    DATASET,
    DERIVATION,
    DERIVED_TABLE,
    EVIDENCE,
    FINDING,
    LINK,
    RAW_CHUNK,
    RUN,
    RUN_EVIDENCE,
    RUN_FINDING,
    Table,
    Values,
    conflict,
)
from seawall.store.types import (
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Link,
    RawChunk,
    Run,
)

CHECKPOINT_PAGES = 4_000  # 16 MiB of write-ahead log


class SqliteTransaction(SqliteRunWrites, SqliteLogWrites):
    """`Transaction` over the writer's connection."""

    def put_dataset(self, dataset: DatasetVersion, chunks: Sequence[RawChunk]) -> bool:
        """Keep a dataset version with all its raw chunks; False when it was there already."""
        key = (dataset.tenant, dataset.dataset_version_id)
        with translated():
            if DATASET.put(self._connection, [astuple(dataset)]):
                rows = [(*key, *astuple(chunk)) for chunk in chunks]
                RAW_CHUNK.put(self._connection, rows)
                return True
            # The roots compared above fix the records. The compressed bytes are not compared:
            # another version of the compressor may have made them.
            self._require_same(
                "SELECT chunk_index, first_record, record_count, payload_size FROM raw_chunk"
                " WHERE tenant = ? AND dataset_version_id = ?",
                key,
                [(c.chunk_index, c.first_record, c.record_count, c.payload_size) for c in chunks],
                where=f"raw_chunk[{dataset.dataset_version_id}]",
            )
            return False

    def put_derivation(
        self,
        tenant: str,
        dataset_version_id: str,
        derivation: Derivation,
        tables: Sequence[DerivedTable],
    ) -> bool:
        """Keep the one derivation of a dataset version; False when it was there already."""
        key = (tenant, dataset_version_id)
        with translated():
            if DERIVATION.put(self._connection, [(*key, *astuple(derivation))]):
                rows = [(*key, *astuple(table)) for table in tables]
                DERIVED_TABLE.put(self._connection, rows)
                return True
            # The digest compared above fixes the tables, as the roots do for raw chunks.
            self._require_same(
                "SELECT name, chunk_index FROM derived_table"
                " WHERE tenant = ? AND dataset_version_id = ?",
                key,
                [(table.name, table.chunk_index) for table in tables],
                where=f"derived_table[{dataset_version_id}]",
            )
            return False

    def put_evidence(self, tenant: str, rows: Sequence[Evidence]) -> None:
        """Keep evidence of dataset versions that are already kept."""
        self._put_all(EVIDENCE, tenant, rows)

    def put_findings(self, tenant: str, rows: Sequence[Finding]) -> None:
        """Keep findings of dataset versions that are already kept."""
        self._put_all(FINDING, tenant, rows)

    def put_links(self, tenant: str, rows: Sequence[Link]) -> None:
        """Keep links between findings and evidence that are already kept."""
        # In the order of the findings all index walks but that to the evidence are sequential.
        self._put_all(LINK, tenant, sorted(rows, key=attrgetter("finding_id")))

    def put_run(self, run: Run, evidence_ids: Sequence[str], finding_ids: Sequence[str]) -> bool:
        """Keep a run and the names of its members; False when it was there already."""
        key = (run.tenant, run.run_id)
        members = (
            (RUN_EVIDENCE, "evidence_id", evidence_ids),
            (RUN_FINDING, "finding_id", finding_ids),
        )
        with translated():
            created = RUN.put(self._connection, [astuple(run)]) == 1
            for table, column, ids in members:
                if created:
                    table.put(self._connection, [(*key, member) for member in ids])
                else:
                    self._require_same(
                        f"SELECT {column} FROM {table.name} WHERE tenant = ? AND run_id = ?",
                        key,
                        [(member,) for member in ids],
                        where=f"{table.name}[{run.run_id}]",
                    )
            return created

    def _put_all(self, table: Table, tenant: str, rows: Sequence[Struct]) -> None:
        with translated():
            table.put(self._connection, [(tenant, *astuple(row)) for row in rows])

    def _require_same(
        self, sql: str, key: tuple[str, str], rows: Sequence[Values], *, where: str
    ) -> None:
        kept = set(self._connection.execute(sql, key).fetchall())
        if kept != set(rows):
            raise conflict(where)


class SqliteWriter:
    """`CommitDriver` and `MigrationTarget` over one connection."""

    def __init__(
        self, path: str, *, vfs: str | None = None, checkpoint_pages: int = CHECKPOINT_PAGES
    ) -> None:
        self._connection = open_writer(path, vfs=vfs)
        self._checkpoint_pages = checkpoint_pages
        self._transaction = SqliteTransaction(self._connection)
        self._log: SqliteLogExtension | None = None  # until its tables are there
        self._wal_pages = 0
        # Replaces SQLite's automatic checkpoint, which runs inside the commit and so
        # makes the group wait for it; `tidy` does it once the group is answered.
        self._connection.set_wal_hook(self._remember_wal_pages)

    def begin(self) -> SqliteTransaction:
        """Take the write lock at once: a deferred one collides when it reads before it writes."""
        self._execute("BEGIN IMMEDIATE")
        return self._transaction

    def savepoint(self) -> None:
        """Mark the start of one request."""
        self._execute("SAVEPOINT request")

    def release(self) -> None:
        """Keep the request since the mark."""
        self._execute("RELEASE request")

    def rollback_to_savepoint(self) -> None:
        """Undo the request since the mark, and the mark itself."""
        self._transaction.forget()
        self._execute("ROLLBACK TO request")
        self._execute("RELEASE request")

    def commit(self) -> None:
        """Return once the transaction is durable, its rows logged."""
        if self._log is not None:
            with translated():
                self._log.extend()
        self._execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction; harmless when there is none."""
        self._transaction.forget()
        if self._connection.in_transaction:
            self._execute("ROLLBACK")

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
        self._log = SqliteLogExtension(self._connection)
        with translated():
            is_behind = self._log.is_behind()
        if is_behind:
            self.begin()
            try:
                self.commit()
            except StoreError as error:
                self.rollback()
                if error.code != "store_corrupt":  # a damaged ledger can still be read and verified
                    raise

    def close(self) -> None:
        """Close the connection; the last one of all processes also empties the log."""
        with translated():
            self._connection.close()

    def _execute(self, sql: str) -> None:
        with translated():
            self._connection.execute(sql)

    def _remember_wal_pages(self, _: apsw.Connection, __: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK
