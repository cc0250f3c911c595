"""Records and files in: whole or not at all, and refused with the contract's codes."""

import json
from hashlib import sha256
from typing import Any

import pytest

from seawall.errors import StoreError
from seawall.service import Service
from seawall.store.service_writes import ServiceWrites
from service.conftest import RECORD, RUN, STARTED_AT, Client

INGEST = "/api/v3/ingest-records"
FILE = "/api/v3/ingest-file"
CSV = b"loan_id,balance,currency\n1,100,EUR\n2,x,EUR\n"


def changed(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in {**RECORD, **fields}.items() if v is not None}


@pytest.mark.parametrize(
    ("record", "code", "where"),
    [
        (7, "RECORD_INVALID_TYPE", "records[1]"),
        (changed(source_system=None), "SOURCE_SYSTEM_REQUIRED", "records[1].source_system"),
        (changed(source_system=" "), "SOURCE_SYSTEM_REQUIRED", "records[1].source_system"),
        (
            changed(source_record_id=None),
            "SOURCE_RECORD_ID_REQUIRED",
            "records[1].source_record_id",
        ),
    ],
)
@pytest.mark.parametrize("normalize", [True, False])
def test_a_record_without_its_key_refuses_all(
    client: Client, record: Any, code: str, where: str, normalize: bool
) -> None:
    body = {"records": [RECORD, record], "normalize": normalize}
    found = client.post(INGEST, json=body)
    assert found.status_code == 400
    assert (found.json()["detail"], found.json()["where"]) == (code, where)
    assert client.get("/api/v3/datasets").json()["items"] == []


def test_a_refused_cell_is_counted_and_the_record_kept(client: Client) -> None:
    bad = changed(source_record_id="2", financial={"debt": {"principal": "x"}})
    found = client.post(INGEST, json={"records": [RECORD, bad, RECORD]}).json()
    assert found["raw_records_written"] == 3
    assert found["data_quality"]["records_total"] == 3
    assert found["data_quality"]["duplicate_source_keys"] == 1
    assert "1 refused by duplicate_record" in found["data_quality"]["warnings"]


def test_a_strict_ingest_refuses_a_refused_cell(client: Client) -> None:
    bad = changed(source_record_id="2", financial={"debt": {"principal": "x"}})
    found = client.post(INGEST, json={"records": [RECORD, bad], "strict": True})
    assert (found.status_code, found.json()["detail"]) == (422, "DATASET_REFUSED")


def test_a_profile_is_one_of_the_built_in_ones(client: Client) -> None:
    found = client.post(INGEST, json={"records": [RECORD], "profile": "/etc/x.toml"})
    assert (found.status_code, found.json()["where"]) == (422, "profile")


def test_lifecycle_says_what_has_to_come_before(client: Client) -> None:
    made = client.post(INGEST, json={"records": [RECORD], "normalize": False}).json()
    version = made["dataset_version_id"]
    asked = {"dataset_version_id": version, "started_at": STARTED_AT}
    report = {"dataset_version_id": version, "run_id": "run_" + "0" * 26}
    reports = RUN.replace("/run", "/report")

    def code(path: str, body: Any) -> tuple[int, str]:
        found = client.post(path, json=body)
        return found.status_code, found.json()["detail"]

    assert code(RUN, asked) == (409, "NORMALIZED_RECORD_REQUIRED")
    assert code(reports, report) == (409, "NORMALIZE_NOT_COMPLETE")
    kept = client.post("/api/v3/normalize/commit", json={"dataset_version_id": version})
    assert kept.json()["dataset_version_id"] == version
    assert code(reports, report) == (409, "CALCULATE_NOT_COMPLETE")
    assert client.post(RUN, json=asked).status_code == 200


