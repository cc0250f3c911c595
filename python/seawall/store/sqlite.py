"""The store in one SQLite file, which several processes may use at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Self, TypeVar

from seawall.errors import NotFound, StoreError
from seawall.store.group_commit import CommitWatch, GroupCommit
from seawall.store.interface import Transaction
from seawall.store.migrations import migrate, migrations_of
from seawall.store.pages import MAX_PAGE_ROWS, PAGE_ROWS
from seawall.store.sqlite_connection import Readers
from seawall.store.sqlite_log import SqliteLogReads
from seawall.store.sqlite_operation_reads import SqliteOperationReads
from seawall.store.sqlite_reads import COLUMNS
from seawall.store.sqlite_writer import SqliteWriter
from seawall.store.types import (
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Link,
    RawChunk,
    Run,
    RunMembers,
)

T = TypeVar("T")


class SqliteStore(SqliteOperationReads, SqliteLogReads):
    """`Store` over one SQLite file in write-ahead mode, durable at every commit.

    Parameters
    ----------
    path : str
        The file; created when absent, but not its folder.
    opened_at : str
        ISO 8601, recorded with migrations applied now.
    vfs : str, optional
        Name of a registered SQLite file system; fault tests put theirs here.

    Raises
    ------
    StoreError
        When the file cannot be opened, is damaged or has another schema.
    """

    def __init__(self, path: str, *, opened_at: str = "", vfs: str | None = None) -> None:
        self._writer = SqliteWriter(path, vfs=vfs)
        try:
            migrate(self._writer, migrations_of("sqlite"), applied_at=opened_at)
            self._writer.begin_logging()
        except BaseException:
            self._writer.close()
            raise
        super().__init__(Readers(path, vfs=vfs))
        self._commits: GroupCommit[Transaction] = GroupCommit(self._writer)

    def submit(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Queue ``work`` for the writer; the future resolves once its rows are durable."""
        return self._commits.submit(work)

    def watch_commits(self, watch: CommitWatch) -> None:
        """Have every group commit told from now on."""
        self._commits.watch = watch

    def queued_writes(self) -> int:
        """Tell how much submitted work waits for the writer."""
        return self._commits.queued()

    def dataset(self, tenant: str, dataset_version_id: str) -> DatasetVersion:
        """One dataset version."""
        return self._one(DatasetVersion, tenant, dataset_version_id)

    def datasets(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[DatasetVersion]:
        """Dataset versions, newest first, continuing after the identifier ``after``."""
        return self._newest(DatasetVersion, {"tenant": tenant}, limit, after)

    def raw_chunk(self, tenant: str, dataset_version_id: str, chunk_index: int) -> RawChunk:
        """One raw chunk."""
        rows = self._select(
            RawChunk,
            f"SELECT {COLUMNS[RawChunk]} FROM raw_chunk"
            " WHERE tenant = ? AND dataset_version_id = ? AND chunk_index = ?",
            (tenant, dataset_version_id, chunk_index),
        )
        if not rows:
            raise NotFound(
                "There is no such raw chunk.",
                where=f"raw_chunk[{dataset_version_id}/{chunk_index}]",
            )
        return rows[0]

    def raw_chunks(self, tenant: str, dataset_version_id: str) -> Iterator[RawChunk]:
        """All raw chunks in order, read one at a time."""
        indexes = self._rows(
            "SELECT chunk_index FROM raw_chunk WHERE tenant = ? AND dataset_version_id = ?"
            " ORDER BY chunk_index",
            (tenant, dataset_version_id),
        )
        for (chunk_index,) in indexes:
            yield self.raw_chunk(tenant, dataset_version_id, chunk_index)

    def derivation(self, tenant: str, dataset_version_id: str) -> Derivation:
        """The derivation of a dataset version."""
        return self._one(Derivation, tenant, dataset_version_id)

    def derived_tables(
        self, tenant: str, dataset_version_id: str, *, name: str | None = None
    ) -> Iterator[DerivedTable]:
        """Chunks of all derived tables, or of the one called ``name``, by name and chunk."""
        keys = self._rows(
            "SELECT tenant, dataset_version_id, name, chunk_index FROM derived_table"
            " WHERE tenant = ?1 AND dataset_version_id = ?2 AND (?3 IS NULL OR name = ?3)"
            " ORDER BY name, chunk_index",
            (tenant, dataset_version_id, name),
        )
        for key in keys:
            yield from self._select(
                DerivedTable,
                f"SELECT {COLUMNS[DerivedTable]} FROM derived_table WHERE tenant = ?"
                " AND dataset_version_id = ? AND name = ? AND chunk_index = ?",
                key,
            )

    def evidence(self, tenant: str, evidence_id: str) -> Evidence:
        """One evidence."""
        return self._one(Evidence, tenant, evidence_id)

    def evidence_page(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[Evidence]:
        """Evidence by identifier, continuing after the identifier ``after``."""
        return self._by_identifier(Evidence, tenant, limit, after)

    def finding(self, tenant: str, finding_id: str) -> Finding:
        """One finding."""
        return self._one(Finding, tenant, finding_id)

    def finding_page(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[Finding]:
        """Findings by identifier, continuing after the identifier ``after``."""
        return self._by_identifier(Finding, tenant, limit, after)

    def links_of_finding(self, tenant: str, finding_id: str) -> list[Link]:
        """The links of a finding, by link identifier; empty for an unknown finding."""
        return self._select(
            Link,
            f"SELECT {COLUMNS[Link]} FROM link WHERE tenant = ? AND finding_id = ?"
            " ORDER BY link_id",
            (tenant, finding_id),
        )

    def run(self, tenant: str, run_id: str) -> Run:
        """One run."""
        return self._one(Run, tenant, run_id)

    def runs(
        self,
        tenant: str,
        *,
        dataset_version_id: str | None = None,
        limit: int = PAGE_ROWS,
        after: str | None = None,
    ) -> list[Run]:
        """Runs, newest first, continuing after the identifier ``after``."""
        equal = {"tenant": tenant}
        if dataset_version_id is not None:
            equal["dataset_version_id"] = dataset_version_id
        return self._newest(Run, equal, limit, after)

    def run_members(self, tenant: str, run_id: str) -> RunMembers:
        """The identifiers of a run's evidence and findings."""
        self._one(Run, tenant, run_id)
        evidence_ids, finding_ids = (
            self._rows(
                f"SELECT {column} FROM {table} WHERE tenant = ? AND run_id = ? ORDER BY {column}",
                (tenant, run_id),
            )
            for table, column in (("run_evidence", "evidence_id"), ("run_finding", "finding_id"))
        )
        return RunMembers(
            tuple(member for (member,) in evidence_ids), tuple(member for (member,) in finding_ids)
        )

    def all_datasets(self, tenant: str) -> Iterator[DatasetVersion]:
        """Every dataset version of the tenant, by identifier."""
        return self._all(DatasetVersion, tenant)

    def all_runs(self, tenant: str) -> Iterator[Run]:
        """Every run of the tenant, by identifier."""
        return self._all(Run, tenant)

    def all_evidence(self, tenant: str) -> Iterator[Evidence]:
        """Every evidence of the tenant, by identifier."""
        return self._all(Evidence, tenant)

    def all_findings(self, tenant: str) -> Iterator[Finding]:
        """Every finding of the tenant, by identifier."""
        return self._all(Finding, tenant)

    def all_links(self, tenant: str) -> Iterator[Link]:
        """Every link of the tenant, by finding and evidence."""
        sql = (
            f"SELECT {COLUMNS[Link]} FROM link"
            " WHERE (finding_id, evidence_id) > (?, ?) AND +tenant = ?"
            f" ORDER BY finding_id, evidence_id LIMIT {MAX_PAGE_ROWS}"
        )
        last = ("", "")
        while page := self._select(Link, sql, (*last, tenant)):
            yield from page
            last = (page[-1].finding_id, page[-1].evidence_id)

    def integrity_problems(self) -> list[str]:
        """What SQLite finds wrong with its own pages, indexes and references."""
        try:
            found = [text for (text,) in self._rows("PRAGMA integrity_check", ()) if text != "ok"]
            orphans = self._rows("PRAGMA foreign_key_check", ())
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
