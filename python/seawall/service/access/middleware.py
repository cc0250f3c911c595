"""The doors as ASGI: one layer behind the routing, and one around the whole application."""

from collections.abc import Mapping
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from seawall.errors import NotFound
from seawall.service.access.gate import Caller, Gate
from seawall.service.access.refusals import FORBIDDEN, Refusal, send_refusal
from seawall.service.access.security_headers import with_security_headers

_REQUEST_ID = b"x-request-id"


class AccessMiddleware:
    """Lets a request through to its route's handler when the caller may do what the route says.

    A middleware of the application, so that Litestar has routed the request: what the route
    demands is its handler's ``opt`` (see `roles`). The handler finds the `Principal` as
    ``scope["state"]["principal"]`` and the `Caller` as ``scope["state"]["caller"]``;
    ``scope["state"]["draft"]`` makes the audit's entry of what it writes, of an action and a
    subject; whoever writes appends it in the same transaction.
    """

    def __init__(self, app: ASGIApp, *, gate: Gate) -> None:
        self.app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the refusal, or hand on."""
        if scope["type"] != ScopeType.HTTP:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        opt = scope["route_handler"].opt
        if opt.get("public") is True:
            await self.app(scope, receive, send)
            return
        admitted = self._gate.admit(scope)
        if isinstance(admitted, Caller) and not self._may(admitted, opt, scope["method"]):
            admitted = self._gate.refuse(
                scope,
                FORBIDDEN,
                "role_missing",
                tenant=admitted.principal.tenant,
                actor=admitted.principal.actor,
            )
        if isinstance(admitted, Refusal):
            await send_refusal(scope, send, admitted)
            return
        if "\0" in scope["path"]:  # no identifier has it, and not every database takes it
            raise NotFound("A path with U+0000 names nothing.", where="path")
        state = scope["state"]
        state["principal"] = admitted.principal
        state["caller"] = admitted
        state["draft"] = self._gate.drafting(scope, admitted)
        await self.app(scope, receive, send)

    def _may(self, caller: Caller, opt: dict[str, Any], method: str) -> bool:
        principal = caller.principal
        if opt.get("operator") and principal.tenant != self._gate.operator_tenant:
            return False
        if (role := opt.get("role")) is not None:
            return bool(role in principal.roles)
        if (credential := opt.get("credential")) is not None:
            return bool(credential == caller.credential)
        return method == "OPTIONS"  # Litestar's own answer; a route that states nothing is shut


class Edge:
    """Around the application: security headers on every answer, and no word of what exists.

    Litestar refuses unknown paths and methods before any middleware of the application runs.
    Without a credential these answers are the one of a route that exists.
    """

    def __init__(self, app: ASGIApp, *, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and look at the answer."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        answer = _SafeAnswer(scope, send, self._gate)
        await self._app(scope, receive, answer.send)


class _SafeAnswer:
    def __init__(self, scope: Mapping[str, Any], send: Send, gate: Gate) -> None:
        self._scope = scope
        self._send = send
        self._gate = gate
        self._replaced = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if "route_handler" not in self._scope:
                admitted = self._gate.admit(self._scope)
                if isinstance(admitted, Refusal):
                    self._replaced = True
                    kept = [
                        header for header in message["headers"] if header[0].lower() == _REQUEST_ID
                    ]
                    await send_refusal(self._scope, self._send_safe, admitted, headers=kept)
                    return
            with_security_headers(message)
        if not self._replaced:
            await self._send(message)

    async def _send_safe(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            with_security_headers(message)
        await self._send(message)