def test_the_same_body_has_the_same_answer_and_identifiers(client: Client) -> None:
    first = client.post(INGEST, json={"records": [RECORD]}).json()
    second = client.post(INGEST, json={"records": [RECORD]}).json()
    version = {"dataset_version_id": first["dataset_version_id"]}
    committed = client.post("/api/v3/normalize/commit", json=version).json()
    assert first["import_id"].startswith("im_")
    assert (first.pop("raw_records_written"), second.pop("raw_records_written")) == (1, 0)
    committed.pop("raw_records_written")
    assert first == second == committed


def audit(client: Client) -> list[tuple[str, str]]:
    """Action and subject of what was done to datasets, oldest first."""
    items = client.get("/api/v3/audit/logs", params={"outcome": "done"}).json()["items"]
    return [(item["action"], item["subject"]) for item in reversed(items)]


@pytest.mark.parametrize("later", ["commit", "ingest"])
def test_an_entry_of_the_audit_is_left_for_what_is_written_and_for_nothing_else(
    client: Client, later: str
) -> None:
    made = [
        client.post(INGEST, json={"records": [RECORD], "normalize": False}).json() for _ in range(2)
    ]
    version = made[0]["dataset_version_id"]
    assert audit(client) == [("dataset.ingest", version)]
    for _ in range(2):
        if later == "commit":
            client.post("/api/v3/normalize/commit", json={"dataset_version_id": version})
        else:
            client.post(INGEST, json={"records": [RECORD]})
    assert audit(client) == [("dataset.ingest", version), ("dataset.normalise", version)]


def test_an_ingest_and_its_entry_are_one_transaction(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("no entry", code="store_full")

    monkeypatch.setattr(ServiceWrites, "append_audit", refuse)
    found = client.post(INGEST, json={"records": [RECORD]})
    assert (found.status_code, found.json()["detail"]) == (507, "STORE_FULL")
    assert service.store.datasets("default") == []


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text_are_refused_as_those_of_a_body_or_a_file(
    client: Client, bad: bytes
) -> None:
    records = b"[%s, %s]" % (
        json.dumps(RECORD).encode(),
        json.dumps(changed(source_record_id="?")).encode().replace(b"?", bad),
    )
    for path in (INGEST, "/api/v3/normalize/validate"):
        found = client.post(path, content=b'{"records": %s}' % records)
        assert (found.status_code, found.json()["detail"]) == (400, "BODY_INVALID")
        assert found.json()["where"] == "records[1]"
    found = client.post(FILE, content=records, params={"filename": "a.json"})
    assert (found.status_code, found.json()["detail"]) == (400, "SOURCE_UNREADABLE")


@pytest.mark.parametrize("path", ["preview", "validate"])
@pytest.mark.parametrize(
    ("beside", "where"),
    [({"records": [7]}, "records"), ({"records": None}, "records"), ({"profile": "x"}, "profile")],
)
def test_beside_a_dataset_nothing_is_taken_that_would_not_be_read(
    client: Client, dataset: str, path: str, beside: dict[str, Any], where: str
) -> None:
    body = {"dataset_version_id": dataset, **beside}
    found = client.post(f"/api/v3/normalize/{path}", json=body)
    assert (found.status_code, found.json()["detail"]) == (422, "INVALID_INPUT")
    assert found.json()["where"] == where


@pytest.mark.parametrize(
    ("beside", "where"), [({"normalize": (None, "false")}, "normalize"), ({}, "file")]
)
def test_a_form_has_nothing_beside_its_file(
    client: Client, beside: dict[str, Any], where: str
) -> None:
    file = ("file", ("r.json", json.dumps([RECORD]).encode()))
    found = client.post(FILE, files=[file, *(beside.items() or [file])])
    assert (found.status_code, found.json()["detail"]) == (400, "BODY_INVALID")
    assert found.json()["where"] == where
    assert client.get("/api/v3/datasets").json()["items"] == []


def test_a_preview_shows_and_writes_nothing(client: Client) -> None:
    bad = changed(source_record_id="2", financial={"debt": {"principal": "x"}})
    found = client.post("/api/v3/normalize/preview", json={"records": [RECORD, bad]}).json()
    assert [row["source_record_id"] for row in found["records"]] == ["loan-1", "2"]
    assert found["rejects"][0]["field"] == "total_outstanding"
    judged = client.post("/api/v3/normalize/validate", json={"records": [RECORD, bad]}).json()
    assert (judged["valid"], judged["refusal_count"]) == (False, 1)
    assert client.get("/api/v3/datasets").json()["items"] == []


def test_a_dataset_that_was_written_is_validated(client: Client, dataset: str) -> None:
    found = client.post("/api/v3/normalize/validate", json={"dataset_version_id": dataset})
    assert found.json() == {"valid": True, "refusal_count": 0, "rejects": []}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.json", json.dumps([RECORD]).encode()),
        ("r.json", json.dumps({"records": [RECORD]}).encode()),
        ("r.ndjson", json.dumps(RECORD).encode() + b"\n"),
    ],
)
def test_a_file_of_records_is_the_same_dataset(
    client: Client, dataset: str, name: str, content: bytes
) -> None:
    form = client.post(FILE, files={"file": (name, content)})
    plain = client.post(FILE, content=content, params={"filename": name})
    made = {found.json()["dataset_version_id"] for found in (form, plain)}
    expected = client.post(INGEST, content=b'{"records":[' + json.dumps(RECORD).encode() + b"]}")
    assert made == {expected.json()["dataset_version_id"]}


