"""What every driver of the store offers: reads by tenant, and writes by group commit."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Protocol, Self, TypeVar

from seawall.store.group_commit import CommitWatch
from seawall.store.log import LogReads, LogWrites
from seawall.store.operations import OperationReads, OperationWrites
from seawall.store.pages import PAGE_ROWS
from seawall.store.reader_pool import ReaderUse
from seawall.store.types import (
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Link,
    NewRun,
    RawChunk,
    Run,
    RunMembers,
)

T = TypeVar("T")


class Transaction(OperationWrites, LogWrites, Protocol):
    """The write side, alive only inside the work given to `Store.submit`.

    Every put of the ledger may be repeated: rows that are there already with the same content are
    left alone, and the first writer's ``source``, ``created_at`` and ``created_by`` stay. A row
    with the same identifier and another content raises `Conflict`; a row that refers to something
    this tenant does not have raises `NotFound`, at the latest when the work has ended: rows may
    wait for those of other requests. An identifier, a tenant or a time that is longer than
    ``MAX_IDENTIFIER_CHARACTERS`` raises `LimitExceeded`. A failed request leaves nothing behind.
    """

    def settle(self) -> None:
        """Put now what waits, and so refuse what is to be refused."""

    def put_dataset(self, dataset: DatasetVersion, chunks: Sequence[RawChunk]) -> bool:
        """Keep a dataset version with all its raw chunks; False when it was there already."""

    def put_derivation(
        self,
        tenant: str,
        dataset_version_id: str,
        derivation: Derivation,
        tables: Sequence[DerivedTable],
    ) -> bool:
        """Keep the one derivation of a dataset version; False when it was there already."""

    def put_evidence(self, tenant: str, rows: Sequence[Evidence]) -> None:
        """Keep evidence of dataset versions that are already kept."""

    def put_findings(self, tenant: str, rows: Sequence[Finding]) -> None:
        """Keep findings of dataset versions that are already kept."""

    def put_links(self, tenant: str, rows: Sequence[Link]) -> None:
        """Keep links between findings and evidence that are already kept."""

    def put_run(self, run: Run, evidence_ids: Sequence[str], finding_ids: Sequence[str]) -> bool:
        """Keep a run and the names of its members; False when it was there already."""

    def put_new_runs(self, runs: Sequence[NewRun]) -> None:
        """Keep runs with all that they leave behind, in few statements.

        As much as a loop of the puts above, and sooner, where all goes well. Where it does not,
        whatever is raised is of no one run: the caller undoes all and puts each alone.

        Raises
        ------
        Conflict
            When one of the runs is there already.
        """


class Store(OperationReads, LogReads, Protocol):
    """A ledger of datasets, runs, evidence, findings and links. Any thread may use it.

    Beside it lie the rows that the service works with. Every commit adds its rows to the log.

    Reads of one thing raise `NotFound` when the tenant has no such thing; iterators hold no
    transaction open between their items.
    """

    def submit(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Queue ``work`` for the writer; the future resolves once its rows are durable.

        ``work`` may run more than once, and only what its last run put is kept: it must not do
        anything beside its puts that counts.

        Raises
        ------
        StoreError
            ``store_busy`` when the queue is full, ``store_closed`` after `close`.
        """

    def submit_all(self, works: Sequence[Callable[[Transaction], T]]) -> list[Future[T]]:
        """Queue works at once, as `submit` each; all or none are queued."""

    def watch_commits(self, watch: CommitWatch) -> None:
        """Have every group commit told from now on, on the writer's thread; it must not fail."""

    def queued_writes(self) -> int:
        """Tell how much submitted work waits for the writer."""

    def reader_use(self) -> ReaderUse:
        """Tell how many connections that only read are in use, and who waits for one."""

    def kept_runs(self, tenant: str, run_ids: Sequence[str]) -> list[Run]:
        """The runs of these identifiers that there are, in any order."""

    def tenants(self) -> list[str]:
        """Every tenant that has a dataset or a job, in ascending order."""

    def dataset(self, tenant: str, dataset_version_id: str) -> DatasetVersion:
        """One dataset version."""

    def datasets(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[DatasetVersion]:
        """Dataset versions, newest first, continuing after the identifier ``after``."""

    def raw_chunk(self, tenant: str, dataset_version_id: str, chunk_index: int) -> RawChunk:
        """One raw chunk."""

    def raw_chunks(self, tenant: str, dataset_version_id: str) -> Iterator[RawChunk]:
        """All raw chunks in order, read one at a time."""

    def derivation(self, tenant: str, dataset_version_id: str) -> Derivation:
        """The derivation of a dataset version."""

    def derived_tables(
        self, tenant: str, dataset_version_id: str, *, name: str | None = None
    ) -> Iterator[DerivedTable]:
        """Chunks of all derived tables, or of the one called ``name``, by name and chunk."""

    def evidence(self, tenant: str, evidence_id: str) -> Evidence:
        """One evidence."""

    def evidence_page(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[Evidence]:
        """Evidence by identifier, continuing after the identifier ``after``."""

    def finding(self, tenant: str, finding_id: str) -> Finding:
        """One finding."""

    def finding_with_evidence(self, tenant: str, finding_id: str) -> tuple[Finding, list[Evidence]]:
        """One finding and the evidence that it rests on, by link identifier, at one moment."""

    def finding_page(
        self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None
    ) -> list[Finding]:
        """Findings by identifier, continuing after the identifier ``after``."""

    def links_of_finding(self, tenant: str, finding_id: str) -> list[Link]:
        """The links of a finding, by link identifier; empty for an unknown finding."""

    def run(self, tenant: str, run_id: str) -> Run:
        """One run."""

    def runs(
        self,
        tenant: str,
        *,
        dataset_version_id: str | None = None,
        limit: int = PAGE_ROWS,
        after: str | None = None,
    ) -> list[Run]:
        """Runs, newest first, continuing after the identifier ``after``."""

    def run_members(self, tenant: str, run_id: str) -> RunMembers:
        """The identifiers of a run's evidence and findings."""

    def all_datasets(self, tenant: str) -> Iterator[DatasetVersion]:
        """Every dataset version of the tenant, by identifier."""

    def all_runs(self, tenant: str) -> Iterator[Run]:
        """Every run of the tenant, by identifier."""

    def all_evidence(self, tenant: str) -> Iterator[Evidence]:
        """Every evidence of the tenant, by identifier."""

    def all_findings(self, tenant: str) -> Iterator[Finding]:
        """Every finding of the tenant, by identifier."""

    def all_links(self, tenant: str) -> Iterator[Link]:
        """Every link of the tenant, by finding and evidence."""

    def integrity_problems(self) -> list[str]:
        """What the database finds wrong with its own pages, indexes and references."""

    def close(self) -> None:
        """Commit what is queued, then close every connection. May be called twice."""

    def __enter__(self) -> Self:
        """Return the store itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the store."""
