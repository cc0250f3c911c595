from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from seawall.service import Service, make_app
from seawall.service.access.doors import Access, AccessOptions, Clocks, open_access
from seawall.store.types import ApiKey
from service.conftest import key_of

Client = TestClient[Litestar]
DATASETS = "/api/v3/datasets"


@pytest.fixture
def guest(service: Service, access: Access) -> Iterator[Client]:
    with TestClient(make_app(service, access=access)) as client:
        yield client


def key(access: Access, *roles: str, tenant: str = "default") -> dict[str, str]:
    shown = key_of(access, *roles, tenant=tenant)
    access.directory.refresh()
    return {"X-API-Key": shown}


def kept_key(access: Access, role: str) -> ApiKey:
    (found,) = [kept for kept in access.store.api_keys(None) if kept.roles == (role,)]
    return found


def login(client: Client, holder: dict[str, str], body: Any = None) -> dict[str, Any]:
    found = client.post("/auth/token", headers=holder, json=body or {})
    assert found.status_code == 200
    return dict(found.json())


def bearer(told: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {told['access_token']}"}


def audited(access: Access, action: str) -> list[Any]:
    entries = access.store.all_audit()  # type: ignore[attr-defined]
    return [entry for entry in entries if entry.action == action]


def test_a_key_is_exchanged_for_a_token_of_fifteen_minutes(guest: Client, access: Access) -> None:
    holder = key(access, "read", "ingest")
    told = login(guest, holder)
    assert told["token_type"] == "Bearer"  # noqa: S105
    assert 895 <= told["expires_in"] <= 900
    assert told["roles"] == ["ingest", "read"]
    assert guest.get(DATASETS, headers=bearer(told)).status_code == 200


def test_the_body_of_a_login_may_be_left_out(guest: Client, access: Access) -> None:
    assert guest.post("/auth/token", headers=key(access, "read")).json()["roles"] == ["read"]


def test_a_token_may_have_fewer_roles_than_its_key(guest: Client, access: Access) -> None:
    told = login(guest, key(access, "read", "ingest"), {"roles": ["ingest"]})
    assert told["roles"] == ["ingest"]
    assert guest.get(DATASETS, headers=bearer(told)).status_code == 403


def test_a_token_has_no_role_that_its_key_has_not(guest: Client, access: Access) -> None:
    holder = key(access, "read")
    found = guest.post("/auth/token", headers=holder, json={"roles": ["read", "admin"]})
    assert (found.status_code, found.json()["detail"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    "body", [b'{"roles":[]}', b'{"roles":["x"]}', b'{"role":["read"]}', b"[", b'{"roles":1}']
)
def test_a_login_with_a_wrong_body_is_refused(guest: Client, access: Access, body: bytes) -> None:
    found = guest.post("/auth/token", headers=key(access, "read"), content=body)
    assert found.status_code in (400, 422)


def test_a_token_is_not_exchanged_for_another(guest: Client, access: Access) -> None:
    told = login(guest, key(access, "read"))
    assert guest.post("/auth/token", headers=bearer(told)).status_code == 403


def ending(access: Access, *, after_s: float) -> dict[str, str]:
    """Keep a key that ends so soon."""
    from seawall.service.access.keys import new_key
    from seawall.service.access.times import utc_text

    now = access.clocks.now()
    shown, kept = new_key(
        "default",
        "brief",
        ["read"],
        secret=access.hash_secret,
        created_at=utc_text(now - 60),
        created_by="test",
        expires_at=utc_text(now + after_s),
    )
    access.store.submit(lambda tx: tx.put_api_key(kept)).result()
    access.directory.refresh()
    return {"X-API-Key": shown}


def test_a_token_does_not_outlive_its_key(guest: Client, access: Access) -> None:
    assert login(guest, ending(access, after_s=60))["expires_in"] <= 60


def test_a_key_in_its_last_second_gets_no_token_that_is_dead(
    service: Service, tmp_path: Path
) -> None:
    noon = SimpleNamespace(now=1_767_268_800.0)
    clocks = Clocks(now=lambda: noon.now)
    access = open_access(
        service.store, AccessOptions(), beside=tmp_path / "service.db", clocks=clocks
    )
    with TestClient(make_app(service, access=access)) as guest:
        holder = ending(access, after_s=3.25)
        told = login(guest, holder)
        assert told["expires_in"] == 3
        noon.now += 2.5
        assert guest.get(DATASETS, headers=holder).status_code == 200
        found = guest.post("/auth/token", headers=holder)
        assert (found.status_code, found.json()["detail"]) == (401, "AUTH_INVALID")
        assert found.headers["www-authenticate"] == 'Bearer realm="seawall"'
        assert len(audited(access, "login")) == 1
        service.store.submit(lambda _: None).result()  # refusals are not waited for
        (entry,) = audited(access, "access")
        assert msgspec.json.decode(entry.detail)["reason"] == "expired"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000Z"),
        ("9999-12-31T23:59:59+14:00", "9999-12-31T09:59:59.000000Z"),
    ],
)
def test_a_key_may_end_with_the_year_9999(
    guest: Client, access: Access, said: str, kept: str
) -> None:
    admin = key(access, "admin")
    body = {"name": "long", "roles": ["admin"], "expires_at": said}
    made = guest.post("/api/v3/keys", headers=admin, json=body)
    assert (made.status_code, made.json()["expires_at"]) == (201, kept)
    holder = {"X-API-Key": made.json()["key"]}
    assert guest.get("/api/v3/keys", headers=holder).status_code == 200
    assert login(guest, holder)["expires_in"] >= 899


