"""Traces of requests by OpenTelemetry; it is imported only where they are wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from seawall import __version__
from seawall.errors import SeawallError

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

_TRACED = ("traceparent", "tracestate")


@contextmanager
def otlp_traces() -> Iterator["TracerProvider"]:
    """Send traces by OTLP over HTTP, where the variables of OpenTelemetry say.

    These are its own: ``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_TRACES_SAMPLER``,
    ``OTEL_SERVICE_NAME`` and so on.

    Raises
    ------
    SeawallError
        ``library_missing`` without the extra ``otel``.
    """
    for library in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"):
        if not _is_there(library):
            raise SeawallError(
                "traces need this library: pip install 'seawall[otel]'",
                code="library_missing",
                where=library,
            )
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create().merge(Resource({SERVICE_NAME: "seawall"})))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield provider
    finally:
        provider.shutdown()


def traced(app: ASGIApp, provider: "TracerProvider") -> ASGIApp:
    """Wrap an application: each request is a span, of the caller's trace where it names one."""
    from opentelemetry.trace import SpanKind, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    tracer = provider.get_tracer("seawall", __version__)
    propagator = TraceContextTextMapPropagator()

    async def spanned(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        said = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name.decode("latin-1") in _TRACED
        }
        method = scope["method"]
        with tracer.start_as_current_span(
            method, propagator.extract(said), kind=SpanKind.SERVER
        ) as span:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            try:
                await app(scope, receive, send_noted)
            finally:
                span.set_attribute("http.request.method", method)
                span.set_attribute("seawall.request_id", scope["state"].get("request_id", ""))
                if route := scope.get("path_template"):
                    span.set_attribute("http.route", route)
                    span.update_name(f"{method} {route}")

    return spanned


def _is_there(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ModuleNotFoundError:  # of a package that it lies in
        return False
