"""Around the application: every request is counted, measured, and where wanted logged."""

from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from seawall.service.telemetry.logs import RequestLog
from seawall.service.telemetry.metrics import UNMATCHED, Metrics

CLIENT_GONE = 499
"""The status, as nginx has it, of a request whose caller left before an answer began."""

_UNHEARD = "unheard"


def unheard(state: dict[str, Any], status: int = CLIENT_GONE, code: str = "") -> None:
    """Note that what the application answers is heard by nobody: its connection has ended.

    Parameters
    ----------
    state : dict
        The ``scope["state"]`` of the request.
    status, code
        What the connection itself answered, if it did.
    """
    state.setdefault(_UNHEARD, (status, code))


def observing(app: ASGIApp, metrics: Metrics, log: RequestLog | None = None) -> ASGIApp:
    """Wrap an application; a request is named by its route's template, never by its path."""
    clock, in_flight = metrics.clock, metrics.in_flight

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        status = 500  # the server's answer for an application that has none

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        in_flight.inc()
        began = clock()
        try:
            await app(scope, receive, send_noted)
        finally:
            seconds = clock() - began
            in_flight.dec()
            state, method = scope["state"], scope["method"]
            route = scope.get("path_template") or UNMATCHED
            if _UNHEARD in state:
                status, state["problem_code"] = state[_UNHEARD]
            metrics.answered(route, method, status, seconds)
            if state.get("problem_code"):
                metrics.refused(state["problem_code"])
            if log is not None:
                log.answered(state, route=route, method=method, status=status, seconds=seconds)

    return observed
