"""Long work beside its request: kept in the store, followed, cancelled, never lost unseen."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta

from seawall.canonical import canonical_json
from seawall.errors import Cancelled, Conflict, NotFound, SeawallError, StoreError
from seawall.native import RunControl
from seawall.service.access.principal import Principal
from seawall.service.lanes import Turn, in_turn
from seawall.service.problems import wire_code
from seawall.session.question import iso_time
from seawall.store import Store
from seawall.store.interface import Transaction
from seawall.store.types import AuditDraft, Job, JobChange

_log = logging.getLogger("seawall.service")

Audited = Callable[[str, str], AuditDraft]
"""Makes the audit entry of an action and its subject."""

MOST_LIVE = 256
"""Jobs of this process that are queued or running."""

MOST_LIVE_OF_TENANT = 128

MOST_ATTEMPTS = 3
"""Work that its process did not survive so often is not begun again."""

PERIOD_S = 1.0
SILENT_S = 30.0
"""After so long without a sign a job's process is taken to be gone."""


class JobKind(Protocol):
    """What is done for the jobs of a kind, by whatever process has the job."""

    @property
    def may_run(self) -> bool:
        """Whether who asks for an equal job may be given one that has begun.

        Not where the work looks at what is there as it begins.
        """

    def check(self) -> None:
        """Raise what a job fails with where it is not to be done any more.

        Asked as it begins, and every second.
        """

    def work(self, job: Job, control: RunControl, audited: Audited, /) -> bytes:
        """Do what the job's ``request`` says for its tenant; return the result as JSON."""


class JobError(msgspec.Struct, frozen=True):
    """Why a job failed, as its request would have been answered."""

    detail: Annotated[str, Meta(description="Its code, as of a problem.")]
    message: Annotated[str, Meta(description="The reason in words.")]
    where: Annotated[str, Meta(description="The place, such as parameters.seed; may be empty.")]


class _Live(msgspec.Struct):
    job: Job
    kind: JobKind
    control: RunControl
    audited: Audited
    refusal: SeawallError | None = None  # what of `check` has stopped it
    outcome: dict[str, Any] | None = None  # what is to be kept, once it has ended


def _told(error: SeawallError) -> JobError:
    return JobError(wire_code(error), error.message, error.where)


