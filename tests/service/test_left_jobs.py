"""What a process leaves of its jobs is taken up by another, or by the next."""

import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from seawall.errors import Cancelled, StoreError
from seawall.native import RunControl
from seawall.service.jobs import MOST_ATTEMPTS, SILENT_S, Jobs
from seawall.session.question import iso_time
from seawall.store import Store, open_store
from seawall.store.types import Job, JobChange
from service.conftest import ASSUMED, RECORD, STARTED_AT
from service.served import INGEST, Served, served
from service.trial_jobs import SOMEBODY, TRIAL, Trial, entry

SIMULATION = "/api/v3/engines/distressed-asset-debt-simulation"

_ids = itertools.count()


class Process:
    """Jobs as one process has them, and what it does for a request."""

    def __init__(self, store: Any, workers: ThreadPoolExecutor) -> None:
        self.trial = Trial()
        self.jobs = Jobs(
            store,
            workers,
            clock=lambda: datetime.now(UTC),
            ids=lambda prefix: f"{prefix}_{next(_ids):03}",
        )

    def begin(self, request: bytes) -> Job:
        return self.jobs.begin(SOMEBODY, TRIAL, request=request, total=0, audited=entry)


@contextmanager
def process(
    store: Any, *, kind: str = TRIAL, **works: Callable[[RunControl], bytes]
) -> Iterator[Process]:
    """Run a process until the end of the block, which it leaves in good order."""
    with ThreadPoolExecutor(1) as workers:
        one = Process(store, workers)
        one.trial.works = {name.encode(): work for name, work in works.items()}
        one.jobs.start({kind: one.trial})
        try:
            yield one
        finally:
            one.jobs.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "s.db"), opened_at=STARTED_AT) as opened:
        yield opened


def endless(control: RunControl) -> bytes:
    while not control.cancelled:
        time.sleep(0.01)
    raise Cancelled("stopped")


def at_once(_: RunControl) -> bytes:
    return b"{}"


def once(store: Store, job_id: str, *, is_so: Callable[[Job], bool]) -> Job:
    ends = time.monotonic() + 10
    while not is_so(job := store.job("default", job_id)):
        assert time.monotonic() < ends, job
        time.sleep(0.01)
    return job


def ended(store: Store, job_id: str) -> Job:
    return once(store, job_id, is_so=lambda job: job.status not in ("queued", "running"))


def left(name: str, *, silent_s: float = 2 * SILENT_S, **said: Any) -> Job:
    at = iso_time(datetime.now(UTC) - timedelta(seconds=silent_s))
    parts: dict[str, Any] = {"request": b"asked", "status": "running", "worker": "gone"}
    parts |= {"done": 7, "total": 9, "result": None, "error": None, **said}
    return Job(
        job_id=name,
        tenant="default",
        kind=TRIAL,
        created_at=at,
        created_by="ada",
        updated_at=at,
        **parts,
    )


def keep(store: Store, job: Job) -> None:
    store.submit(lambda tx: tx.put_job(job)).result()


def test_what_a_process_leaves_in_good_order_the_next_one_does(store: Store) -> None:
    with process(store, a=endless, b=endless) as first:
        jobs = [first.begin(b"a"), first.begin(b"b")]
        once(store, jobs[0].job_id, is_so=lambda job: job.status == "running")
    kept = [store.job("default", job.job_id) for job in jobs]
    assert [(job.status, job.worker, job.attempts, job.done) for job in kept] == [
        ("queued", None, 0, 0)
    ] * 2
    with process(store, a=at_once, b=at_once):
        assert [ended(store, job.job_id).status for job in jobs] == ["done", "done"]


def test_a_job_whose_process_is_gone_is_begun_again(store: Store) -> None:
    keep(store, left("job_left", attempts=1))
    with process(store, asked=at_once):
        job = ended(store, "job_left")
    assert (job.status, job.result, job.attempts) == ("done", b"{}", 2)


def test_work_that_no_process_survives_is_interrupted(store: Store) -> None:
    keep(store, left("job_left", attempts=MOST_ATTEMPTS))
    with process(store, asked=at_once):
        job = ended(store, "job_left")
    assert (job.status, job.result) == ("interrupted", None)


def test_a_job_of_a_process_that_was_heard_of_is_left_to_it(store: Store) -> None:
    keep(store, left("job_its", silent_s=0))
    with process(store, asked=at_once, mine=at_once) as one:
        ended(store, one.begin(b"mine").job_id)
    assert store.job("default", "job_its").worker == "gone"


