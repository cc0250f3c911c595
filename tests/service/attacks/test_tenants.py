"""Nothing of a tenant is there for another: not on any route, under any of its identifiers."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from seawall.registry import ENGINES
from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from service.conftest import ASSUMED, RECORD, RUN, STARTED_AT, key_of

Client = TestClient[Litestar]

SIMULATION = f"/api/v3/engines/{ENGINES['debt_simulation'].wire_name}/run"

# What these name belongs to no tenant; the switch is the operator's, and told apart elsewhere.
OF_NO_TENANT = {"wire_name"}


@pytest.fixture
def app(service: Service, access: Access) -> Iterator[Client]:
    with TestClient(make_app(service, access=access)) as client:
        yield client


def as_tenant(access: Access, tenant: str) -> dict[str, str]:
    key = {"X-API-Key": key_of(access, tenant=tenant, name="all")}
    access.directory.refresh()
    return key


def made(app: Client, access: Access, headers: dict[str, str]) -> dict[str, Any]:
    """One of everything: its identifiers by the name that routes and bodies have for them."""
    app.headers.update(headers)
    dataset = app.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
    body = {"dataset_version_id": dataset["dataset_version_id"], "started_at": STARTED_AT}
    run = app.post(RUN, json=body).json()
    simulated = app.post(
        SIMULATION, json={**body, "parameters": {**ASSUMED, "scenario_count": 1_000}}
    ).json()
    key = app.post("/api/v3/keys", json={"name": "new", "roles": ["read"]}).json()
    job = app.post(RUN.replace("/run", "/jobs"), json=body).json()
    for name in headers:
        del app.headers[name]
    return {
        "dataset_version_id": body["dataset_version_id"],
        "run_id": run["run_id"],
        "simulation_id": simulated["run_id"],
        "finding_id": run["material_findings"][0]["id"],
        "evidence_id": run["debt_exposure_evidence_id"],
        "key_id": key["key_id"],
        "job_id": job["job_id"],
        "name": "scenarios",
        "record": "0",
        "scenario": "0",
        "token_id": "no-token",
    }


def operations(app: Litestar) -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    ]


def names_in(path: str) -> list[str]:
    return [part[1:-1].split(":")[0] for part in path.split("/") if part.startswith("{")]


def filled(path: str, known: dict[str, Any]) -> str:
    parts = [
        str(known[names_in(part)[0]]) if part.startswith("{") else part for part in path.split("/")
    ]
    return "/".join(parts)


# Bodies by the end of a path, that would do something for the tenant whose identifiers they hold.
BODIES: dict[str, dict[str, Any]] = {
    "what-if": {"changes": [{"kind": "remove", "source_record_id": "loan-1"}]},
    "reverse-stress": {"loss": 1.0},
    "sensitivities": {"bumps": [{"input": "lgd", "by": 0.1}]},
}


def test_no_route_shows_or_changes_what_another_tenant_has(app: Client, access: Access) -> None:
    ours, theirs = as_tenant(access, "default"), as_tenant(access, "other")
    known = made(app, access, ours)
    seen = 0
    for method, path in operations(app.app):
        names = names_in(path)
        if not names or set(names) & OF_NO_TENANT or "token_id" in names:
            continue
        for run_id in {known["run_id"], known["simulation_id"]} if "run_id" in names else {""}:
            values = {**known, "run_id": run_id}
            body = BODIES.get(path.rpartition("/")[2], {})
            found = app.request(method, filled(path, values), headers=theirs, json=body)
            # A body may be refused before anything is looked up; never is it done.
            allowed = {404} if method in ("GET", "DELETE") else {404, 400, 422}
            assert found.status_code in allowed, (method, path, found.text)
            told = found.json()
            assert set(told) == {"detail", "message", "where", "request_id"}
            # The same as for what never was, but for the identifier that the caller sent.
            never = {
                name: value[:-4] + "0000" if "_id" in name else value
                for name, value in values.items()
            }
            nothing = app.request(method, filled(path, never), headers=theirs, json=body)
            assert nothing.status_code == found.status_code, (method, path)
            assert nothing.json()["detail"] == told["detail"], (method, path)
            assert nothing.json()["message"] == told["message"], (method, path)
            seen += 1
    assert seen >= 20
    # And nothing has changed for whose it is.
    assert app.get(f"/api/v3/jobs/{known['job_id']}", headers=ours).json()["status"] != "cancelled"
    keys = app.get("/api/v3/keys", headers=ours).text
    assert known["key_id"] in keys


BY_BODY = [
    (RUN, ["dataset_version_id"]),
    (RUN.replace("/run", "/jobs"), ["dataset_version_id"]),
    (SIMULATION, ["dataset_version_id"]),
    (RUN.replace("/run", "/report"), ["dataset_version_id", "run_id"]),
    ("/api/v3/normalize/preview", ["dataset_version_id"]),
    ("/api/v3/normalize/validate", ["dataset_version_id"]),
    ("/api/v3/normalize/commit", ["dataset_version_id"]),
    ("/api/v3/runs/compare", ["before", "after"]),
]


def test_no_body_gets_at_what_another_tenant_has(app: Client, access: Access) -> None:
    ours, theirs = as_tenant(access, "default"), as_tenant(access, "other")
    known = made(app, access, ours)
    known |= {"before": known["simulation_id"], "after": known["simulation_id"]}
    for path, names in BY_BODY:
        body = {name: known[name] for name in names}
        if path.endswith(("/run", "/jobs")):
            body["started_at"] = STARTED_AT
        assert app.post(path, headers=ours, json=body).status_code != 404, path
        assert app.post(path, headers=theirs, json=body).status_code == 404, path


def test_no_filter_gets_at_what_another_tenant_has(app: Client, access: Access) -> None:
    ours, theirs = as_tenant(access, "default"), as_tenant(access, "other")
    known = made(app, access, ours)
    for path in ("runs", "findings", "evidence", "links"):
        for name in ("dataset_version_id", "run_id", "finding_id"):
            asked = f"/api/v3/{path}?{name}={known[name]}"
            found = app.get(asked, headers=theirs)
            if app.get(asked, headers=ours).status_code == 400:
                assert found.status_code == 400, asked  # no filter of this list
            else:
                assert found.status_code == 404 or found.json()["items"] == [], asked


def test_the_same_records_of_two_tenants_are_two_datasets(app: Client, access: Access) -> None:
    """Identifiers come of the content; a tenant is told nothing by them."""
    known = [made(app, access, as_tenant(access, tenant)) for tenant in ("default", "other")]
    for name in ("dataset_version_id", "run_id", "finding_id", "evidence_id", "simulation_id"):
        assert known[0][name] != known[1][name]


def test_a_page_of_one_tenant_does_not_go_on_in_another(app: Client, access: Access) -> None:
    ours, theirs = as_tenant(access, "default"), as_tenant(access, "other")
    made(app, access, ours)
    for path in ("datasets", "runs", "findings", "evidence", "jobs", "keys", "audit/logs"):
        first = app.get(f"/api/v3/{path}?limit=1", headers=ours).json()
        token = first.get("continuation") if isinstance(first, dict) else None
        if token is not None:
            found = app.get(f"/api/v3/{path}?continuation={token}", headers=theirs)
            assert found.status_code == 400 or all(
                item.get("tenant", "other") == "other" for item in found.json()["items"]
            )
            if path not in ("audit/logs", "keys"):
                assert found.json()["items"] == []
