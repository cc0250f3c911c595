"""What is the same of every store: it reads by statements and writes by group commit."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from seawall.store.commit_driver import CommitDriver
from seawall.store.group_commit import CommitWatch, GroupCommit
from seawall.store.interface import Transaction
from seawall.store.ledger_reads import LedgerReads
from seawall.store.log_reads import LogRowReads
from seawall.store.reader_pool import ReaderPool, ReaderUse
from seawall.store.service_reads import ServiceReads

T = TypeVar("T")


class LedgerStore(LedgerReads, ServiceReads, LogRowReads):
    """`Store`, whatever the database.

    Parameters
    ----------
    driver : CommitDriver
        Used by the writer thread alone until the store is closed.
    """

    _readers: ReaderPool[Any]

    def __init__(self, driver: CommitDriver[Transaction]) -> None:
        self._commits: GroupCommit[Transaction] = GroupCommit(driver)

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

    def reader_use(self) -> ReaderUse:
        """Tell how many connections that only read are in use, and who waits for one."""
        return self._readers.use()

    def close(self) -> None:
        """Commit what is queued, then close every connection. May be called twice."""
        self._commits.close()
        self._close_connections()

    @abstractmethod
    def _close_connections(self) -> None:
        """Close every connection, also when they are closed."""

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
