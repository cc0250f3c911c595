"""Several processes on one database: they agree without knowing each other."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sample_ledger import TENANT, draft, evidence, fill, submit
from test_operations import SWITCH, job, take

from seawall.service.switches import EngineSwitches
from seawall.store import Store, Transaction, open_store
from seawall.store.audit_chain import chain_problems
from seawall.store.types import Job, JobChange


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database()


@pytest.fixture
def here(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def there(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


WRITER_PROCESS = """
import sys
from sample_ledger import TENANT, draft, evidence, fill, submit
from seawall.store import open_store

with open_store(sys.argv[1]) as store:
    fill(store)
    for i in range(50):
        def work(t):
            t.put_evidence(TENANT, evidence(2, prefix=f"same-{i}-"))
            t.put_evidence(TENANT, evidence(2, prefix=f"{sys.argv[2]}-{i}-"))
            t.append_audit(draft(sys.argv[2]))
        submit(store, work)
"""


def test_processes_that_create_and_write_one_database_at_once_all_succeed(
    new_database: Callable[..., str],
) -> None:
    url = new_database("template0")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER_PROCESS, url, name],
            env=environment,
            stderr=subprocess.PIPE,
        )
        for name in ("one", "two", "three")
    ]
    for process in processes:
        _, problems = process.communicate(timeout=120)
        assert process.returncode == 0, problems.decode()
    with open_store(url) as store:
        assert len(list(store.all_evidence(TENANT))) == 3 + 50 * 2 + 3 * 50 * 2
        entries = list(store.all_audit())
        assert len(entries) == 3 * 51
        assert list(chain_problems(entries)) == []
        assert store.integrity_problems() == []


def test_the_same_question_at_two_replicas_is_created_by_one(here: Store, there: Store) -> None:
    def ask(store: Store) -> list[bool]:
        return [submit(store, lambda t, n=n: t.put_job(job(f"j{n}"))) for n in range(50)]

    with ThreadPoolExecutor(2) as threads:
        created = list(threads.map(ask, (here, there)))
    assert all(one != other for one, other in zip(*created, strict=True))


def test_replicas_that_wait_for_each_other_both_get_on(here: Store, there: Store) -> None:
    fill(here)
    both = threading.Barrier(2)
    runs: list[str] = []

    def work(first: str, second: str) -> Callable[[Transaction], None]:
        def put(transaction: Transaction) -> None:
            runs.append(first)
            transaction.put_job(job(first))
            if runs.count(first) == 1:
                both.wait(30)
            transaction.put_job(job(second))
            transaction.append_audit(draft(first))

        return put

    futures = [here.submit(work("a", "b")), there.submit(work("b", "a"))]
    for future in futures:
        future.result(30)
    assert len(runs) > 2
    assert {j.job_id for j in here.jobs(TENANT)} == {"a", "b"}
    assert sorted(entry.subject for entry in here.all_audit()) == ["a", "b", "s"]
    assert list(chain_problems(here.all_audit())) == []


def test_a_switch_is_seen_by_the_other_replica(here: Store, there: Store) -> None:
    now = [0.0]
    switches = EngineSwitches(there, now=lambda: now[0])
    assert switches.is_enabled("debt")
    submit(here, lambda t: t.set_engine_switch(SWITCH))
    now[0] += 1
    assert not switches.is_enabled("debt")


def test_equal_jobs_at_two_replicas_are_one(here: Store, there: Store) -> None:
    def ask(store: Store, name: str, n: int) -> str:
        row = job(f"{name}{n}", request=str(n).encode())
        kept = submit(store, lambda t: t.join_job(row, may_run=True))
        assert isinstance(kept, Job)
        return kept.job_id

    with ThreadPoolExecutor(2) as threads:
        asked = [
            threads.submit(lambda s, m: [ask(s, m, n) for n in range(50)], store, name)
            for store, name in ((here, "a"), (there, "b"))
        ]
    one, other = (future.result(60) for future in asked)
    assert one == other
    assert len(here.jobs(TENANT)) == 50


def test_a_job_has_one_end(here: Store, there: Store) -> None:
    submit(here, lambda t: t.put_job(job(status="running", updated_at="5")))
    futures = [
        here.submit(lambda t: t.update_job(TENANT, "j", JobChange("6", status="done"))),
        there.submit(lambda t: t.update_job(TENANT, "j", JobChange("6", status="cancelled"))),
    ]
    refusals = [future.exception(30) for future in futures]
    assert [getattr(refusal, "code", None) for refusal in refusals].count("job_finished") == 1
    assert take(there) == []


def test_a_job_that_is_left_is_taken_by_one_replica(here: Store, there: Store) -> None:
    for n in range(60):
        submit(here, lambda t, n=n: t.put_job(job(f"j{n:02}", worker=None)))
    both = threading.Barrier(2)

    def taking(store: Store, worker: str) -> list[str]:
        both.wait(30)
        return [one.job_id for _ in range(6) for one in take(store, worker)]

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(taking, (here, there), ("a", "b"))
    assert sorted(one + other) == [f"j{n:02}" for n in range(60)]
    assert {j.worker for j in here.jobs(TENANT)} <= {"a", "b"}


def test_what_one_replica_acknowledged_the_other_reads(here: Store, there: Store) -> None:
    fill(here)
    for number in range(20):
        submit(here, lambda t, n=number: t.put_evidence(TENANT, evidence(1, prefix=f"n{n}-")))
        assert there.evidence(TENANT, f"n{number}-0")
