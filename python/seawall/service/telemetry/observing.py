"""Around the application: every request is counted, measured, and where wanted logged."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from seawall.service.telemetry.logs import RequestLog
from seawall.service.telemetry.metrics import UNMATCHED, Metrics

CLIENT_GONE = 499
"""The status, as nginx has it, of a request whose caller left before an answer began."""


def observing(app: ASGIApp, metrics: Metrics, log: RequestLog | None = None) -> ASGIApp:
    """Wrap an application; a request is named by its route's template, never by its path."""
    clock, in_flight = metrics.clock, metrics.in_flight

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        status = CLIENT_GONE

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
            metrics.answered(route, method, status, seconds)
            if "problem_code" in state:
                metrics.refused(state["problem_code"])
            if log is not None:
                log.answered(state, route=route, method=method, status=status, seconds=seconds)

    return observed
