"""Runs that are held for questions weigh what they take, and are bounded by it."""

import pytest

from seawall.errors import NotFound
from seawall.service import Service
from seawall.service.held_runs import HeldRuns
from seawall.session import Run
from service.conftest import ASSUMED, STARTED_AT, Client

SIMULATION = "/api/v3/engines/distressed-asset-debt-simulation"
SCENARIOS = 50_000
LOSS_BYTES = 8 * SCENARIOS


def simulated(service: Service, dataset: str, seed: int, **asked: object) -> Run:
    parameters = {**ASSUMED, "scenario_count": SCENARIOS, "seed": seed, **asked}
    return service.session.run(
        "debt_simulation", dataset, parameters=parameters, started_at=STARTED_AT
    )


def test_a_run_weighs_its_losses_and_its_weights(service: Service, dataset: str) -> None:
    plain = simulated(service, dataset, 1).held_bytes
    weighted = simulated(service, dataset, 1, sampling="importance").held_bytes
    assert LOSS_BYTES < plain < 2 * LOSS_BYTES
    assert weighted - plain == pytest.approx(4 * SCENARIOS, rel=0.01)


def test_held_runs_are_bounded_by_bytes(service: Service, dataset: str) -> None:
    runs = [simulated(service, dataset, seed) for seed in (1, 2, 3)]
    held = HeldRuns(8, max_bytes=2 * runs[0].held_bytes + LOSS_BYTES // 2)
    for run in runs:
        held.keep("default", run)
    use = held.use()
    assert use.entries == 2
    assert use.bytes == runs[1].held_bytes + runs[2].held_bytes <= use.max_bytes
    assert held.run(service.session, "default", runs[2].run_id) is runs[2]
    again = held.run(service.session, "default", runs[0].run_id)  # it was let go of
    assert again is not runs[0]
    assert (again.questions.loss_minor == runs[0].questions.loss_minor).all()
    assert held.use().entries == 2


def test_held_runs_are_bounded_by_their_number(service: Service, dataset: str) -> None:
    runs = [simulated(service, dataset, seed) for seed in (1, 2)]
    held = HeldRuns(1)
    for run in runs:
        held.keep("default", run)
    assert (held.use().entries, held.use().bytes) == (1, runs[1].held_bytes)


def test_a_run_heavier_than_all_room_answers_and_is_not_held(
    service: Service, dataset: str
) -> None:
    run = simulated(service, dataset, 1)
    held = HeldRuns(8, max_bytes=LOSS_BYTES)
    held.keep("default", run)
    assert held.run(service.session, "default", run.run_id).result == run.result
    assert held.use().bytes == 0


def test_a_run_is_held_for_its_tenant_alone(service: Service, dataset: str) -> None:
    run = simulated(service, dataset, 1)
    service.held.keep("default", run)
    other = service.session.acting_as(tenant="other", actor="other")
    with pytest.raises(NotFound):
        service.held.run(other, "other", run.run_id)


def test_a_job_whose_run_was_known_holds_nothing_new(service: Service, dataset: str) -> None:
    simulated(service, dataset, 1)
    known = simulated(service, dataset, 1)
    service.held.keep("default", known)
    assert not known.created
    assert service.held.use().entries == 0


def test_held_runs_are_among_the_metrics_of_caches(client: Client, dataset: str) -> None:
    body = {
        "dataset_version_id": dataset,
        "started_at": STARTED_AT,
        "parameters": {**ASSUMED, "scenario_count": SCENARIOS},
    }
    run_id = client.post(f"{SIMULATION}/run", json=body).json()["run_id"]
    assert client.get(f"/api/v3/runs/{run_id}/tables/losses?limit=1").status_code == 200
    told = dict(
        line.rsplit(" ", 1)
        for line in client.get("/metrics").text.splitlines()
        if 'cache="held_runs"' in line
    )
    assert float(told['cache_bytes{cache="held_runs"}']) > LOSS_BYTES
    assert float(told['cache_hits_total{cache="held_runs"}']) == 1
    assert float(told['cache_entries{cache="held_runs"}']) == 1
