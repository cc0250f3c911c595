"""The store in one SQLite file, which several processes may use at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seawall.errors import StoreError
from seawall.store.ledger_store import LedgerStore
from seawall.store.migrations import migrate, migrations_of
from seawall.store.sqlite_connection import Readers
from seawall.store.sqlite_links import LINKS_ELSEWHERE, OF_FINDING, PAGE_OF_LINKS, TO_FINDING
from seawall.store.sqlite_log import LOG_STATEMENTS
from seawall.store.sqlite_members import LOST_MEMBERS
from seawall.store.sqlite_writer import CHECKPOINT_PAGES, SqliteWriter

_INTEGRITY = (
    ("PRAGMA integrity_check", "{0}"),
    ("PRAGMA foreign_key_check", "{0} refers to a missing {2}"),
    (LOST_MEMBERS, "{0} refers to a missing {1}"),
    (LINKS_ELSEWHERE, "{0} refers to a missing {1}"),
)
"""What is asked, and how each row of the answer is told."""


class SqliteStore(LedgerStore):
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
    turns_file : Path, optional
        Where processes that write all the time queue for it (see `WriteTurns`).

    Raises
    ------
    StoreError
        When the file cannot be opened, is damaged or has another schema.
    """

    # The plus keeps SQLite from an index by tenant, which it would sort anew for every page.
    tenant_aside = "+tenant"
    of_finding = OF_FINDING
    to_finding = TO_FINDING
    log_statements = LOG_STATEMENTS
    page_of_links = PAGE_OF_LINKS

    def __init__(
        self,
        path: str,
        *,
        opened_at: str = "",
        vfs: str | None = None,
        checkpoint_pages: int = CHECKPOINT_PAGES,
        turns_file: Path | None = None,
    ) -> None:
        self._writer = SqliteWriter(
            path, vfs=vfs, checkpoint_pages=checkpoint_pages, turns_file=turns_file
        )
        try:
            migrate(self._writer, migrations_of("sqlite"), applied_at=opened_at)
            self._writer.begin_logging()
        except BaseException:
            self._writer.close()
            raise
        self._readers: Readers = Readers(path, vfs=vfs)
        super().__init__(self._writer)

    def integrity_problems(self) -> list[str]:
        """What SQLite finds wrong with its own pages, indexes and references."""
        found = []
        for sql, sentence in _INTEGRITY:
            try:
                found += [sentence.format(*row) for row in self._rows(sql, {}) if row != ("ok",)]
            except StoreError as error:
                if error.code != "store_corrupt":
                    raise
                found.append(error.message)
        return found

    def _close_connections(self) -> None:
        self._readers.close()
        # Last, because only a connection that may write can empty the log when it closes.
        self._writer.close()

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        with self._readers.connection() as connection:
            return connection.execute(sql, values).fetchall()
