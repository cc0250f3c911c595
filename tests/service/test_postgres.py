"""The service on PostgreSQL: one, and two on one database."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from seawall.session import Session
from service.conftest import RECORD, RUN, STARTED_AT
from service.served import Served, served
from service.test_known_answers import SWITCH


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database()


def client_of(server: Served) -> httpx.Client:
    return httpx.Client(
        base_url=server.address, headers={"X-API-Key": server.key}, timeout=httpx.Timeout(60)
    )


def test_what_is_ingested_and_run_is_traced_and_verified(tmp_path: Path, url: str) -> None:
    with served(tmp_path, store=url) as server, client_of(server) as client:
        made = client.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
        asked = {
            "dataset_version_id": made["dataset_version_id"],
            "started_at": STARTED_AT,
        }
        run = client.post(RUN, json=asked)
        assert run.status_code == 200
        finding = client.get("/api/v3/findings").json()["items"][0]
        trace = client.get(f"/api/v3/findings/{finding['id']}/trace")
        assert trace.status_code == 200
        assert client.get("/health").status_code == 200
        assert server.end() == 0
    assert not (tmp_path / "seawall.db").exists()
    with Session(url) as session:
        checked = session.verify()
        assert checked.ok
        assert checked.findings > 0
        found = session.trace(finding["id"])
        assert found.record is not None
        assert found.record.proved


def test_two_replicas_keep_one_run_and_obey_one_switch(tmp_path: Path, url: str) -> None:
    with (
        served(tmp_path, store=url) as one,
        served(tmp_path, store=url) as two,
        client_of(one) as here,
        client_of(two) as there,
    ):
        made = here.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
        again = there.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
        assert again["dataset_version_id"] == made["dataset_version_id"]
        asked = {
            "dataset_version_id": made["dataset_version_id"],
            "started_at": STARTED_AT,
        }
        answers = [client.post(RUN, json=asked) for client in (here, there)]
        assert answers[0].content == answers[1].content
        switched = here.put(SWITCH, json={"enabled": False, "reason": "a wrong model"})
        assert switched.status_code == 200
        with Session(url) as session:
            assert len(session.runs()) == 1
        until = time.monotonic() + 30  # a second is promised, to a machine that is idle
        while time.monotonic() < until:  # known answers come at once, hundreds of them before it
            refused = there.post(RUN, json={**asked, "started_at": "2026-01-02T00:00:00Z"})
            if refused.status_code == 503:
                break
        assert refused.json()["detail"] == "ENGINE_DISABLED"


def test_a_nul_gets_the_answer_that_it_gets_of_a_file(tmp_path: Path, url: str) -> None:
    told = []
    for store in (url, "seawall.db"):
        with served(tmp_path, store=store) as server, client_of(server) as client:
            answers = [
                client.get("/api/v3/datasets/a%00"),
                client.get("/api/v3/runs?dataset_version_id=%00"),
                client.put(SWITCH, json={"enabled": False, "reason": "a\0"}),
            ]
            told.append([(a.status_code, a.json()["detail"], a.json()["where"]) for a in answers])
            gauges = client.get("/metrics").text
            assert "store_readers_max" in gauges
    assert told[0] == told[1]
