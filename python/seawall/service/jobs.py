"""Long work beside its request: kept in the store, followed, cancelled, never lost unseen."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any

import msgspec

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

MOST_LIVE = 256
"""Jobs of this process that are queued or running."""

MOST_LIVE_OF_TENANT = 128

PERIOD_S = 1.0
HEARD_S = 5.0
"""A job that gave no sign for so long is joined by no equal one."""
SILENT_S = 30.0
"""After so long without a sign a job's process is taken to be gone."""


class JobError(msgspec.Struct, frozen=True):
    """Why a job failed, as its request would have been answered."""

    detail: str
    message: str
    where: str


class _Live(msgspec.Struct):
    job: Job
    control: RunControl
    check: Callable[[], None]
    refusal: SeawallError | None = None  # what of `check` has stopped it


def _nothing() -> None:
    return


def _told(error: SeawallError) -> JobError:
    return JobError(wire_code(error), error.message, error.where)


class Jobs:
    """The jobs of this process; those of others are seen in the store.

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
        self._live: dict[str, _Live] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._report, name="seawall-jobs", daemon=True)

    def start(self) -> None:
        """End the jobs that a process left behind, and begin to report progress."""
        self._mark_interrupted()
        self._thread.start()

    def stop(self) -> None:
        """Stop every job of this process; each is kept as interrupted."""
        self._stopping.set()
        with self._lock:
            live = list(self._live.values())
        for one in live:
            one.control.cancel()
        if self._thread.is_alive():
            self._thread.join()

    def begin(
        self,
        principal: Principal,
        kind: str,
        *,
        request: bytes,
        total: int,
        work: Callable[[RunControl], bytes],
        audited: Callable[[str, str], AuditDraft],
        check: Callable[[], None] = _nothing,
        may_run: bool,
    ) -> Job:
        """Keep a job and begin with it as soon as a worker is free.

        An equal one of the tenant that is open, in whatever process, is returned in its place:
        who asks again, because no answer came, asks for the same.

        Parameters
        ----------
        request : bytes
            What was asked, as canonical JSON.
        total : int
            Of the units that the control counts; 0 when nobody knows.
        work : callable
            Returns the result as JSON.
        audited : callable
            Makes the audit entry of an action and the job's identifier; it is appended as the job
            is kept.
        check : callable
            Raises what the job fails with where it is not to be done any more: asked as it begins,
            and every second.
        may_run : bool
            Whether an equal job that has begun will do. It will not, where the work looks at what
            is there as it begins.

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
        )
        live = _Live(job, RunControl(), check)
        entry = audited("job.begin", job.job_id)

        heard_since = iso_time(self._clock() - timedelta(seconds=HEARD_S))

        def keep(tx: Transaction) -> Job:
            kept = tx.join_job(job, may_run=may_run, heard_since=heard_since)
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
            if kept is job:
                with in_turn(Turn(job.tenant)):
                    self._workers.submit(self._do, live, work)
        except BaseException:
            self._forget(job)
            raise
        if kept is not job:
            self._forget(job)
        return kept

    def live(self) -> int:
        """Tell how many jobs of this process are queued or running."""
        return len(self._live)

    def cancel(self, tenant: str, job_id: str, *, audited: Callable[[str, str], AuditDraft]) -> Job:
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

    def _do(self, live: _Live, work: Callable[[RunControl], bytes]) -> None:
        try:
            self._ended(live, self._outcome(live, work))
        except SeawallError:
            _log.warning("job %s could not be kept", live.job.job_id, exc_info=True)
        finally:
            self._forget(live.job)

    def _outcome(self, live: _Live, work: Callable[[RunControl], bytes]) -> dict[str, Any]:
        try:
            if live.control.cancelled:
                raise Cancelled("stopped before it began")
            live.check()
            self._change(live.job.tenant, live.job.job_id, status="running")
            return {"status": "done", "result": work(live.control)}
        except Cancelled:
            if live.refusal is None:
                return {"status": "interrupted" if self._stopping.is_set() else "cancelled"}
            told = _told(live.refusal)
        except SeawallError as error:
            told = _told(error)
        except Exception:
            _log.exception("job %s failed", live.job.job_id)
            told = JobError("INTERNAL_ERROR", "The service failed; its log tells the cause.", "")
        return {"status": "failed", "error": msgspec.json.encode(told)}

    def _ended(self, live: _Live, outcome: dict[str, Any]) -> None:
        done = live.control.completed_units
        if outcome["status"] == "done":  # what was in the ledger already took no work
            done = live.job.total or done
        try:
            self._change(live.job.tenant, live.job.job_id, done=done, **outcome)
        except Conflict:
            return  # it was cancelled meanwhile, and stays so

    def _report(self) -> None:
        while not self._stopping.wait(PERIOD_S):
            with self._lock:
                live = list(self._live.values())
            for one in live:
                self._report_one(one)
            self._mark_interrupted()

    def _report_one(self, live: _Live) -> None:
        try:
            live.check()
        except StoreError:
            pass  # who cannot be asked has not said no
        except SeawallError as error:
            live.refusal = error
            live.control.cancel()
        done = live.control.completed_units
        try:
            self._change(live.job.tenant, live.job.job_id, done=done)
        except Conflict:
            live.control.cancel()  # another process cancelled it
        except NotFound:
            pass  # it is not committed yet
        except StoreError as error:
            _log.warning("progress of job %s is not kept: %s", live.job.job_id, error)

    def _mark_interrupted(self) -> None:
        now = self._clock()
        silent_since = iso_time(now - timedelta(seconds=SILENT_S))
        try:
            self._store.submit(
                lambda tx: tx.mark_interrupted(iso_time(now), silent_since=silent_since)
            ).result()
        except StoreError as error:
            _log.warning("silent jobs are not marked: %s", error)

    def _change(self, tenant: str, job_id: str, **changes: Any) -> Job:
        change = JobChange(updated_at=self._now(), **changes)
        return self._store.submit(lambda tx: tx.update_job(tenant, job_id, change)).result()

    def _forget(self, job: Job) -> None:
        with self._lock:
            self._live.pop(job.job_id, None)

    def _now(self) -> str:
        return iso_time(self._clock())
