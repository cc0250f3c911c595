"""Long work beside its request."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from seawall.canonical import canonical_json
from seawall.errors import Cancelled, InvalidInput, StoreError
from seawall.native import RunControl
from seawall.service import Service
from seawall.store.types import AuditDraft
from service.conftest import ASSUMED, RUN, STARTED_AT, Client
from service.trial_jobs import begin, entry, trial_of

SIMULATION = "/api/v3/engines/distressed-asset-debt-simulation"


def finished(client: Client, job_id: str, *, within_s: float = 4.0) -> Any:
    for _ in range(int(within_s / 0.02)):
        found = client.get(f"/api/v3/jobs/{job_id}").json()
        if found["status"] not in ("queued", "running"):
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def endless(control: RunControl) -> bytes:
    while not control.cancelled:
        time.sleep(0.01)
    raise Cancelled("stopped")


def audit(client: Client, *prefixes: str) -> list[tuple[str, str, str]]:
    """Action, subject and request of every write with one of these actions, oldest first."""
    items = client.get("/api/v3/audit/logs", params={"outcome": "done"}).json()["items"]
    return [
        (item["action"], item["subject"], item["request_id"])
        for item in reversed(items)
        if item["action"].startswith(prefixes)
    ]


def test_a_run_as_a_job_answers_what_the_run_answers(client: Client, dataset: str) -> None:
    body = {
        "dataset_version_id": dataset,
        "started_at": STARTED_AT,
        "parameters": {**ASSUMED, "scenario_count": 4096, "seed": 3},
    }
    begun = client.post(f"{SIMULATION}/jobs", json=body)
    assert begun.status_code == 202
    job = finished(client, begun.json()["job_id"])
    assert (job["status"], job["done"], job["total"]) == ("done", 10 * 4096, 10 * 4096)
    assert client.get(begun.headers["Location"] + "/result").json() == (
        client.post(f"{SIMULATION}/run", json=body).json()
    )


def test_the_run_of_a_job_is_in_the_audit_once_as_of_who_asked(
    client: Client, dataset: str
) -> None:
    body = {
        "dataset_version_id": dataset,
        "started_at": STARTED_AT,
        "parameters": {**ASSUMED, "scenario_count": 4096, "seed": 3},
    }
    jobs = []
    for name in ("first", "second"):
        begun = client.post(f"{SIMULATION}/jobs", json=body, headers={"X-Request-ID": name}).json()
        jobs.append(finished(client, begun["job_id"])["job_id"])
    run_id = client.post(f"{SIMULATION}/run", json=body).json()["run_id"]
    assert audit(client, "job", "debt") == [
        ("job.begin", jobs[0], "first"),
        ("debt_simulation.run", run_id, "first"),
        ("job.begin", jobs[1], "second"),
    ]
    run, begin = client.get("/api/v3/audit/logs", params={"limit": 3}).json()["items"][1:]
    assert run["actor"] == begin["actor"]


def test_only_a_job_that_could_be_cancelled_is_in_the_audit_as_that(
    client: Client, service: Service
) -> None:
    job_id = begin(service, lambda _: b"{}")
    finished(client, job_id)
    assert client.delete(f"/api/v3/jobs/{job_id}").status_code == 409
    assert client.delete("/api/v3/jobs/job_x").status_code == 404
    assert audit(client, "job") == [("job.begin", job_id, "")]


def test_a_job_whose_run_is_known_is_all_done(client: Client, dataset: str) -> None:
    body = {
        "dataset_version_id": dataset,
        "started_at": STARTED_AT,
        "parameters": {**ASSUMED, "scenario_count": 4096},
    }
    assert client.post(f"{SIMULATION}/run", json=body).status_code == 200
    job = finished(client, client.post(f"{SIMULATION}/jobs", json=body).json()["job_id"])
    assert (job["status"], job["done"]) == ("done", job["total"])
    assert job["total"] > 0


def test_a_stress_job_counts_its_records(client: Client, service: Service, dataset: str) -> None:
    begun = client.post(
        RUN.replace("/run", "/jobs"), json={"dataset_version_id": dataset, "started_at": STARTED_AT}
    )
    control = RunControl()
    service.session.stress(dataset, control=control)
    assert begun.json()["total"] == control.completed_units > 0


def test_a_simulation_stops_once_its_draws_are_done(
    client: Client, service: Service, dataset: str
) -> None:
    """The job is cancelled by its caller after the draws, and what it ran leaves nothing."""
    scenarios, stopped = 4096, threading.Event()
    before = service.store.runs("default", limit=10)

    def simulated(control: RunControl) -> bytes:
        def follow(done: int) -> None:
            if done == scenarios and not control.cancelled:  # a count may be told twice
                service.jobs.cancel("default", asked_id[0], audited=entry)
            if control.cancelled:
                followed.cancel()

        followed = RunControl(follow)
        begun.wait(5)
        parameters = {**ASSUMED, "scenario_count": scenarios}
        try:
            service.session.run("debt_simulation", dataset, parameters=parameters, control=followed)
        except Cancelled:
            stopped.set()
            raise
        return b"{}"

    begun, asked_id = threading.Event(), [""]
    asked_id[0] = begin(service, simulated)
    begun.set()
    assert stopped.wait(10)
    assert finished(client, asked_id[0])["status"] == "cancelled"
    assert service.store.runs("default", limit=10) == before


def test_a_verification_finds_a_sound_store_sound(
    client: Client, service: Service, dataset: str
) -> None:
    for key in service.store.api_keys(None):  # who makes one otherwise tells the audit
        said = (key.tenant, key.created_at, "test", "api_key.create", "done", key.key_id, "")
        told = AuditDraft(*said, canonical_json(key.told()))
        service.store.submit(lambda tx, told=told: tx.append_audit(told)).result()
    begun = client.post("/api/v3/verify/jobs").json()
    assert finished(client, begun["job_id"])["status"] == "done"
    result = client.get(f"/api/v3/jobs/{begun['job_id']}/result").json()
    assert result["ok"] is True
    assert result["verification"]["records"] == 1


def test_a_cancelled_job_stops_and_stays_cancelled(client: Client, service: Service) -> None:
    started = threading.Event()

    def started_and_endless(control: RunControl) -> bytes:
        started.set()
        return endless(control)

    job_id = begin(service, started_and_endless)
    assert started.wait(5)
    open_result = client.get(f"/api/v3/jobs/{job_id}/result")
    assert (open_result.status_code, open_result.json()["detail"]) == (409, "JOB_NOT_FINISHED")
    assert client.delete(f"/api/v3/jobs/{job_id}").json()["status"] == "cancelled"
    assert [entry[:2] for entry in audit(client, "job.cancel")] == [("job.cancel", job_id)]
    assert finished(client, job_id)["status"] == "cancelled"
    again = client.delete(f"/api/v3/jobs/{job_id}")
    assert (again.status_code, again.json()["detail"]) == (409, "JOB_FINISHED")


def test_a_job_that_fails_tells_why(client: Client, service: Service) -> None:
    def refuse(_: RunControl) -> bytes:
        raise InvalidInput("no", where="here")

    job = finished(client, begin(service, refuse))
    assert job["status"] == "failed"
    assert job["error"] == {"detail": "INVALID_INPUT", "message": "no", "where": "here"}


def test_a_defect_in_a_job_is_not_shown(client: Client, service: Service) -> None:
    job = finished(client, begin(service, lambda _: 1 / 0))  # type: ignore[arg-type, return-value]
    assert job["error"]["detail"] == "INTERNAL_ERROR"
    assert "division" not in str(job)


def test_a_job_that_is_no_longer_wanted_fails_with_the_reason(
    client: Client, service: Service
) -> None:
    checks = trial_of(service).checks  # as it begins, then every second
    checks.extend([InvalidInput("late", where="here"), StoreError("away"), None, None])
    job_id = begin(service, endless)
    job = finished(client, job_id, within_s=10)
    assert (job["status"], job["error"]["detail"]) == ("failed", "INVALID_INPUT")
    assert checks == []


def test_twenty_equal_jobs_at_once_are_one(client: Client, service: Service, dataset: str) -> None:
    asked = {"dataset_version_id": dataset, "parameters": {**ASSUMED, "scenario_count": 4096}}
    spelled = [{**asked, "started_at": STARTED_AT}, {"started_at": STARTED_AT, **asked}]
    going_on = begin(service, endless)  # so that those wait
    with ThreadPoolExecutor(20) as askers:
        answers = askers.map(
            lambda n: client.post(f"{SIMULATION}/jobs", json=spelled[n % 2]), range(20)
        )
    begun = [answer.json() for answer in answers]
    service.jobs.cancel("default", going_on, audited=entry)
    assert len({job["job_id"] for job in begun}) == 1
    assert finished(client, begun[0]["job_id"])["status"] == "done"
    assert len([action for action, *_ in audit(client, "job.begin")]) == 2
    assert service.jobs.live() == 0


def test_a_job_that_runs_is_joined_where_it_looks_at_nothing_new(
    client: Client, service: Service
) -> None:
    started = threading.Event()

    def started_and_endless(control: RunControl) -> bytes:
        started.set()
        return endless(control)

    job_id = begin(service, started_and_endless, request=b"1")
    assert started.wait(5)
    assert begin(service, endless, request=b"1") == job_id
    trial_of(service).may_run = False
    later = begin(service, endless, request=b"1")
    assert later != job_id
    assert begin(service, endless, request=b"1") == later  # which waits
    service.jobs.cancel("default", job_id, audited=entry)
    service.jobs.cancel("default", later, audited=entry)
    assert finished(client, begin(service, lambda _: b"{}", request=b"1"))["status"] == "done"


def test_jobs_are_listed_by_status(client: Client, service: Service) -> None:
    job_id = begin(service, lambda _: b"{}")
    finished(client, job_id)
    listed = client.get("/api/v3/jobs", params={"status": "done", "fields": "job_id"}).json()
    assert listed["items"] == [{"job_id": job_id}]
    assert client.get("/api/v3/jobs", params={"status": "running"}).json()["items"] == []


def test_a_job_that_is_not_there_is_not_found(client: Client) -> None:
    found = client.get("/api/v3/jobs/job_x")
    assert (found.status_code, found.json()["detail"]) == (404, "JOB_NOT_FOUND")


def test_a_filter_by_a_kind_that_is_not_there_is_refused(client: Client) -> None:
    found = client.get("/api/v3/jobs", params={"kind": "verification"})
    assert (found.status_code, found.json()["detail"]) == (400, "QUERY_INVALID")
    assert client.get("/api/v3/jobs", params={"kind": "verify"}).json()["items"] == []
