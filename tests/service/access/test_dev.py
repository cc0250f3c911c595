"""Development mode: one key, this machine, this start."""

from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from seawall.errors import InvalidInput
from seawall.service import Service, make_app
from seawall.service.access.doors import Access, dev_door, open_dev_access
from service.conftest import key_of


def asking_from(host: str, service: Service, access: Access) -> TestClient[Litestar]:
    app = make_app(service, access=access)
    inside = app.asgi_handler

    async def placed(scope: Any, receive: Any, send: Any) -> None:
        await inside({**scope, "client": (host, 1)}, receive, send)

    app.asgi_handler = placed
    return TestClient(app)


def opened(service: Service, host: str = "127.0.0.1") -> tuple[Access, str]:
    """Open access in development; returns its key too."""
    door = dev_door(host=host, tenant="default")
    return open_dev_access(service.store, door), door.shown


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104
def test_it_binds_this_machine_only(host: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        dev_door(host=host, tenant="default")
    assert caught.value.code == "dev_mode_not_local"


def test_its_key_has_every_role_and_says_what_it_is(service: Service, tmp_path: Path) -> None:
    access, shown = opened(service)
    assert shown.startswith("seawall_dev_")
    with asking_from("127.0.0.1", service, access) as client:
        assert client.get("/api/v3/datasets").status_code == 401
        found = client.get("/api/v3/keys", headers={"X-API-Key": shown})
        assert (found.status_code, found.json()) == (200, {"keys": []})
    assert not list(tmp_path.glob("*.secrets"))


def test_the_key_of_a_start_is_none_of_the_next(service: Service) -> None:
    (_, first), (second, _) = (opened(service, "::1") for _ in range(2))
    with asking_from("::1", service, second) as client:
        found = client.get("/api/v3/datasets", headers={"X-API-Key": first})
        assert found.status_code == 401


def test_it_lets_nobody_in_from_elsewhere(service: Service) -> None:
    access, shown = opened(service)
    with asking_from("192.0.2.1", service, access) as client:
        asked = {"X-API-Key": shown, "X-Forwarded-For": "127.0.0.1"}
        found = client.get("/api/v3/datasets", headers=asked)
        assert (found.status_code, found.json()["detail"]) == (403, "FORBIDDEN")


def test_keys_of_the_store_are_none_in_it(service: Service) -> None:
    access, _ = opened(service)
    other, _ = opened(service)
    kept = key_of(other)
    with asking_from("127.0.0.1", service, access) as client:
        found = client.get("/api/v3/datasets", headers={"X-API-Key": kept})
        assert found.status_code == 401
