"""Who may do what, asked of every route of the application: roles, credentials and tenants."""

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

# Whoever adds a route for everybody says so here.
PUBLIC = {
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/"),
    ("GET", "/page/{name:str}"),
}
# These let in any credential of one kind.
BY_CREDENTIAL = {("POST", "/auth/token"): "api_key", ("POST", "/auth/revoke"): "token"}

# What these do concerns every tenant.
FOR_EVERY_TENANT = {
    ("PUT", "/api/v3/engine-registry/{wire_name:str}/switch"),
    ("GET", "/metrics"),
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


def routes(app: Litestar) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and what the route states, of every operation."""
    return [
        (method, route.path, handler.opt)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    ]


def filled(path: str, **values: str) -> str:
    """A path with something in place of each of its parameters."""
    parts = [
        values.get(part[1:-1].split(":")[0], "0") if part.startswith("{") else part
        for part in path.split("/")
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


def test_only_the_listed_routes_are_for_everybody(guest: Client) -> None:
    public = {(method, path) for method, path, opt in routes(guest.app) if opt.get("public")}
    assert public == PUBLIC


def test_nobody_without_a_credential_passes_any_other_route(guest: Client) -> None:
    for method, path, _ in routes(guest.app):
        if (method, path) not in PUBLIC:
            assert ask(guest, method, path) == 401, (method, path)


@pytest.mark.parametrize("tenant", ["default", "other"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_routes_and_no_others(
    guest: Client, access: Access, role: str, tenant: str
) -> None:
    for kind, headers in credentials(access, guest, role, tenant).items():
        asked = [found for found in routes(guest.app) if found[:2] != ("POST", "/auth/revoke")]
        assert len(asked) >= 15
        for method, path, opt in asked:
            status = ask(guest, method, path, **headers)
            demanded = BY_CREDENTIAL.get((method, path))
            opens = (method, path) in PUBLIC or opt.get("role") == role or demanded == kind
            if (method, path) in FOR_EVERY_TENANT:
                opens = opens and tenant == "default"
            assert (status not in (401, 403)) == opens, (method, path, kind, status)
            assert status < 500, (method, path)


def test_the_routes_that_change_who_may_what_are_the_admins(guest: Client) -> None:
    stated = {(method, path): opt.get("role") for method, path, opt in routes(guest.app)}
    for operation in (
        ("POST", "/api/v3/keys"),
        ("GET", "/api/v3/keys"),
        ("POST", "/api/v3/keys/{key_id:str}/revoke"),
        ("POST", "/auth/revoke/{token_id:str}"),
    ):
        assert stated[operation] == "admin"


def test_a_route_that_changes_something_is_not_for_readers(guest: Client) -> None:
    writing = {
        (method, path): opt.get("role")
        for method, path, opt in routes(guest.app)
        # A report is a question with a body.
        if method != "GET" and not path.endswith("/report") and (method, path) not in BY_CREDENTIAL
    }
    assert writing
    assert set(writing.values()) <= {"admin", "execute", "ingest"}


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
    for method, path, _ in routes(guest.app):
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
    for method, path, _ in routes(guest.app):
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
