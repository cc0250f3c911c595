"""The HTTP application: its routes, what surrounds them, its beginning and its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar

from seawall.service.access.doors import Access
from seawall.service.health import HealthMonitor
from seawall.service.parts import Service
from seawall.service.problems import HANDLERS
from seawall.service.request_ids import request_ids
from seawall.service.routes.datasets import dataset_routes
from seawall.service.routes.engine_registry import engine_registry_routes
from seawall.service.routes.engine_runs import engine_routes
from seawall.service.routes.health import health_routes
from seawall.service.routes.ingest import ingest_routes
from seawall.service.routes.keys import key_routes
from seawall.service.routes.ledger import ledger_routes
from seawall.service.routes.runs import run_routes
from seawall.service.routes.tokens import token_routes

MAX_BODY_BYTES = 1 << 20
"""Of a request whose route does not state another."""


def make_app(service: Service, *, access: Access) -> Litestar:
    """Make the application.

    Parameters
    ----------
    service : Service
        Its parts; they are the caller's, who closes them once the application has ended.
    access : Access
        Lets requests in.
    """
    monitor = HealthMonitor(service.store)

    @asynccontextmanager
    async def alive(_: Litestar) -> AsyncIterator[None]:
        await service.off_loop(access.start)
        await service.off_loop(monitor.start)
        try:
            yield
        finally:
            await service.off_loop(monitor.stop)
            await service.off_loop(access.close)

    routes: list[Any] = [
        *health_routes(monitor),
        *token_routes(access, service.workers),
        *key_routes(access, service.workers),
        *ingest_routes(service),
        *engine_routes(service),
        *engine_registry_routes(service),
        *dataset_routes(service),
        *run_routes(service),
        *ledger_routes(service),
    ]
    app = Litestar(
        routes,
        middleware=[access.middleware],
        exception_handlers=HANDLERS,
        lifespan=[alive],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=MAX_BODY_BYTES,
    )
    access.guard(app)
    # Around the routing too: a path that is not there is answered with an identifier.
    app.asgi_handler = request_ids(app.asgi_handler)
    return app
