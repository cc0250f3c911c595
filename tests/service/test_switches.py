"""An engine that is switched off answers nobody, until it is switched on again."""

import threading
from collections.abc import Callable

import pytest
from litestar.testing import TestClient

from seawall.native import RunControl
from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from seawall.service.held_runs import HeldRuns
from seawall.service.jobs import Jobs
from seawall.service.switches import EngineSwitches
from seawall.store.types import EngineSwitch
from service.conftest import RUN, STARTED_AT, Client
from service.test_jobs import finished
from service.trial_jobs import begin

SWITCH = "/api/v3/engine-registry/distressed-asset-debt-stress/switch"
ENGINE = "/api/v3/engines/distressed-asset-debt-stress"


def test_a_disabled_engine_refuses_until_it_is_enabled(client: Client, dataset: str) -> None:
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    assert client.put(SWITCH, json={"enabled": False, "reason": "audit"}).status_code == 200
    refused = client.post(RUN, json=body)
    assert (refused.status_code, refused.json()["detail"]) == (503, "ENGINE_DISABLED")
    assert "Retry-After" in refused.headers
    assert client.get(f"{ENGINE}/health").json()["status"] == "disabled"
    enabled = client.get("/api/v3/engine-registry/enabled").json()["engines"]
    assert [e["name"] for e in enabled] == ["debt_simulation"]
    client.put(SWITCH, json={"enabled": True})
    assert client.post(RUN, json=body).status_code == 200


def test_a_job_that_waits_does_not_begin_once_its_engine_is_off(
    client: Client, service: Service, dataset: str
) -> None:
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    is_off = threading.Event()

    def first(_: RunControl) -> bytes:
        is_off.wait(10)
        return b"{}"

    begin(service, first)
    waiting = client.post(f"{ENGINE}/jobs", json=body).json()["job_id"]
    client.put(SWITCH, json={"enabled": False, "reason": "audit"})
    is_off.set()
    job = finished(client, waiting)
    assert (job["status"], job["error"]["detail"]) == ("failed", "ENGINE_DISABLED")
    assert client.get("/api/v3/runs").json()["items"] == []


@pytest.mark.parametrize("way", ["run", "jobs"])
def test_a_run_whose_engine_is_switched_off_as_it_is_computed_is_not_written(
    client: Client, service: Service, dataset: str, way: str
) -> None:
    def switch_off(_: str, stage: str) -> Callable[[], None]:
        def ended() -> None:
            if stage == "model":
                service.store.submit(lambda tx: tx.set_engine_switch(_off())).result()
                service.switches.forget()

        return ended

    service.session.watch_runs(switch_off)
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    told = client.post(f"{ENGINE}/{way}", json=body).json()
    refusal = told if way == "run" else finished(client, told["job_id"])["error"]
    assert refusal["detail"] == "ENGINE_DISABLED"
    assert client.get("/api/v3/runs").json()["items"] == []


def test_a_switch_is_in_the_audit_and_survives_another_process(
    client: Client, service: Service, access: Access
) -> None:
    client.put(SWITCH, json={"enabled": False, "reason": "audit"})
    (entry,) = service.store.audit_entries(None)
    assert (entry.action, entry.subject) == ("engine.disable", "debt_stress")
    assert entry.actor.startswith("tester")
    other = Service(
        session=service.session,
        store=service.store,
        workers=service.workers,
        switches=EngineSwitches(service.store),
        held=HeldRuns(1),
        profiles=service.profiles,
        jobs=Jobs(service.store, service.workers, clock=service.clock, ids=str),
        clock=service.clock,
        limit=service.limit,
    )
    with TestClient(make_app(other, access=access)) as again:
        again.headers.update(client.headers)
        assert again.get(f"{ENGINE}/health").status_code == 503


def test_what_is_known_of_a_switch_is_a_moment_old_at_most(service: Service) -> None:
    time = 0.0
    known = EngineSwitches(service.store, now=lambda: time)
    assert known.is_enabled("debt_stress")
    service.store.submit(lambda tx: tx.set_engine_switch(_off())).result()
    time = 0.3
    assert not known.is_enabled("debt_stress")


def test_an_engine_that_is_not_there_cannot_be_switched(client: Client) -> None:
    found = client.put("/api/v3/engine-registry/other/switch", json={"enabled": False})
    assert found.status_code == 404


def test_what_is_known_is_read_again_by_one_while_the_others_go_on(service: Service) -> None:
    time = 0.0
    known = EngineSwitches(service.store, now=lambda: time)
    assert known.is_enabled("debt_stress")
    service.store.submit(lambda tx: tx.set_engine_switch(_off())).result()
    time = 0.3
    assert [known.is_due() for _ in range(3)] == [True, False, False]
    assert known.is_known_enabled("debt_stress")
    assert not known.is_enabled("debt_stress")
    assert not known.is_known_enabled("debt_stress")


def test_what_was_not_read_for_long_is_not_known(service: Service) -> None:
    time = 0.0
    known = EngineSwitches(service.store, now=lambda: time)
    assert known.is_enabled("debt_stress")
    time = 0.8
    assert not known.is_known_enabled("debt_stress")


def _off() -> EngineSwitch:
    return EngineSwitch("debt_stress", False, "", STARTED_AT, "x")
