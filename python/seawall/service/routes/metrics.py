"""GET /metrics, for Prometheus.

It tells of every tenant's requests together, so it is for readers of the operator's tenant. That
the caller is on this machine opens nothing: behind a proxy everybody would be.
"""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from seawall.service.documented import described
from seawall.service.telemetry.metrics import CONTENT_TYPE, Metrics
from seawall.service.telemetry.siblings import Siblings


def metrics_routes(metrics: Metrics, siblings: Siblings | None) -> list[HTTPRouteHandler]:
    """Return GET /metrics, which tells of all processes of the service where there are several."""

    @get(
        "/metrics",
        name="metrics",
        opt=described(
            "Metrics in Prometheus's text format",
            role="read",
            operator=True,
            answer=str,
            media_types=("text/plain",),
        ),
    )
    async def exposed() -> Response[bytes]:
        # Here and not on a thread: it takes a few milliseconds, and must not wait for one.
        text = metrics.exposed() if siblings is None else await siblings.exposed()
        return Response(text, media_type=CONTENT_TYPE)

    return [exposed]
