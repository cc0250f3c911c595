"""Every request has an identifier: the caller's when it is well-formed, else a new one."""

import re
from collections.abc import Iterable
from random import Random

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_HEADER = b"x-request-id"
_CHANCE = Random()  # noqa: S311  (names, not secrets: the system is not asked for each)
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._\-]{1,64}")


def new_request_id() -> str:
    """Return an identifier for a request that brought none."""
    return f"{_CHANCE.getrandbits(96):024x}"


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the identifier of a request with these headers."""
    given = [value for name, value in headers if name == _HEADER]
    if len(given) == 1 and _WELL_FORMED.fullmatch(given[0]):
        return given[0].decode()
    return new_request_id()


def request_ids(app: ASGIApp) -> ASGIApp:
    """Wrap an application: ``scope["state"]["request_id"]`` and the answer's X-Request-ID."""

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request_id = scope["state"]["request_id"] = request_id_of(scope["headers"])

        async def send_identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (_HEADER, request_id.encode())]
            await send(message)

        await app(scope, receive, send_identified)

    return identified