def test_a_job_of_a_kind_that_nobody_knows_waits_for_who_does(store: Store) -> None:
    keep(store, left("job_left"))
    with process(store, kind="other"):
        pass
    assert store.job("default", "job_left").status == "running"
    with process(store, asked=at_once):
        assert ended(store, "job_left").status == "done"


def test_who_was_silent_too_long_lets_go_of_what_another_has_taken(store: Store) -> None:
    stopped = threading.Event()

    def until_told(control: RunControl) -> bytes:
        while not control.cancelled:
            time.sleep(0.01)
        stopped.set()
        return b'"late"'

    with process(store, asked=until_told) as frozen:
        job = frozen.begin(b"asked")
        once(store, job.job_id, is_so=lambda job: job.status == "running")
        change = JobChange(updated_at=iso_time(datetime.now(UTC)), worker="other", status="running")
        store.submit(lambda tx: tx.update_job("default", job.job_id, change)).result()
        assert stopped.wait(10)
    kept = store.job("default", job.job_id)
    assert (kept.status, kept.worker, kept.result) == ("running", "other", None)


class Failing:
    """A store that takes nothing while it is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_away = threading.Event()

    def submit(self, work: Callable[[Any], Any]) -> "Future[Any]":
        if self.is_away.is_set():
            refused: Future[Any] = Future()
            refused.set_exception(StoreError("away", code="store_unavailable"))
            return refused
        return self._store.submit(work)


def test_a_result_waits_for_a_store_that_is_away(store: Store) -> None:
    failing = Failing(store)

    def as_it_goes(_: RunControl) -> bytes:
        failing.is_away.set()
        return b'"kept"'

    with process(failing, asked=as_it_goes) as one:
        job = one.begin(b"asked")
        assert failing.is_away.wait(10)
        time.sleep(0.1)
        assert store.job("default", job.job_id).result is None
        failing.is_away.clear()
        kept = ended(store, job.job_id)
    assert (kept.status, kept.result) == ("done", b'"kept"')


class Forgetful(Failing):
    """A store that keeps what it says it may not have kept."""

    def submit(self, work: Callable[[Any], Any]) -> "Future[Any]":
        kept = self._store.submit(work)
        if not self.is_away.is_set():
            return kept
        kept.result()
        unknown: Future[Any] = Future()
        unknown.set_exception(StoreError("who knows", code="outcome_unknown"))
        return unknown


def test_a_job_that_was_kept_without_a_word_is_not_lost(store: Store) -> None:
    forgetful = Forgetful(store)
    with process(forgetful, asked=at_once) as one:
        forgetful.is_away.set()
        with pytest.raises(StoreError):
            one.begin(b"asked")
        forgetful.is_away.clear()
        (kept,) = store.jobs("default")
        long_ago = iso_time(datetime.now(UTC) - timedelta(seconds=2 * SILENT_S))
        change = JobChange(updated_at=long_ago)
        store.submit(lambda tx: tx.update_job("default", kept.job_id, change)).result()
        assert ended(store, kept.job_id).status == "done"


@pytest.mark.long
def test_a_job_outlives_its_server(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        made = _ask(first, "POST", INGEST, {"records": [RECORD]})
        question = {
            "dataset_version_id": made["dataset_version_id"],
            "started_at": STARTED_AT,
            "parameters": {**ASSUMED, "scenario_count": 1 << 23},
        }
        job = _ask(first, "POST", f"{SIMULATION}/jobs", question)
        path = f"/api/v3/jobs/{job['job_id']}"
        while _ask(first, "GET", path)["status"] == "queued":
            time.sleep(0.01)
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(60) == 0
    with served(tmp_path) as second:
        ends = time.monotonic() + 60
        while (found := _ask(second, "GET", path))["status"] in ("queued", "running"):
            assert time.monotonic() < ends, found
            time.sleep(0.05)
        assert (found["status"], found["attempts"]) == ("done", 1)
        run_id = _ask(second, "GET", f"{path}/result")["run_id"]
        entries = _ask(second, "GET", "/api/v3/audit/logs?limit=1000")["items"]
    (run,) = (one for one in entries if one["action"] == "debt_simulation.run")
    assert (run["subject"], run["actor"]) == (run_id, job["created_by"])
    assert run["detail"] == {"job_id": job["job_id"]}


def _ask(server: Served, method: str, path: str, body: Any = None) -> Any:
    headers = {"X-API-Key": server.key}
    found = httpx.request(method, server.address + path, json=body, headers=headers, timeout=30)
    return found.raise_for_status().json()
