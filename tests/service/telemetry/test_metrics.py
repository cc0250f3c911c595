"""What is counted, under which names."""

import re
from contextlib import ExitStack

import pytest
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from seawall.service.health import HealthMonitor
from seawall.service.telemetry.metrics import Metrics
from service.conftest import RECORD, RUN, STARTED_AT, Client, key_of
from service.test_known_answers import SWITCH

INGEST = "/api/v3/ingest-records"
SWITCHED = "/api/v3/engines/distressed-asset-debt-stress"


def samples(client: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(client: Client, name: str, **labels: str) -> float:
    return samples(client).get((name, tuple(sorted(labels.items()))), 0.0)


def test_requests_are_counted_by_their_routes_template(client: Client) -> None:
    for number in range(3):
        client.get(f"/api/v3/runs/run_{number:026}")
    found = value(
        client, "http_requests_total", route="/api/v3/runs/{run_id}", method="GET", status="404"
    )
    assert found == 3


def test_no_path_or_method_of_a_caller_becomes_a_label(client: Client) -> None:
    for number in range(20):
        client.get(f"/nowhere/{number}")
        client.request(f"ODD{number}", "/health")
    labels = {dict(labels).get("route") for _, labels in samples(client)} - {None}
    assert "unmatched" in labels
    assert not [label for label in labels if "nowhere" in str(label)]
    methods = {dict(labels).get("method") for _, labels in samples(client)} - {None}
    assert methods == {"GET", "OTHER"}


def test_a_run_is_measured_once_and_its_replay_is_not(client: Client, dataset: str) -> None:
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    for _ in range(3):
        assert client.post(RUN, json=body).status_code == 200
    for stage in ("run", "book", "model", "persistence"):
        name = f"engine_{stage}_duration_seconds_count"
        assert value(client, name, engine="debt_stress") == 1


def test_every_durable_transaction_is_measured(client: Client) -> None:
    before = value(client, "group_commit_size_sum")
    client.post(INGEST, json={"records": [RECORD]})
    assert value(client, "group_commit_size_sum") > before
    assert value(client, "group_commit_duration_seconds_count") > 0


def test_a_refusal_is_counted_under_its_code(client: Client) -> None:
    client.post(RUN, json={})
    client.get("/api/v3/runs", headers={"X-API-Key": "no key"})
    assert value(client, "errors_total", code="DATASET_VERSION_ID_REQUIRED") == 1
    assert value(client, "errors_total", code="AUTH_INVALID") == 1


def test_an_answer_from_memory_is_a_hit(client: Client, dataset: str) -> None:
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    client.post(RUN, json=body)
    before = value(client, "cache_hits_total", cache="runs")
    client.post(RUN, json=body)
    assert value(client, "cache_hits_total", cache="runs") == before + 1
    assert value(client, "cache_bytes", cache="runs") > 0


def test_the_request_that_asks_is_the_only_one_in_flight(client: Client) -> None:
    assert value(client, "http_requests_in_flight") == 1


def test_the_process_is_measured(client: Client) -> None:
    assert value(client, "process_resident_memory_bytes") > 1 << 20


def test_metrics_are_for_readers_of_the_operators_tenant(service: Service, access: Access) -> None:
    keys = {
        200: key_of(access, "read", name="reader"),
        403: key_of(access, "ingest", name="writer"),
    }
    foreign = key_of(access, "read", tenant="other", name="other")
    with TestClient(make_app(service, access=access)) as client:
        for status, key in keys.items():
            assert client.get("/metrics", headers={"X-API-Key": key}).status_code == status
        assert client.get("/metrics", headers={"X-API-Key": foreign}).status_code == 403
        assert client.get("/metrics").status_code == 401


def test_durations_are_those_of_the_clock() -> None:
    times = iter([10.0, 12.5])
    metrics = Metrics(clock=lambda: next(times))
    metrics.stage("debt_stress", "model")()
    text = metrics.exposed().decode()
    assert re.search(r'engine_model_duration_seconds_sum{engine="debt_stress"} 2.5\n', text)


def test_the_503_of_a_health_route_is_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.put(SWITCH, json={"enabled": False, "reason": "audit"})
    engine = client.get(SWITCHED + "/health")
    assert (engine.status_code, engine.headers["Retry-After"]) == (503, "1")
    assert value(client, "errors_total", code="DEGRADED") == 1
    monkeypatch.setattr(HealthMonitor, "checks", lambda _: {"database": "store_busy"})
    assert client.get("/health").status_code == 503
    assert value(client, "errors_total", code="DEGRADED") == 2


def test_readers_of_the_store_are_told_while_they_read(client: Client, service: Service) -> None:
    most = value(client, "store_readers_max")
    assert most >= 1
    with ExitStack() as reading:
        for count in (1, 2):
            reading.enter_context(service.store._readers.turn())  # type: ignore[attr-defined]
            assert value(client, "store_readers_in_use") == count
    assert value(client, "store_readers_in_use") == 0
    assert value(client, "store_readers_waiting") == 0


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        ("/openapi.json", "application/json"),
    ],
)
def test_a_text_names_its_charset_once(client: Client, path: str, kind: str) -> None:
    assert client.get(path).headers["Content-Type"] == kind
