"""What is computed for a request that waits ends with its time; a job has no such end."""

from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.errors import Cancelled, LimitExceeded
from seawall.service import Service, time_limit
from seawall.service.held_runs import HeldRuns
from seawall.service.opening import ServiceOptions, open_service
from seawall.service.time_limit import TimeLimit
from seawall.session import Session
from service.conftest import ASSUMED, RECORD, STARTED_AT, Client
from service.test_jobs import SIMULATION, finished

SCENARIOS = 4_000_000
LOANS = [{**RECORD, "source_record_id": f"loan-{number}"} for number in range(200)]
DRAWS = {**ASSUMED, "scenario_count": SCENARIOS}  # seconds of them


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every time be over as soon as it is looked at."""
    hours = count(step=3_600)
    monkeypatch.setattr(time_limit, "monotonic", lambda: next(hours))


def asked(dataset: str, **parameters: Any) -> dict[str, Any]:
    return {"dataset_version_id": dataset, "started_at": STARTED_AT, "parameters": parameters}


def book(session: Session) -> str:
    records = msgspec.json.encode({"records": LOANS})
    return session.ingest(records, profile="todiscope", format="json").dataset_version_id


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]


TOO_LONG = (422, "TIME_LIMIT_EXCEEDED")


def test_a_simulation_that_takes_too_long_leaves_nothing_and_is_done_by_a_job(
    client: Client, dataset: str, over: None
) -> None:
    body = asked(dataset, **ASSUMED, scenario_count=8_192)
    assert refusal(client.post(f"{SIMULATION}/run", json=body)) == TOO_LONG
    assert client.get("/api/v3/runs").json()["items"] == []
    job = client.post(f"{SIMULATION}/jobs", json=body).json()
    assert finished(client, job["job_id"])["status"] == "done"
    answered = client.post(f"{SIMULATION}/run", json=body)  # it is in the ledger: no computing
    assert answered.status_code == 200


def test_a_question_of_a_run_has_the_same_limit(
    client: Client, dataset: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    body = asked(dataset, **ASSUMED, scenario_count=8_192)
    run = client.post(f"{SIMULATION}/run", json=body).json()["run_id"]
    request.getfixturevalue("over")
    route = f"/api/v3/runs/{run}/contributions"
    assert refusal(client.get(route, params={"level": 0.5})) == TOO_LONG
    monkeypatch.undo()
    assert client.get(route, params={"level": 0.5}).status_code == 200


def test_a_run_that_is_computed_again_for_a_question_has_the_limit_too(
    service: Service, dataset: str, request: pytest.FixtureRequest
) -> None:
    parameters = {**ASSUMED, "scenario_count": 8_192}
    made = service.session.run(
        "debt_simulation", dataset, parameters=parameters, started_at=STARTED_AT
    )
    request.getfixturevalue("over")
    with pytest.raises(LimitExceeded):
        HeldRuns(1).run(service.session, "default", made.run_id)


def test_draws_stop_before_they_are_done(tmp_path: Path) -> None:
    with Session(tmp_path / "seawall.db") as session:
        control = TimeLimit(0.05).control()
        with pytest.raises(LimitExceeded) as refused:
            session.simulate(book(session), parameters=DRAWS, control=control)
    assert refused.value.code == "time_limit_exceeded"
    assert control.completed_units < SCENARIOS


def test_a_service_that_ends_waits_for_no_computation(tmp_path: Path) -> None:
    options = ServiceOptions(store=str(tmp_path / "seawall.db"))
    with open_service(options, dev=None, turns_file=None) as opened:
        session = opened.service.session
        dataset = book(session)
        begun = opened.service.workers.submit(
            session.run, "debt_simulation", dataset, parameters=DRAWS, started_at=STARTED_AT
        )
    assert isinstance(begun.exception(), Cancelled)
