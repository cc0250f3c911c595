"""The store in one SQLite file, which several processes may use at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from seawall.errors import StoreError
from seawall.store.group_commit import CommitWatch, GroupCommit
from seawall.store.interface import Transaction
from seawall.store.ledger_reads import LedgerReads
from seawall.store.migrations import migrate, migrations_of
from seawall.store.service_reads import ServiceReads
from seawall.store.sqlite_connection import Readers
from seawall.store.sqlite_log import SqliteLogReads
from seawall.store.sqlite_writer import CHECKPOINT_PAGES, SqliteWriter

T = TypeVar("T")


class SqliteStore(LedgerReads, ServiceReads, SqliteLogReads):
    """`Store` over one SQLite file in write-ahead mode, durable at every commit.

    Parameters
    ----------
    path : str
        The file; created when absent, but not its folder.
    opened_at : str
        ISO 8601, recorded with migrations applied now.
    vfs : str, optional
        Name of a registered SQLite file system; fault tests put theirs here.
    checkpoint_pages : int
        Length of the write-ahead log, in pages of 4 KiB, at which it is moved into the file.

    Raises
    ------
    StoreError
        When the file cannot be opened, is damaged or has another schema.
    """

    # The plus keeps SQLite from an index by tenant, which it would sort anew for every page.
    tenant_aside = "+tenant"

    def __init__(
        self,
        path: str,
        *,
        opened_at: str = "",
        vfs: str | None = None,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> None:
        self._writer = SqliteWriter(path, vfs=vfs, checkpoint_pages=checkpoint_pages)
        try:
            migrate(self._writer, migrations_of("sqlite"), applied_at=opened_at)
            self._writer.begin_logging()
        except BaseException:
            self._writer.close()
            raise
        self._readers = Readers(path, vfs=vfs)
        self._commits: GroupCommit[Transaction] = GroupCommit(self._writer)

    def submit(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Queue ``work`` for the writer; the future resolves once its rows are durable."""
        return self._commits.submit(work)

    def submit_all(self, works: Sequence[Callable[[Transaction], T]]) -> list[Future[T]]:
        """Queue works at once, as `submit` each; all or none are queued."""
        return self._commits.submit_all(works)

    def watch_commits(self, watch: CommitWatch) -> None:
        """Have every group commit told from now on."""
        self._commits.watch = watch

    def queued_writes(self) -> int:
        """Tell how much submitted work waits for the writer."""
        return self._commits.queued()

    def integrity_problems(self) -> list[str]:
        """What SQLite finds wrong with its own pages, indexes and references."""
        try:
            found = [text for (text,) in self._rows("PRAGMA integrity_check", {}) if text != "ok"]
            orphans = self._rows("PRAGMA foreign_key_check", {})
        except StoreError as error:
            if error.code != "store_corrupt":
                raise
            return [error.message]
        return found + [f"{child} refers to a missing {parent}" for child, _, parent, _ in orphans]

    def close(self) -> None:
        """Commit what is queued, then close every connection. May be called twice."""
        self._commits.close()
        self._readers.close()
        # Last, because only a connection that may write can empty the log when it closes.
        self._writer.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        with self._readers.connection() as connection:
            return connection.execute(sql, values).fetchall()
