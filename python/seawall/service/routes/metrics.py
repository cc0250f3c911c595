"""GET /metrics, for Prometheus.

It tells of every tenant's requests together, so it is for readers of the operator's tenant. That
the caller is on this machine opens nothing: behind a proxy everybody would be.
"""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from seawall.service.documented import described
from seawall.service.telemetry.metrics import CONTENT_TYPE, Metrics


def metrics_routes(metrics: Metrics) -> list[HTTPRouteHandler]:
    """Return GET /metrics."""

    @get(
        "/metrics",
        name="metrics",
        opt=described(
            "Metrics in Prometheus's text format",
            role="read",
            operator=True,
            answer=str,
            media_type="text/plain",
        ),
    )
    async def exposed() -> Response[bytes]:
        # Here and not on a thread: it takes a few milliseconds, and must not wait for one.
        return Response(metrics.exposed(), media_type=CONTENT_TYPE)

    return [exposed]
