"""Who may do what, asked of every route of the application: roles, credentials and tenants."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar, WebSocket, get, websocket
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from seawall.errors import InvalidInput
from seawall.service import Service, make_app
from seawall.service.access.doors import Access, AccessOptions, open_access
from seawall.service.access.rate_limit import Rate
from seawall.service.access.roles import ROLES, check_routes
from service.conftest import RECORD, RUN, STARTED_AT, key_of

Client = TestClient[Litestar]

_ENGINES = [f"/api/v3/engines/distressed-asset-debt-{name}" for name in ("stress", "simulation")]

# Who may what, written out: whoever adds a route or gives it another role says so here too.
OPENED_BY = {
    "nobody in particular": {
        "GET /",
        "GET /docs",
        "GET /health",
        "GET /openapi.json",
        "GET /page/{name}",
    },
    "any API key": {"POST /auth/token"},
    "any token": {"POST /auth/revoke"},
    "admin": {
        "GET /api/v3/audit/logs",
        "GET /api/v3/audit/logs/export",
        "GET /api/v3/keys",
        "POST /api/v3/keys",
        "POST /api/v3/keys/{key_id}/revoke",
        "POST /auth/revoke/{token_id}",
        "PUT /api/v3/engine-registry/{wire_name}/switch",
    },
    "execute": {
        *(f"POST {engine}/{asked}" for engine in _ENGINES for asked in ("run", "jobs")),
        "DELETE /api/v3/jobs/{job_id}",
        "GET /api/v3/runs/{run_id}/contributions",
        "GET /api/v3/runs/{run_id}/scenarios/{scenario}",
        "GET /api/v3/runs/{run_id}/worst-scenarios",
        "POST /api/v3/runs/compare",
        "POST /api/v3/runs/{run_id}/reverse-stress",
        "POST /api/v3/runs/{run_id}/sensitivities",
        "POST /api/v3/runs/{run_id}/what-if",
        "POST /api/v3/verify/jobs",
    },
    "ingest": {
        "POST /api/v3/ingest-file",
        "POST /api/v3/ingest-records",
        "POST /api/v3/normalize/commit",
        "POST /api/v3/normalize/preview",
        "POST /api/v3/normalize/validate",
    },
    "read": {
        *(f"GET {engine}/health" for engine in _ENGINES),
        *(f"POST {engine}/report" for engine in _ENGINES),
        "GET /api/v3/datasets",
        "GET /api/v3/datasets/{dataset_version_id}",
        "GET /api/v3/datasets/{dataset_version_id}/records",
        "GET /api/v3/datasets/{dataset_version_id}/records/{record}",
        "GET /api/v3/datasets/{dataset_version_id}/rejects",
        "GET /api/v3/engine-registry/enabled",
        "GET /api/v3/evidence",
        "GET /api/v3/evidence/{evidence_id}",
        "GET /api/v3/findings",
        "GET /api/v3/findings/{finding_id}",
        "GET /api/v3/findings/{finding_id}/trace",
        "GET /api/v3/jobs",
        "GET /api/v3/jobs/{job_id}",
        "GET /api/v3/jobs/{job_id}/result",
        "GET /api/v3/links",
        "GET /api/v3/runs",
        "GET /api/v3/runs/{run_id}",
        "GET /api/v3/runs/{run_id}/evidence-names",
        "GET /api/v3/runs/{run_id}/tables/{name}",
        "GET /metrics",
    },
}
WHO_OPENS = {operation: who for who, all_of in OPENED_BY.items() for operation in all_of}
PUBLIC = OPENED_BY["nobody in particular"]

# What these do concerns every tenant.
FOR_EVERY_TENANT = {
    "PUT /api/v3/engine-registry/{wire_name}/switch",
    "GET /metrics",
}


@pytest.fixture
def access(service: Service, tmp_path: Any) -> Access:
    """Doors that the matrix, which is mostly refusals, does not meet shut."""
    options = AccessOptions(failure_rate=Rate(per_second=1e6, burst=1_000_000))
    return open_access(service.store, options, beside=tmp_path / "service.db")


@pytest.fixture
def guest(service: Service, access: Access) -> Iterator[Client]:
    """A client without a credential."""
    key_of(access, name="somebody")
    with TestClient(make_app(service, access=access)) as client:
        yield client


def operations(client: Client) -> dict[str, dict[str, Any]]:
    """What the OpenAPI document says of every operation, by method and path."""
    return {
        f"{method.upper()} {path}": said
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for method, said in methods.items()
    }


def routes(client: Client) -> list[tuple[str, str]]:
    """Method and path of every operation of the OpenAPI document."""
    return [(method, path) for method, path in map(str.split, operations(client))]


def filled(path: str, **values: str) -> str:
    """A path with something in place of each of its parameters."""
    parts = [
        values.get(part[1:-1], "0") if part.startswith("{") else part for part in path.split("/")
    ]
    return "/".join(parts)


def ask(client: Client, method: str, path: str, **headers: str) -> int:
    asked = client.request(method, filled(path), headers=headers, json={})
    assert asked.headers["x-content-type-options"] == "nosniff"
    return asked.status_code


def credentials(access: Access, client: Client, role: str, tenant: str) -> dict[str, Any]:
    key = key_of(access, role, tenant=tenant, name=f"only {role}")
    access.directory.refresh()
    token = client.post("/auth/token", headers={"X-API-Key": key}).json()["access_token"]
    return {"api_key": {"X-API-Key": key}, "token": {"Authorization": f"Bearer {token}"}}


def test_every_route_is_in_the_document_and_in_the_table(guest: Client) -> None:
    served = {
        f"{method} {re.sub(r':[a-z]+}', '}', route.path)}"
        for route in guest.app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    }
    assert served == operations(guest).keys() == WHO_OPENS.keys()


def test_the_document_says_who_opens_a_route(guest: Client) -> None:
    by_security = {"[]": "nobody in particular", "api_key": "any API key", "token": "any token"}
    for operation, said in operations(guest).items():
        demanded = said.get("x-required-role")
        if demanded is None:
            security = said["security"]
            demanded = by_security["".join(security[0]) if security else "[]"]
        else:
            assert said["security"] == [{"api_key": []}, {"token": []}], operation
        assert demanded == WHO_OPENS[operation], operation
        for_all = said.get("x-operator-tenant-only", False)
        assert for_all == (operation in FOR_EVERY_TENANT), operation


def test_nobody_without_a_credential_passes_any_other_route(guest: Client) -> None:
    for method, path in routes(guest):
        if f"{method} {path}" not in PUBLIC:
            assert ask(guest, method, path) == 401, (method, path)


@pytest.mark.parametrize("tenant", ["default", "other"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_routes_and_no_others(
    guest: Client, access: Access, role: str, tenant: str
) -> None:
    for kind, headers in credentials(access, guest, role, tenant).items():
        opening = {"nobody in particular", role, "any token" if kind == "token" else "any API key"}
        asked = [found for found in routes(guest) if found != ("POST", "/auth/revoke")]
        assert len(asked) == len(WHO_OPENS) - 1
        for method, path in asked:
            operation = f"{method} {path}"
            status = ask(guest, method, path, **headers)
            opens = WHO_OPENS[operation] in opening
            if operation in FOR_EVERY_TENANT:
                opens = opens and tenant == "default"
            assert (status not in (401, 403)) == opens, (operation, kind, status)
            assert status < 500, operation


def test_what_a_tenant_has_is_not_there_for_another(guest: Client, access: Access) -> None:
    """With its identifiers, another tenant gets the very answers of things that never were."""
    ours, theirs = (
        {"X-API-Key": key_of(access, tenant=tenant, name="all")} for tenant in ("default", "other")
    )
    access.directory.refresh()
    dataset = guest.post("/api/v3/ingest-records", headers=ours, json={"records": [RECORD]})
    body = {
        "dataset_version_id": dataset.json()["dataset_version_id"],
        "started_at": STARTED_AT,
        "parameters": {},
    }
    run = guest.post(RUN, headers=ours, json=body).json()
    known = {
        "dataset_version_id": body["dataset_version_id"],
        "run_id": run["run_id"],
        "finding_id": run["material_findings"][0]["id"],
        "evidence_id": run["debt_exposure_evidence_id"],
        "key_id": access.store.api_keys("default")[0].key_id,
        "record_index": "0",
        "record": "0",
    }
    seen = 0
    for method, path in routes(guest):
        if method != "GET" or "{" not in path or "engines/" in path:
            continue
        if guest.get(filled(path, **known), headers=ours).status_code == 200:
            seen += 1
            answers = [
                guest.get(filled(path, **known), headers=theirs),
                guest.get(filled(path, **{**known, **_never(known)}), headers=theirs),
            ]
            assert [found.status_code for found in answers] == [404, 404], path
            told = [
                {k: v for k, v in found.json().items() if k in ("detail", "message")}
                for found in answers
            ]
            assert told[0] == told[1], path
    assert seen >= 5
    refused = guest.post(RUN, headers=theirs, json=body)
    assert (refused.status_code, refused.json()["detail"]) == (404, "DATASET_VERSION_NOT_FOUND")


def _never(known: dict[str, str]) -> dict[str, str]:
    """The same identifiers, of nothing."""
    return {name: value[:3] + "0" * 26 for name, value in known.items() if "_" in value}


def test_lists_hold_nothing_of_another_tenant(guest: Client, access: Access) -> None:
    ours, theirs = (
        {"X-API-Key": key_of(access, tenant=tenant, name="all")} for tenant in ("default", "other")
    )
    access.directory.refresh()
    made = guest.post("/api/v3/ingest-records", headers=ours, json={"records": [RECORD]})
    version = made.json()["dataset_version_id"]
    mine = guest.get("/api/v3/datasets", headers=ours).text
    identifier = access.store.api_keys("default")[-1].key_id
    for method, path in routes(guest):
        if method == "GET" and "{" not in path:
            text = guest.get(path, headers=theirs).text
            assert version not in text, path
            assert identifier not in text, path
    assert version in mine


def test_an_unknown_path_is_not_told_to_strangers(guest: Client, access: Access) -> None:
    key = {"X-API-Key": key_of(access, "read")}
    access.directory.refresh()
    known = guest.get("/api/v3/datasets")
    for method, path in (("GET", "/nope"), ("GET", "/api/v3/keys/x/y"), ("PATCH", "/health")):
        strange = guest.request(method, path)
        assert strange.status_code == 401
        told = [found.json() for found in (known, strange)]
        assert told[0]["message"] == told[1]["message"]
        assert set(strange.headers) == set(known.headers)
        assert guest.request(method, path, headers=key).status_code in (404, 405)


@pytest.mark.parametrize(
    "path",
    [
        "//api/v3/keys",
        "/api/v3/keys/",
        "/api/v3/./keys",
        "/api/v3/%6beys",
        "/api/v3/keys%00",
        "/api/v3/keys%0d%0aX-API-Key:%20x",
        "/health/../api/v3/keys",
        "/health%2f..%2fapi/v3/keys",
        "/health;/api/v3/keys",
        "/API/V3/KEYS",
    ],
)
def test_no_spelling_of_a_path_goes_around_the_doors(guest: Client, path: str) -> None:
    tricks = {
        "X-HTTP-Method-Override": "OPTIONS",
        "X-Original-URL": "/health",
        "X-Rewrite-URL": "/health",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Prefix": "/health",
    }
    assert guest.get(path, headers=tricks).status_code == 401


def test_a_refused_unknown_path_keeps_its_request_id(guest: Client) -> None:
    found = guest.get("/nope", headers={"X-Request-ID": "mine-1"})
    assert found.headers["x-request-id"] == found.json()["request_id"] == "mine-1"


def test_options_are_for_whoever_has_a_credential(guest: Client, access: Access) -> None:
    key = {"X-API-Key": key_of(access, "ingest")}
    access.directory.refresh()
    assert guest.options("/api/v3/keys").status_code == 401
    assert guest.options("/api/v3/keys", headers=key).status_code == 204


def test_every_answer_has_the_security_headers(guest: Client) -> None:
    for found in (guest.get("/health"), guest.get("/api/v3/keys"), guest.get("/nope")):
        assert found.headers["content-security-policy"].startswith("default-src 'none'")
        assert found.headers["x-frame-options"] == "DENY"
        assert found.headers["referrer-policy"] == "no-referrer"
        assert found.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in found.headers


@pytest.mark.parametrize(
    "opt",
    [
        {},
        {"public": False},
        {"role": "root"},
        {"role": ""},
        {"credential": "cookie"},
        {"public": True, "role": "read"},
        {"role": "read", "credential": "token"},
        {"public": True, "operator": True},
        {"role": "admin", "operator": "yes"},
    ],
)
def test_an_application_with_a_route_that_states_nothing_sound_does_not_start(
    opt: dict[str, Any],
) -> None:
    @get("/open", opt=opt)
    async def opened() -> None: ...

    with pytest.raises(InvalidInput) as caught:
        check_routes(Litestar([opened], openapi_config=None).routes)
    assert (caught.value.code, caught.value.where) == ("route_unguarded", "GET /open")


def test_an_application_with_a_websocket_does_not_start() -> None:
    @websocket("/socket", opt={"role": "read"})
    async def opened(socket: WebSocket) -> None: ...

    with pytest.raises(InvalidInput) as caught:
        check_routes(Litestar([opened], openapi_config=None).routes)
    assert caught.value.code == "route_unguarded"


def test_a_problem_of_the_doors_has_the_shape_of_all_problems(guest: Client) -> None:
    found = msgspec.json.decode(guest.get("/api/v3/keys").content)
    assert set(found) == {"detail", "message", "where", "request_id"}
