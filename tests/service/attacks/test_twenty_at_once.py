"""Twenty clients ask what nobody asked before, at the same moment, of the served process."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from seawall.registry import ENGINES
from service.attacks.conftest import RUN, Attacked
from service.conftest import ASSUMED, RECORD, STARTED_AT

SIMULATION = f"/api/v3/engines/{ENGINES['debt_simulation'].wire_name}/run"
CALLERS = 20


def at_once(ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    together = threading.Barrier(CALLERS)

    def asked(number: int) -> httpx.Response:
        together.wait(60)
        return ask(number)

    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(asked, range(CALLERS)))


@pytest.mark.parametrize(("path", "parameters"), [(RUN, {}), (SIMULATION, ASSUMED)])
def test_twenty_first_runs_of_one_question_are_one_run(
    attacked: Attacked, path: str, parameters: dict[str, object]
) -> None:
    with httpx.Client(base_url=attacked.address, headers=attacked.headers, timeout=60) as client:
        record = {**RECORD, "source_record_id": path}
        told = at_once(lambda _: client.post("/api/v3/ingest-records", json={"records": [record]}))
        assert {found.status_code for found in told} == {200}
        (version,) = {found.json()["dataset_version_id"] for found in told}
        body = {
            "dataset_version_id": version,
            "started_at": STARTED_AT,
            "parameters": parameters,
        }
        told = at_once(lambda _: client.post(path, json=body))
        assert {found.status_code for found in told} == {200}
        assert len({found.content for found in told}) == 1
        kept = client.get(f"/api/v3/runs?dataset_version_id={version}").json()["items"]
        assert [run["run_id"] for run in kept] == [told[0].json()["run_id"]]
