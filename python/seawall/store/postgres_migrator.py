"""Schema changes of a PostgreSQL database, on a session of their own."""

from types import TracebackType
from typing import Self

from seawall.store.migrations import Migration
from seawall.store.postgres_connection import Server, translated

_LOCK = 0x5EA_0316_0A7E  # a number that other programs of the database hardly use


class Migrator:
    """`MigrationTarget`; a change of the schema is kept whole or not at all."""

    def __init__(self, server: Server) -> None:
        self._session = server.connect(writing=True)

    def begin_migration(self) -> None:
        """Start a transaction and wait for the lock that all migrations take."""
        self._execute("BEGIN")
        self._execute("SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0")
        self._execute(f"SELECT pg_advisory_xact_lock({_LOCK})")

    def applied_migrations(self) -> dict[int, str]:
        """Version → sha256 of what was applied; empty in a fresh database."""
        with translated():
            # Not to_regclass(): it may answer from what this connection knew before it waited.
            made = self._session.execute(
                "SELECT FROM pg_tables"
                " WHERE schemaname = current_schema() AND tablename = 'schema_migration'"
            )
            if not made.fetchall():
                return {}
            rows = self._session.execute("SELECT version, sha256 FROM schema_migration")
            return {int(version): str(sha256) for version, sha256 in rows.fetchall()}

    def apply_migration(self, migration: Migration, *, applied_at: str) -> None:
        """Run the text and record the migration, inside the transaction begun before."""
        self._execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER PRIMARY KEY,"
            " name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL)"
        )
        self._execute(migration.text)
        with translated():
            self._session.execute(
                "INSERT INTO schema_migration VALUES (%s, %s, %s, %s)",
                (migration.version, migration.name, migration.sha256, applied_at),
            )

    def commit(self) -> None:
        """Make the transaction durable."""
        self._execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction."""
        if not self._session.closed:
            self._execute("ROLLBACK")

    def __enter__(self) -> Self:
        """Return the migrator itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the session."""
        self._session.close()

    def _execute(self, sql: str) -> None:
        with translated():
            self._session.execute(sql.encode())
