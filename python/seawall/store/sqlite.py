"""The store in one SQLite file, which several processes may use at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seawall.errors import StoreError
from seawall.store.ledger_store import LedgerStore
from seawall.store.migrations import migrate, migrations_of
from seawall.store.pages import MAX_PAGE_ROWS
from seawall.store.sqlite_connection import Readers
from seawall.store.sqlite_links import LINKS_ELSEWHERE, OF_FINDING, PAGE_OF_LINKS, TO_FINDING
from seawall.store.sqlite_log import LOG_STATEMENTS
from seawall.store.sqlite_members import LOST_MEMBERS
from seawall.store.sqlite_writer import CHECKPOINT_PAGES, SqliteWriter
from seawall.store.types import Link


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

    def all_links(self, tenant: str) -> Iterator[Link]:
        """Every link of the tenant, by finding and evidence."""
        last = {"finding_id": "", "evidence_id": ""}
        asked = {"tenant": tenant, "limit": MAX_PAGE_ROWS}
        while page := self._select(Link, PAGE_OF_LINKS, {**asked, **last}):
            yield from page
            last = {"finding_id": page[-1].finding_id, "evidence_id": page[-1].evidence_id}

    def integrity_problems(self) -> list[str]:
        """What SQLite finds wrong with its own pages, indexes and references."""
        try:
            found = [text for (text,) in self._rows("PRAGMA integrity_check", {}) if text != "ok"]
            orphans = self._rows("PRAGMA foreign_key_check", {})
            lost = self._rows(LOST_MEMBERS, {}) + self._rows(LINKS_ELSEWHERE, {})
        except StoreError as error:
            if error.code != "store_corrupt":
                raise
            return [error.message]
        missing = [(child, parent) for child, _, parent, _ in orphans] + lost
        return found + [f"{child} refers to a missing {parent}" for child, parent in missing]

    def _close_connections(self) -> None:
        self._readers.close()
        # Last, because only a connection that may write can empty the log when it closes.
        self._writer.close()

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        with self._readers.connection() as connection:
            return connection.execute(sql, values).fetchall()