def test_a_csv_file_is_read_by_its_media_type(client: Client) -> None:
    found = client.post(
        FILE,
        content=CSV,
        headers={"Content-Type": "text/csv; charset=utf-8"},
        params={"expected_checksum": sha256(CSV).hexdigest(), "source_system": "ledger"},
    )
    assert found.status_code == 200, found.text
    path = f"/api/v3/datasets/{found.json()['dataset_version_id']}/records"
    assert client.get(path).json()["items"][0]["source_system"] == "ledger"


@pytest.mark.parametrize(
    ("query", "content", "status", "code"),
    [
        ({"filename": "a.csv", "expected_checksum": "0" * 64}, CSV, 400, "FILE_CHECKSUM_MISMATCH"),
        ({"filename": "a.csv", "expected_checksum": "0"}, CSV, 400, "QUERY_INVALID"),
        ({"filename": "a.exe"}, CSV, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"filename": "a.csv.gz"}, CSV, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"filename": "a.csv"}, b"\x1f\x8b\x08\x00", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"filename": "../../a.json"}, b"[", 400, "SOURCE_UNREADABLE"),
        ({"filename": "a.json"}, b"", 400, "SOURCE_UNREADABLE"),
        ({}, CSV, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ],
)
def test_a_bad_file_is_refused(
    client: Client, query: dict[str, str], content: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    found = client.post(FILE, content=content, params=query, headers=headers)
    assert (found.status_code, found.json()["detail"]) == (status, code)
    assert "seawall-upload" not in found.text


@pytest.mark.parametrize(("said", "where"), [({"rows": -1}, "rows"), ({"row": 1}, "row")])
def test_of_a_preview_what_is_wrong_is_named(
    client: Client, said: dict[str, int], where: str
) -> None:
    found = client.post("/api/v3/normalize/preview", json={"records": [RECORD], **said})
    assert (found.status_code, found.json()["detail"]) == (422, "INVALID_INPUT")
    assert found.json()["where"] == where


@pytest.mark.parametrize(
    ("said", "status", "where"),
    [
        ({"headers": {"Content-Encoding": "gzip"}}, 415, "content-encoding"),
        ({"params": {"source_system": " "}}, 400, "source_system"),
    ],
)
def test_a_file_that_is_said_to_be_packed_or_of_nowhere_is_refused(
    client: Client, said: dict[str, Any], status: int, where: str
) -> None:
    said["params"] = {"filename": "book.csv", **said.get("params", {})}
    found = client.post("/api/v3/ingest-file", content=CSV, **said)
    assert (found.status_code, found.json()["where"]) == (status, where)
