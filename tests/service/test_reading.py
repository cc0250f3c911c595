"""The read side: lists in pages, single things, and the way back of every figure."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from seawall.service.pages import _filters
from seawall.service.routes.audit import AuditQuery
from seawall.service.routes.datasets import RowsQuery
from service.conftest import RECORD, RUN, STARTED_AT, Client


@pytest.fixture
def run(client: Client, dataset: str) -> dict[str, Any]:
    found = client.post(RUN, json={"dataset_version_id": dataset, "started_at": STARTED_AT})
    answer: dict[str, Any] = found.json()
    return answer


def everything(client: Client, path: str, **filters: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    token = {}
    while True:
        page = client.get(path, params={**filters, **token}).json()
        items += page["items"]
        if page["continuation"] is None:
            return items
        token = {"continuation": page["continuation"]}


def test_pages_put_together_are_the_whole_list(client: Client, run: dict[str, Any]) -> None:
    whole = everything(client, "/api/v3/evidence", run_id=run["run_id"])
    assert len(whole) == 5  # exposure, three scenarios, audit trail
    for limit in (1, 2, 3):
        assert everything(client, "/api/v3/evidence", run_id=run["run_id"], limit=limit) == whole


def test_a_list_without_a_run_goes_through_all_of_it(client: Client, run: dict[str, Any]) -> None:
    assert len(everything(client, "/api/v3/findings", limit=3)) == 4


def test_filters_choose_findings(client: Client, run: dict[str, Any]) -> None:
    material = everything(client, "/api/v3/findings", is_material="true", limit=1)
    assert {f["id"] for f in material} == {f["id"] for f in run["material_findings"]}
    assert everything(client, "/api/v3/findings", category="none") == []


def test_only_the_fields_that_were_asked_for_are_answered(
    client: Client, run: dict[str, Any]
) -> None:
    items = everything(client, "/api/v3/findings", fields="id,value")
    assert {tuple(item) for item in items} == {("id", "value")}


@pytest.mark.parametrize(
    "path",
    [
        "findings",
        "findings/{finding}",
        "runs/{run}",
        "runs/{run}/evidence-names",
        "runs/{run}/tables/records",
        "datasets/{dataset}/records",
        "datasets/{dataset}/rejects",  # of which there are none
        "jobs",  # the same
        "audit/logs",
    ],
)
def test_a_field_that_nothing_can_have_is_refused_of_what_is_empty_too(
    client: Client, run: dict[str, Any], path: str
) -> None:
    place = path.format(
        finding=run["material_findings"][0]["id"],
        run=run["run_id"],
        dataset=run["dataset_version_id"],
    )
    found = client.get(f"/api/v3/{place}", params={"fields": "nothing"})
    told = found.json()
    assert (found.status_code, told["detail"], told["where"]) == (400, "QUERY_INVALID", "fields")


def test_a_field_that_only_some_have_is_absent_of_the_others(
    client: Client, run: dict[str, Any]
) -> None:
    whole = everything(client, "/api/v3/findings")
    some = [finding for finding in whole if "scenario_id" in finding]
    assert 0 < len(some) < len(whole)
    chosen = everything(client, "/api/v3/findings", fields="id,scenario_id")
    assert chosen == [
        {name: finding[name] for name in ("id", "scenario_id") if name in finding}
        for finding in whole
    ]
    (other, *_) = (finding["id"] for finding in whole if "scenario_id" not in finding)
    assert client.get(f"/api/v3/findings/{other}", params={"fields": "scenario_id"}).json() == {}


@pytest.mark.parametrize("token", ["x", "AAAA", "AAAAAAAAAAAAAAAA", "é"])
def test_a_token_of_another_list_is_refused(
    client: Client, run: dict[str, Any], token: str
) -> None:
    found = client.get("/api/v3/findings", params={"continuation": token})
    assert (found.status_code, found.json()["detail"]) == (400, "CONTINUATION_INVALID")


@pytest.mark.parametrize("path", ["datasets/{}/records", "audit/logs"])
@pytest.mark.parametrize("number", ["²", "-1", "x", "9" * 40])
def test_a_made_up_place_in_a_numbered_list_is_refused(
    client: Client, dataset: str, run: dict[str, Any], path: str, number: str
) -> None:
    path = "/api/v3/" + path.format(dataset)
    client.post("/api/v3/ingest-records", json={"records": [{**RECORD, "source_record_id": "2"}]})
    query, of = (RowsQuery(), path) if "records" in path else (AuditQuery(), "")
    forged = urlsafe_b64encode(_filters(query, of) + number.encode()).decode().rstrip("=")
    found = client.get(path, params={"continuation": forged})
    assert (found.status_code, found.json()["detail"]) == (400, "CONTINUATION_INVALID")


def test_a_token_of_another_datasets_rows_is_refused(client: Client) -> None:
    paths = []
    for name in ("a", "b"):
        records = [{**RECORD, "source_record_id": f"{name}{number}"} for number in range(2)]
        made = client.post("/api/v3/ingest-records", json={"records": records}).json()
        paths.append(f"/api/v3/datasets/{made['dataset_version_id']}/records")
    token = client.get(paths[0], params={"limit": 1}).json()["continuation"]
    assert client.get(paths[0], params={"continuation": token}).status_code == 200
    found = client.get(paths[1], params={"continuation": token})
    assert (found.status_code, found.json()["detail"]) == (400, "CONTINUATION_INVALID")


def test_a_token_under_other_filters_is_refused(client: Client, run: dict[str, Any]) -> None:
    token = client.get("/api/v3/findings", params={"limit": 1}).json()["continuation"]
    found = client.get("/api/v3/findings", params={"continuation": token, "category": "x"})
    assert found.json()["detail"] == "CONTINUATION_INVALID"


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "more=1", "limit=1&limit=2", "fields=%FF"])
def test_a_query_that_says_something_else_is_refused(client: Client, query: str) -> None:
    found = client.get(f"/api/v3/datasets?{query}")
    assert (found.status_code, found.json()["detail"]) == (400, "QUERY_INVALID")


@pytest.mark.parametrize(
    ("begin", "end", "is_shown"),
    [
        (STARTED_AT, None, True),
        (None, STARTED_AT, False),
        ("2026-01-01T00:00:00.000001Z", None, False),
        (None, "2026-01-01T00:00:00.000001Z", True),
        ("2026-01-01T01:00:00+01:00", "2026-01-01T01:00:01+01:00", True),
        ("2026-01-01T00:00:00-01:00", None, False),
        (None, None, True),
    ],
)
def test_runs_of_a_time_are_listed_from_its_first_moment_to_before_its_last(
    client: Client, run: dict[str, Any], begin: str | None, end: str | None, is_shown: bool
) -> None:
    named = {"started_from": begin, "started_to": end}
    given = {name: time for name, time in named.items() if time is not None}
    shown = [row["run_id"] for row in everything(client, "/api/v3/runs", **given)]
    assert shown == ([run["run_id"]] if is_shown else [])


def test_datasets_of_a_time_are_those_made_in_it(client: Client, dataset: str) -> None:
    (made,) = everything(client, "/api/v3/datasets")
    path, at = "/api/v3/datasets", made["created_at"]
    assert everything(client, path, created_from=at) == [made]
    assert everything(client, path, created_to=at) == []


@pytest.mark.parametrize("time", ["yesterday", "2026-01-01", "2026-01-01T00:00:00", ""])
@pytest.mark.parametrize("name", ["datasets?created_to", "runs?started_from"])
def test_what_is_no_time_is_no_filter(client: Client, name: str, time: str) -> None:
    found = client.get(f"/api/v3/{name}={time}")
    told = found.json()
    where = name.partition("?")[2]
    assert (found.status_code, told["detail"], told["where"]) == (400, "QUERY_INVALID", where)


def test_a_finding_leads_back_to_its_source_row(client: Client, run: dict[str, Any]) -> None:
    finding = run["material_findings"][0]
    trace = client.get(f"/api/v3/findings/{finding['id']}/trace").json()
    assert trace["record"]["proved"] is True
    assert '"loan-1"' in trace["record"]["source_text"]
    assert trace["evidence"][0]["evidence_id"] == finding["evidence_id"]
    links = everything(client, "/api/v3/links", finding_id=finding["id"])
    assert [link["evidence_id"] for link in links] == [finding["evidence_id"]]


def test_evidence_is_hashed_again(client: Client, run: dict[str, Any]) -> None:
    found = client.get(f"/api/v3/evidence/{run['debt_exposure_evidence_id']}").json()
    assert found["intact"] is True
    assert found["kind"] == "debt_exposure"


def test_a_dataset_tells_its_records_and_refusals(client: Client) -> None:
    bad = {**RECORD, "source_record_id": "loan-2", "financial": {"debt": {"principal": "x"}}}
    made = client.post("/api/v3/ingest-records", json={"records": [RECORD, bad]}).json()
    path = f"/api/v3/datasets/{made['dataset_version_id']}"
    assert client.get(path).json()["record_count"] == 2
    rows = everything(client, f"{path}/records", limit=1)
    assert [row["source_record_id"] for row in rows] == ["loan-1", "loan-2"]
    rejects = everything(client, f"{path}/rejects")
    assert [(row["record"], row["field"]) for row in rejects] == [(1, "total_outstanding")]
    assert client.get(f"{path}/records/1").json()["proved"] is True
    assert client.get(f"{path}/records/2").json()["detail"] == "NOT_FOUND"


def test_a_run_is_read_again_with_its_tables(client: Client, run: dict[str, Any]) -> None:
    path = f"/api/v3/runs/{run['run_id']}"
    assert client.get(path).json()["result"]["stress_tests"] == run["report"]["stress_tests"]
    rows = everything(client, f"{path}/tables/records")
    assert [row["source_record_id"] for row in rows] == ["loan-1"]
    listed = everything(client, "/api/v3/runs", engine="debt_stress")
    assert [row["run_id"] for row in listed] == [run["run_id"]]
    assert everything(client, "/api/v3/runs", engine="debt_simulation") == []


@pytest.mark.parametrize(
    ("path", "where", "known"),
    [
        ("runs", "engine", "debt_stress"),
        ("evidence", "engine", "debt_stress"),
        ("evidence", "kind", "debt_exposure"),
        ("jobs", "status", "queued"),
    ],
)
def test_a_filter_of_a_closed_set_refuses_what_is_not_in_it(
    client: Client, path: str, where: str, known: str
) -> None:
    assert client.get(f"/api/v3/{path}", params={where: known}).status_code == 200
    found = client.get(f"/api/v3/{path}", params={where: "nothing"})
    told = found.json()
    assert (found.status_code, told["detail"], told["where"]) == (400, "QUERY_INVALID", where)
    assert known in told["message"]


def test_evidence_is_filtered_by_its_engine_and_its_kind(
    client: Client, run: dict[str, Any]
) -> None:
    assert len(everything(client, "/api/v3/evidence", engine="debt_stress")) == 5
    assert everything(client, "/api/v3/evidence", engine="debt_simulation") == []
    (trail,) = everything(client, "/api/v3/evidence", kind="audit_trail")
    assert trail["kind"] == "audit_trail"


def test_links_of_a_finding_and_a_run_are_those_of_both(
    client: Client, run: dict[str, Any]
) -> None:
    record = {**RECORD, "source_record_id": "loan-2"}
    made = client.post("/api/v3/ingest-records", json={"records": [record]}).json()
    body = {"dataset_version_id": made["dataset_version_id"], "started_at": STARTED_AT}
    other = client.post(RUN, json=body).json()
    finding, path = run["material_findings"][0]["id"], "/api/v3/links"
    of_finding = everything(client, path, finding_id=finding)
    assert everything(client, path, finding_id=finding, run_id=run["run_id"]) == of_finding != []
    assert everything(client, path, finding_id=finding, run_id=other["run_id"]) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("datasets/dv_x", "DATASET_VERSION_NOT_FOUND"),
        ("runs/run_x", "RUN_NOT_FOUND"),
        ("findings/fi_x", "FINDING_NOT_FOUND"),
        ("findings/fi_x/trace", "FINDING_NOT_FOUND"),
        ("evidence/ev_x", "EVIDENCE_NOT_FOUND"),
        ("links?finding_id=fi_x", "FINDING_NOT_FOUND"),
        ("findings?run_id=run_x", "RUN_NOT_FOUND"),
    ],
)
def test_what_is_not_there_is_not_found_by_its_kind(client: Client, path: str, code: str) -> None:
    found = client.get(f"/api/v3/{path}")
    assert (found.status_code, found.json()["detail"]) == (404, code)
