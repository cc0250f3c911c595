"""Requests as spans, and no library of it where nobody asked."""

import subprocess
import sys

from litestar.testing import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from seawall.service import Service, make_app
from seawall.service.access.doors import Access

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


def test_a_request_is_a_span_of_its_callers_trace(service: Service, access: Access) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with TestClient(make_app(service, access=access, traces=provider)) as client:
        client.get(
            "/health", headers={"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "abc"}
        )
        client.get("/nowhere", headers={"traceparent": "nonsense"})
    known, unknown = exporter.get_finished_spans()
    assert known.name == "GET /health"
    assert known.kind is SpanKind.SERVER
    assert known.context is not None
    assert f"{known.context.trace_id:032x}" == TRACE
    assert known.parent is not None
    assert f"{known.parent.span_id:016x}" == PARENT
    assert dict(known.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/health",
        "seawall.request_id": "abc",
    }
    assert unknown.name == "GET"
    assert unknown.parent is None


def test_nothing_of_opentelemetry_is_imported_unasked() -> None:
    code = (
        "import sys, seawall.service.server, seawall.cli.serve;"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