def test_a_key_does_not_end_after_the_year_9999(guest: Client, access: Access) -> None:
    admin = key(access, "admin")
    body = {"name": "long", "roles": ["admin"], "expires_at": "9999-12-31T23:59:59-14:00"}
    found = guest.post("/api/v3/keys", headers=admin, json=body)
    told = found.json()
    assert (found.status_code, told["detail"], told["where"]) == (422, "TIME_INVALID", "expires_at")


def test_a_login_is_in_the_audit(guest: Client, access: Access) -> None:
    told = login(guest, key(access, "read"))
    (entry,) = audited(access, "login")
    assert (entry.tenant, entry.outcome, entry.subject) == ("default", "done", told["token_id"])
    assert entry.actor.startswith("tester#")
    assert told["access_token"] not in str(entry)


def test_a_token_revokes_itself_at_once(guest: Client, access: Access) -> None:
    told = login(guest, key(access, "read"))
    assert guest.get(DATASETS, headers=bearer(told)).status_code == 200
    assert guest.post("/auth/revoke", headers=bearer(told)).status_code == 204
    assert guest.get(DATASETS, headers=bearer(told)).json()["detail"] == "AUTH_INVALID"
    assert [entry.subject for entry in audited(access, "token.revoke")] == [told["token_id"]]


def test_an_admin_revokes_a_token_by_its_id(guest: Client, access: Access) -> None:
    holder, admin = key(access, "read"), key(access, "admin")
    first, second = login(guest, holder), login(guest, holder)
    revoked = guest.post(f"/auth/revoke/{first['token_id']}", headers=admin)
    assert revoked.status_code == 204
    assert guest.get(DATASETS, headers=bearer(first)).status_code == 401
    assert guest.get(DATASETS, headers=bearer(second)).status_code == 200


def test_a_token_that_is_revoked_again_leaves_one_entry(guest: Client, access: Access) -> None:
    told, admin = login(guest, key(access, "read")), key(access, "admin")
    for _ in range(2):
        assert guest.post(f"/auth/revoke/{told['token_id']}", headers=admin).status_code == 204
    assert [entry.subject for entry in audited(access, "token.revoke")] == [told["token_id"]]


def test_an_admin_revokes_no_token_of_another_tenant(guest: Client, access: Access) -> None:
    told = login(guest, key(access, "read"))
    stranger = key(access, "admin", tenant="other")
    assert guest.post(f"/auth/revoke/{told['token_id']}", headers=stranger).status_code == 204
    assert guest.get(DATASETS, headers=bearer(told)).status_code == 200


