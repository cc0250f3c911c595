"""What the service keeps beside the ledger: keys, switches and jobs, which change, and an audit."""

from collections.abc import Collection, Iterator
from typing import Protocol

from seawall.store.pages import PAGE_ROWS
from seawall.store.types import (
    ApiKey,
    AuditDraft,
    AuditEntry,
    EngineSwitch,
    Job,
    JobChange,
    RevokedToken,
)


class OperationWrites(Protocol):
    """The part of a `Transaction` that writes the service's rows."""

    def put_api_key(self, key: ApiKey) -> bool:
        """Keep a key; False when it was there already.

        Raises
        ------
        Conflict
            When its identifier, or its hash, is that of another key.
        """

    def revoke_api_key(self, tenant: str, key_id: str, at: str) -> bool:
        """Revoke a key for good; False when it was revoked already, and the first time stays.

        Raises
        ------
        NotFound
            When the tenant has no such key.
        """

    def revoke_token(self, token: RevokedToken) -> bool:
        """Revoke a token for good; False when it was revoked already."""

    def set_engine_switch(self, switch: EngineSwitch) -> None:
        """Switch an engine on or off, in place of its former switch."""

    def append_audit(self, draft: AuditDraft) -> AuditEntry:
        """Put an entry at the end of the audit chain, where nobody can change it.

        Raises
        ------
        InvalidInput
            ``limit_exceeded`` when a text is too long; otherwise a detail that is not canonical
            JSON.
        """

    def put_job(self, job: Job) -> bool:
        """Keep a job; False when it was there already.

        Raises
        ------
        Conflict
            When its identifier is that of another job of the tenant.
        """

    def join_job(self, job: Job, *, may_run: bool) -> Job:
        """Keep a job unless an equal one is open; return the one that is kept.

        Equal are jobs of one tenant, kind and request.

        Parameters
        ----------
        may_run : bool
            Whether one that has begun will do, or only one that waits.

        Raises
        ------
        Conflict
            As `put_job`.
        """

    def update_job(
        self, tenant: str, job_id: str, change: JobChange, *, worker: str | None = None
    ) -> Job:
        """Change a job that is queued or running; return it as it is now.

        Parameters
        ----------
        worker : str, optional
            Who works on it; without it whoever does.

        Raises
        ------
        NotFound
            When the tenant has no such job.
        Conflict
            ``job_finished`` when it has ended: cancelled meanwhile, for example; ``job_taken`` when
            another worker has it.
        """

    def take_jobs(
        self,
        worker: str,
        kinds: Collection[str],
        at: str,
        *,
        silent_since: str,
        most: int,
        most_attempts: int,
    ) -> list[Job]:
        """Give a worker the oldest open jobs, of whatever tenant, that nobody works on any more.

        They are queued again, as if never begun but for their attempts. Those that were begun too
        often end interrupted instead.

        Parameters
        ----------
        at : str
            Becomes their ``updated_at``.
        silent_since : str
            A worker whose job was not updated since is taken to be gone, or to know nothing of
            it, as of one whose commit was not acknowledged.
        most : int
            So many jobs at most.
        most_attempts : int
            A job that was begun so often is not begun again.
        """


class OperationReads(Protocol):
    """The part of a `Store` that reads the service's rows."""

    def api_keys(self, tenant: str | None) -> list[ApiKey]:
        """Every key of a tenant, or of all, revoked ones too, oldest first."""

    def live_api_keys(
        self, at: str, *, tenant: str | None = None, most_ended: int = 0
    ) -> list[ApiKey]:
        """The keys of a tenant, or of all, that let somebody in at a time, oldest first.

        With them, of each tenant, so many at most of those that were revoked or had expired: the
        ones that ended last.
        """

    def api_key_by_hash(self, key_hash: bytes) -> ApiKey:
        """The key with this hash.

        Raises
        ------
        NotFound
            When there is none.
        """

    def revoked_tokens(self, *, expiring_after: str = "") -> list[RevokedToken]:
        """The revoked tokens that would still be good after a time, by when they expire."""

    def engine_switches(self) -> list[EngineSwitch]:
        """Every engine that was ever switched, by name."""

    def audit_entries(
        self, tenant: str | None, *, limit: int = PAGE_ROWS, after: int | None = None
    ) -> list[AuditEntry]:
        """Audit entries of a tenant, or of all, newest first, continuing after a sequence."""

    def all_audit(self, tenant: str | None = None) -> Iterator[AuditEntry]:
        """Every audit entry of a tenant, or of all, oldest first."""

    def job(self, tenant: str, job_id: str) -> Job:
        """One job."""

    def jobs(self, tenant: str, *, limit: int = PAGE_ROWS, after: str | None = None) -> list[Job]:
        """Jobs, newest first, continuing after the identifier ``after``."""

    def data_version(self) -> int:
        """A number that another one follows when any process changes keys, tokens or switches.

        What was read before may be used as long as the number stays.
        """
