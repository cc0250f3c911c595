"""What strangers and callers do is no failure of the service, and does not fill its log."""

import logging
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from service.attacks.conftest import RUN
from service.conftest import key_of


def test_who_goes_away_in_the_middle_of_a_body_is_no_failure(
    service: Service, access: Access, caplog: pytest.LogCaptureFixture
) -> None:
    key = key_of(access)
    app: Litestar = make_app(service, access=access)
    sent: list[Any] = []
    pieces = [
        {"type": "http.request", "body": b'{"dataset', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def asked() -> None:
        scope: Any = {
            "type": "http",
            "method": "POST",
            "path": RUN,
            "raw_path": RUN.encode(),
            "root_path": "",
            "query_string": b"",
            "scheme": "http",
            "headers": [(b"host", b"here"), (b"x-api-key", key.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {},
        }
        await app(scope, receive, send)

    with TestClient(app) as client, caplog.at_level(logging.INFO):
        client.blocking_portal.call(asked)
    assert sent[0]["status"] == 400
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
