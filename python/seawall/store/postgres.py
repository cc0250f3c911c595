"""The store in one PostgreSQL database, which several processes may use at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from seawall.store.group_commit import CommitWatch, GroupCommit
from seawall.store.interface import Transaction
from seawall.store.ledger_reads import LedgerReads
from seawall.store.migrations import migrate, migrations_of
from seawall.store.postgres_connection import Server
from seawall.store.postgres_deadlines import ANSWER_S
from seawall.store.postgres_log import PostgresLogReads
from seawall.store.postgres_migrator import Migrator
from seawall.store.postgres_readers import Readers
from seawall.store.postgres_writer import RESOLVE_S, PostgresWriter
from seawall.store.service_reads import ServiceReads

T = TypeVar("T")

# Child, the columns that refer, parent; checked here too, because a superuser can switch triggers
# and foreign keys off.
_REFERENCES = (
    ("raw_chunk", "dataset_version_id", "dataset_version"),
    ("derivation", "dataset_version_id", "dataset_version"),
    ("derived_table", "dataset_version_id", "derivation"),
    ("evidence", "dataset_version_id", "dataset_version"),
    ("finding", "dataset_version_id", "dataset_version"),
    ("link", "finding_id", "finding"),
    ("link", "evidence_id", "evidence"),
    ("run", "dataset_version_id", "dataset_version"),
    ("run_evidence", "run_id", "run"),
    ("run_evidence", "evidence_id", "evidence"),
    ("run_finding", "run_id", "run"),
    ("run_finding", "finding_id", "finding"),
)


class PostgresStore(LedgerReads, ServiceReads, PostgresLogReads):
    """`Store` over one PostgreSQL database, durable at every commit.

    Parameters
    ----------
    url : str
        ``postgresql://…``, as libpq reads it.
    opened_at : str
        ISO 8601, recorded with migrations applied now.
    answer_s, resolve_s : float
        How long a statement may take before its session is given up, and how long the writer tries
        to learn what became of a COMMIT whose answer was lost.

    Raises
    ------
    InvalidInput
        When the URL cannot be read.
    StoreError
        When the database cannot be opened, or has another schema.
    """

    def __init__(
        self,
        url: str,
        *,
        opened_at: str = "",
        answer_s: float = ANSWER_S,
        resolve_s: float = RESOLVE_S,
    ) -> None:
        self._server = Server(url, answer_s=answer_s)
        self._writer = PostgresWriter(self._server, resolve_s=resolve_s)
        try:
            with Migrator(self._server) as migrator:
                migrate(migrator, migrations_of("postgres"), applied_at=opened_at)
            self._writer.begin_logging()
        except BaseException:
            self._writer.close()
            self._server.close()
            raise
        self._readers = Readers(self._server)
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
        """What is wrong with references and indexes; the pages check themselves when read."""
        broken = self._rows("SELECT indexrelid::text FROM pg_index WHERE NOT indisvalid", {})
        found = [f"the index {name} is not valid" for (name,) in broken]
        for child, column, parent in _REFERENCES:
            orphans = self._rows(
                f"SELECT count(*) FROM {child} WHERE NOT EXISTS (SELECT FROM {parent} AS kept"
                f" WHERE kept.{column} = {child}.{column} AND kept.tenant = {child}.tenant)",
                {},
            )
            found += [f"{child} refers to a missing {parent}"] * int(orphans[0][0])
        return found

    def close(self) -> None:
        """Commit what is queued, then close every session. May be called twice."""
        self._commits.close()
        self._readers.close()
        self._writer.close()
        self._server.close()

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
        return self._readers.rows(sql, values)
