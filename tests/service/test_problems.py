"""What is refused, is refused in one shape with the contract's codes."""

import logging
from concurrent.futures import Future
from typing import Any

import pytest

from seawall.errors import StoreError
from seawall.service import Service
from service.conftest import RECORD, RUN, STARTED_AT, Client
from service.test_known_answers import SWITCH

INGEST = "/api/v3/ingest-records"
UNKNOWN = "dv_00000000000000000000000000"


def run_body(**changed: Any) -> dict[str, Any]:
    return {"dataset_version_id": UNKNOWN, "started_at": STARTED_AT, **changed}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"started_at": STARTED_AT}, 400, "DATASET_VERSION_ID_REQUIRED"),
        (run_body(dataset_version_id=""), 400, "DATASET_VERSION_ID_REQUIRED"),
        (run_body(dataset_version_id=7), 400, "DATASET_VERSION_ID_INVALID"),
        (run_body(dataset_version_id="x"), 400, "DATASET_VERSION_ID_INVALID"),
        ({"dataset_version_id": UNKNOWN}, 400, "STARTED_AT_REQUIRED"),
        (run_body(started_at=7), 400, "STARTED_AT_INVALID"),
        (run_body(started_at="yesterday"), 400, "STARTED_AT_INVALID"),
        (run_body(), 404, "DATASET_VERSION_NOT_FOUND"),
        (run_body(more=1), 422, "INVALID_INPUT"),
        (run_body(parameters={"more": 1}), 422, "INVALID_INPUT"),
    ],
)
def test_a_bad_question_is_refused_with_its_code(
    client: Client, body: Any, status: int, code: str
) -> None:
    found = client.post(RUN, json=body)
    assert (found.status_code, found.json()["detail"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (run_body(more=1), "more"),
        (run_body(run_id="run_1"), "run_id"),
        (run_body(parameters={"more": 1}), "parameters.more"),
    ],
)
def test_an_unknown_field_is_named_by_its_place(client: Client, body: Any, where: str) -> None:
    found = client.post(RUN, json=body)
    assert (found.status_code, found.json()["detail"]) == (422, "INVALID_INPUT")
    assert found.json()["where"] == where


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"\xff",
        b'{"dataset_version_id": NaN}',
        b'{"started_at": "a", "started_at": "b", "dataset_version_id": "'
        + UNKNOWN.encode()
        + b'"}',
    ],
)
def test_a_body_that_is_no_json_of_its_own_is_refused(client: Client, body: bytes) -> None:
    found = client.post(RUN, content=body)
    assert (found.status_code, found.json()["detail"]) == (400, "BODY_INVALID")


def test_a_full_disk_is_507_and_reading_goes_on(
    client: Client, service: Service, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(StoreError("There is no space left.", code="store_full"))
        return future

    monkeypatch.setattr(service.store, "submit", refuse)
    record = RECORD | {"source_record_id": "loan-2"}
    found = client.post(INGEST, json={"records": [record]})
    assert (found.status_code, found.json()["detail"]) == (507, "STORE_FULL")
    assert client.get(f"/api/v3/datasets/{dataset}").status_code == 200


@pytest.mark.parametrize("path", [RUN, INGEST])
def test_deep_nesting_is_refused(client: Client, path: str) -> None:
    found = client.post(path, content=b'{"records":' + b"[" * 100_000)
    assert (found.status_code, found.json()["detail"]) == (422, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{}", "RECORDS_REQUIRED"),
        (b'{"records": []}', "RECORDS_REQUIRED"),
        (b'{"records": {}}', "RECORDS_REQUIRED"),
        (b'{"records": [1], "records": [2]}', "BODY_INVALID"),
        (b'{"normalize": true, "records": [1], "normalize": true}', "BODY_INVALID"),
    ],
)
def test_a_bad_envelope_of_records_is_refused(client: Client, body: bytes, code: str) -> None:
    found = client.post(INGEST, content=body)
    assert (found.status_code, found.json()["detail"]) == (400, code)