def test_an_admin_makes_a_key_that_works_at_once(guest: Client, access: Access) -> None:
    admin = key(access, "admin", "read")
    made = guest.post("/api/v3/keys", headers=admin, json={"name": "new", "roles": ["read"]})
    assert made.status_code == 201
    holder = {"X-API-Key": made.json()["key"]}
    assert guest.get(DATASETS, headers=holder).status_code == 200
    (entry,) = audited(access, "api_key.create")
    assert entry.subject == made.json()["key_id"]
    kept = next(k for k in access.store.api_keys(None) if k.key_id == entry.subject)
    assert msgspec.json.decode(entry.detail) == kept.told()
    assert (kept.name, kept.roles) == ("new", ("read",))


def test_nobody_gives_a_role_that_they_do_not_have(guest: Client, access: Access) -> None:
    admin = key(access, "admin")
    made = guest.post("/api/v3/keys", headers=admin, json={"name": "new", "roles": ["read"]})
    assert (made.status_code, made.json()["detail"]) == (403, "FORBIDDEN")


def test_a_key_is_made_for_the_admins_own_tenant_only(guest: Client, access: Access) -> None:
    admin = key(access, "admin", "read")
    body = {"name": "new", "roles": ["read"], "tenant": "other"}
    assert guest.post("/api/v3/keys", headers=admin, json=body).status_code == 422
    assert access.store.api_keys("other") == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "roles": ["admin"]},
        {"name": "a\nb", "roles": ["admin"]},
        {"name": "a", "roles": []},
        {"name": "a", "roles": ["root"]},
        {"name": "a", "roles": ["admin"], "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "a", "roles": ["admin"], "expires_at": "tomorrow"},
        {"roles": ["admin"]},
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    guest: Client, access: Access, body: dict[str, Any]
) -> None:
    admin = key(access, "admin")
    assert guest.post("/api/v3/keys", headers=admin, json=body).status_code == 422
    assert len(access.store.api_keys(None)) == 1


def test_a_list_of_keys_shows_no_secret(guest: Client, access: Access) -> None:
    admin = key(access, "admin")
    found = guest.get("/api/v3/keys", headers=admin)
    (kept,) = access.store.api_keys("default")
    assert found.json()["keys"][0]["key_id"] == kept.key_id
    assert admin["X-API-Key"] not in found.text
    assert kept.key_hash.hex() not in found.text
    assert "hash" not in found.text


def test_a_revoked_key_and_its_tokens_are_refused_at_once(guest: Client, access: Access) -> None:
    admin, holder = key(access, "admin"), key(access, "read")
    token = bearer(login(guest, holder))
    assert guest.get(DATASETS, headers=token).status_code == 200
    kept = kept_key(access, "read")
    assert guest.post(f"/api/v3/keys/{kept.key_id}/revoke", headers=admin).status_code == 204
    assert guest.get(DATASETS, headers=holder).status_code == 401
    assert guest.get(DATASETS, headers=token).status_code == 401
    assert len(audited(access, "api_key.revoke")) == 1


def test_a_key_is_revoked_once_and_stays_so(guest: Client, access: Access) -> None:
    admin = key(access, "admin")
    key(access, "read")
    kept = kept_key(access, "read")
    for _ in range(2):
        assert guest.post(f"/api/v3/keys/{kept.key_id}/revoke", headers=admin).status_code == 204
    assert len(audited(access, "api_key.revoke")) == 1


def test_a_key_of_another_tenant_is_not_there(guest: Client, access: Access) -> None:
    holder, stranger = key(access, "read"), key(access, "admin", tenant="other")
    kept = access.store.api_keys("default")[0]
    found = guest.post(f"/api/v3/keys/{kept.key_id}/revoke", headers=stranger)
    assert found.status_code == 404
    assert guest.get(DATASETS, headers=holder).status_code == 200


def test_a_service_without_any_key_is_closed(guest: Client) -> None:
    found = guest.get(DATASETS)
    assert (found.status_code, found.json()["detail"]) == (503, "ACCESS_CLOSED")
    assert guest.get("/health").status_code == 200