class Jobs:
    """The jobs of this process; those of others are seen in the store.

    What a process leaves behind is taken up by another one, or by the next.

    Parameters
    ----------
    store : Store
        Keeps every job with its progress, result or error.
    workers : Executor
        Does the work; its end is the caller's.
    clock : callable
        The present time, with its zone.
    ids : callable
        Returns a new identifier with a prefix.
    """

    def __init__(
        self,
        store: Store,
        workers: Executor,
        *,
        clock: Callable[[], datetime],
        ids: Callable[[str], str],
    ) -> None:
        self._store = store
        self._workers = workers
        self._clock = clock
        self._ids = ids
        self._name = ids("worker")
        self._kinds: Mapping[str, JobKind] = {}
        self._live: dict[str, _Live] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="seawall-jobs", daemon=True)

    def start(self, kinds: Mapping[str, JobKind]) -> None:
        """Take up the jobs that nobody works on, and begin to report progress.

        Parameters
        ----------
        kinds : mapping
            By name; a job of another kind is left to who knows it.
        """
        self._kinds = kinds
        self._take_up()
        self._thread.start()

    def stop(self) -> None:
        """Stop every job of this process; each is queued for the next one."""
        self._stopping.set()
        with self._lock:
            live = list(self._live.values())
        for one in live:
            one.control.cancel()
        if self._thread.is_alive():
            self._thread.join()

    def begin(
        self, principal: Principal, kind: str, *, request: bytes, total: int, audited: Audited
    ) -> Job:
        """Keep a job and begin with it as soon as a worker is free.

        An equal one of the tenant that is open, in whatever process, is returned in its place:
        who asks again, because no answer came, asks for the same.

        Parameters
        ----------
        kind : str
            One of those that the jobs were started with.
        request : bytes
            What was asked, as canonical JSON.
        total : int
            Of the units that the control counts; 0 when nobody knows.
        audited : callable
            Of the entry that is appended as the job is kept, and of those of its work.

        Raises
        ------
        StoreError
            ``overloaded`` when too many jobs wait.
        """
        now = self._now()
        job = Job(
            job_id=self._ids("job"),
            tenant=principal.tenant,
            kind=kind,
            request=request,
            status="queued",
            done=0,
            total=total,
            result=None,
            error=None,
            created_at=now,
            created_by=principal.actor,
            updated_at=now,
            worker=self._name,
        )
        live = _Live(job, self._kinds[kind], RunControl(), audited)
        entry = audited("job.begin", job.job_id)

        def keep(tx: Transaction) -> Job:
            kept = tx.join_job(job, may_run=live.kind.may_run)
            if kept is job:
                tx.append_audit(entry)
            return kept

        with self._lock:
            of_tenant = sum(one.job.tenant == job.tenant for one in self._live.values())
            is_full = len(self._live) >= MOST_LIVE or of_tenant >= MOST_LIVE_OF_TENANT
            if is_full or self._stopping.is_set():
                raise StoreError("Too many jobs wait; try again.", code="overloaded")
            self._live[job.job_id] = live
        try:
            kept = self._store.submit(keep).result()
            is_own = kept.job_id == job.job_id
            if is_own:
                self._queue(live)
        except BaseException:
            self._forget(job)
            raise
        if not is_own:
            self._forget(job)
        return kept

    def live(self) -> int:
        """Tell how many jobs of this process are queued or running."""
        return len(self._live)

    def cancel(self, tenant: str, job_id: str, *, audited: Audited) -> Job:
        """Cancel a job, wherever it runs; ``audited`` as of `begin`.

        Raises
        ------
        NotFound
            When the tenant has no such job.
        Conflict
            ``job_finished`` when it has ended.
        """
        change = JobChange(updated_at=self._now(), status="cancelled")
        entry = audited("job.cancel", job_id)

        def end(tx: Transaction) -> Job:
            ended = tx.update_job(tenant, job_id, change)
            tx.append_audit(entry)
            return ended

        changed = self._store.submit(end).result()
        with self._lock:
            live = self._live.get(job_id)
        if live is not None:
            live.control.cancel()
        return changed

    def _queue(self, live: _Live) -> None:
        with in_turn(Turn(live.job.tenant)):
            self._workers.submit(self._do, live)

    def _do(self, live: _Live) -> None:
        live.outcome = self._outcome(live)
        self._keep_outcome(live)

    def _outcome(self, live: _Live) -> dict[str, Any]:
        job, control = live.job, live.control
        try:
            if control.cancelled:
                raise Cancelled("stopped before it began")
            live.kind.check()
            self._change(job, status="running", attempts=job.attempts + 1)
            result = live.kind.work(job, control, live.audited)
            # What was in the ledger already took no work.
            return {
                "status": "done",
                "result": result,
                "done": job.total or control.completed_units,
            }
        except Cancelled:
            if live.refusal is not None:
                told = _told(live.refusal)
            elif self._stopping.is_set():  # which says nothing against the work
                return {"status": "queued", "worker": None, "attempts": job.attempts, "done": 0}
            else:
                return {"status": "cancelled", "done": control.completed_units}
        except SeawallError as error:
            told = _told(error)
        except Exception:
            _log.exception("job %s failed", job.job_id)
            told = JobError("INTERNAL_ERROR", "The service failed; its log tells the cause.", "")
        why = msgspec.json.encode(told)
        return {"status": "failed", "error": why, "done": control.completed_units}

    def _keep_outcome(self, live: _Live) -> bool:
        """Keep what came of a job; tell whether the store has answered."""
        try:
            self._change(live.job, **(live.outcome or {}))
        except Conflict:
            pass  # it was cancelled meanwhile, or taken by somebody else
        except StoreError as error:
            _log.warning("job %s cannot be kept yet: %s", live.job.job_id, error)
            return False
        self._forget(live.job)
        return True

    def _look_after(self) -> None:
        while not self._stopping.wait(PERIOD_S):
            with self._lock:
                live = list(self._live.values())
            heard = [
                self._report(one) if one.outcome is None else self._keep_outcome(one)
                for one in live
            ]
            if all(heard):  # else our own would seem to be left
                self._take_up()

    def _report(self, live: _Live) -> bool:
        """Give a sign of a job; tell whether the store has answered."""
        try:
            live.kind.check()
        except StoreError:
            pass  # who cannot be asked has not said no
        except SeawallError as error:
            live.refusal = error
            live.control.cancel()
        done = live.control.completed_units
        try:
            self._change(live.job, done=done)
        except Conflict:
            live.control.cancel()  # another process cancelled it, or has it
        except NotFound:
            pass  # it is not committed yet
        except StoreError as error:
            _log.warning("progress of job %s is not kept: %s", live.job.job_id, error)
            return False
        return True

    def _take_up(self) -> None:
        now = self._clock()
        silent_since = iso_time(now - timedelta(seconds=SILENT_S))
        most = max(MOST_LIVE - len(self._live), 0)
        try:
            taken = self._store.submit(
                lambda tx: tx.take_jobs(
                    self._name,
                    self._kinds,
                    iso_time(now),
                    silent_since=silent_since,
                    most=most,
                    most_attempts=MOST_ATTEMPTS,
                )
            ).result()
        except StoreError as error:
            _log.warning("jobs that nobody works on are not taken up: %s", error)
            return
        for job in taken:
            live = _Live(job, self._kinds[job.kind], RunControl(), self._audited(job))
            with self._lock:
                if self._live.setdefault(job.job_id, live) is not live:
                    continue
            if self._stopping.is_set():  # it may have passed over this one
                live.control.cancel()
            self._queue(live)

    def _audited(self, job: Job) -> Audited:
        """Return what makes the entries of a job's work once its request is gone."""

        def draft(action: str, subject: str) -> AuditDraft:
            return AuditDraft(
                job.tenant, self._now(), job.created_by, action, "done", subject, "", detail
            )

        detail = canonical_json({"job_id": job.job_id})
        return draft

    def _change(self, job: Job, **changes: Any) -> Job:
        change = JobChange(updated_at=self._now(), **changes)
        return self._store.submit(
            lambda tx: tx.update_job(job.tenant, job.job_id, change, worker=self._name)
        ).result()

    def _forget(self, job: Job) -> None:
        with self._lock:
            self._live.pop(job.job_id, None)

    def _now(self) -> str:
        return iso_time(self._clock())