def test_a_well_formed_request_id_is_kept(client: Client) -> None:
    found = client.get("/nowhere", headers={"X-Request-ID": "abc-1"})
    assert found.headers["X-Request-ID"] == "abc-1"
    assert found.json() == {
        "detail": "NOT_FOUND",
        "message": "Not Found",
        "where": "/nowhere",
        "request_id": "abc-1",
    }


def test_another_request_id_is_replaced(client: Client) -> None:
    found = client.get("/health", headers={"X-Request-ID": "a b\t"})
    assert len(found.headers["X-Request-ID"]) == 24


def test_health_tells_that_the_store_can_be_read_written_and_linked(client: Client) -> None:
    found = client.get("/health")
    assert found.status_code == 200
    assert found.json() == {
        "status": "ok",
        "checks": {"database": "ok", "evidence_linking": "ok"},
    }


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}])
@pytest.mark.parametrize("path", [RUN, INGEST])
def test_a_body_of_another_kind_is_refused(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    found = client.post(path, content=b"{}", headers=headers)
    assert (found.status_code, found.json()["detail"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    found = client.post(RUN, content=b" " * ((1 << 20) + 1))
    assert (found.status_code, found.json()["detail"]) == (413, "BODY_TOO_LARGE")
    assert found.json()["where"] == "body"
    assert "1,048,576 bytes" in found.json()["message"]


def test_a_method_that_a_path_does_not_have_is_refused(client: Client) -> None:
    found = client.delete("/health")
    assert (found.status_code, found.json()["detail"]) == (405, "METHOD_NOT_ALLOWED")


def test_a_defect_is_answered_without_its_cause(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret")

    monkeypatch.setattr(type(service.store), "dataset", broken)
    found = client.get(f"/api/v3/datasets/{UNKNOWN}")
    assert (found.status_code, found.json()["detail"]) == (500, "INTERNAL_ERROR")
    assert "SELECT" not in found.text


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("GET", "/api/v3/datasets/a%00", None, (404, "NOT_FOUND", "path")),
        ("POST", "/api/v3/keys/a%00/revoke", None, (404, "NOT_FOUND", "path")),
        (
            "GET",
            "/api/v3/runs?dataset_version_id=%00",
            None,
            (400, "QUERY_INVALID", "dataset_version_id"),
        ),
        ("GET", "/api/v3/audit/logs?actor=a%00", None, (400, "QUERY_INVALID", "actor")),
        ("PUT", SWITCH, {"enabled": False, "reason": "a\0"}, (422, "INVALID_INPUT", "reason")),
        (
            "POST",
            "/api/v3/keys",
            {"name": "a\0", "roles": ["read"]},
            (422, "INVALID_INPUT", "name"),
        ),
    ],
)
def test_a_nul_is_refused_at_its_place_before_any_database(
    client: Client, method: str, path: str, body: Any, refusal: tuple[int, str, str]
) -> None:
    found = client.request(method, path, json=body)
    told = found.json()
    assert (found.status_code, told["detail"], told["where"]) == refusal


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[tuple[str, bool]]:
    """What was logged as more than information, and whether with a trace."""
    return [
        (record.getMessage(), record.exc_info is not None)
        for record in caplog.records
        if record.levelno >= logging.WARNING
    ]


def test_what_an_engine_that_is_switched_off_refuses_fills_no_log(
    client: Client, dataset: str, caplog: pytest.LogCaptureFixture
) -> None:
    client.put(SWITCH, json={"enabled": False, "reason": "audit"})
    body = {"dataset_version_id": dataset, "started_at": STARTED_AT}
    assert client.post(RUN, json=body).status_code == 503
    assert warnings_of(caplog) == []


@pytest.mark.parametrize(
    ("code", "is_traced"),
    [("store_busy", False), ("store_full", False), ("store_corrupt", True)],
)
def test_only_a_failure_of_unknown_cause_is_logged_with_its_trace(
    client: Client,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: str,
    is_traced: bool,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StoreError("It fails.", code=code)

    monkeypatch.setattr(type(service.store), "dataset", broken)
    client.get(f"/api/v3/datasets/{UNKNOWN}")
    assert warnings_of(caplog) == [(f"{code}: It fails.", is_traced)]
