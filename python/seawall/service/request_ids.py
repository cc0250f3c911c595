"""Every request has an identifier: the caller's when it is well-formed, else a new one."""

import re
import secrets

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_HEADER = b"x-request-id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._\-]{1,64}")


def new_request_id() -> str:
    """Return an identifier for a request that brought none."""
    return secrets.token_hex(12)


def request_ids(app: ASGIApp) -> ASGIApp:
    """Wrap an application: ``scope["state"]["request_id"]`` and the answer's X-Request-ID."""

    async def identified(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        given = [value for name, value in scope["headers"] if name == _HEADER]
        if len(given) == 1 and _WELL_FORMED.fullmatch(given[0]):
            request_id = given[0].decode()
        else:
            request_id = new_request_id()
        scope["state"]["request_id"] = request_id

        async def send_identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message)["X-Request-ID"] = request_id
            await send(message)

        await app(scope, receive, send_identified)

    return identified
