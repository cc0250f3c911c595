"""The HTTP application: its routes, what surrounds them, its beginning and its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig

from seawall.registry import ENGINES
from seawall.service.access.doors import Access
from seawall.service.admission import Admission, AdmissionOptions
from seawall.service.content_codings import GzipWhereTaken
from seawall.service.documented import PACKS_ITSELF
from seawall.service.early_refusals import EarlyRefusals
from seawall.service.engine_health import engine_monitor
from seawall.service.head_requests import with_head
from seawall.service.known_answers import GZIP_FROM_BYTES, GZIP_LEVEL
from seawall.service.openapi import openapi_document
from seawall.service.parts import Service
from seawall.service.problems import HANDLERS
from seawall.service.queries import no_unknown_query
from seawall.service.request_ids import request_ids
from seawall.service.routes.audit import audit_routes
from seawall.service.routes.datasets import dataset_routes
from seawall.service.routes.docs import Documents
from seawall.service.routes.engine_health import engine_health_routes
from seawall.service.routes.engine_registry import engine_registry_routes
from seawall.service.routes.engine_runs import engine_routes
from seawall.service.routes.files import file_routes
from seawall.service.routes.health import health_routes
from seawall.service.routes.ingest import ingest_routes
from seawall.service.routes.job_kinds import job_kinds
from seawall.service.routes.jobs import job_routes
from seawall.service.routes.keys import key_routes
from seawall.service.routes.ledger import ledger_routes
from seawall.service.routes.metrics import metrics_routes
from seawall.service.routes.normalize import normalize_routes
from seawall.service.routes.page import page_routes
from seawall.service.routes.questions import question_routes
from seawall.service.routes.runs import run_routes
from seawall.service.routes.tokens import token_routes
from seawall.service.sibling import Sibling
from seawall.service.store_health import store_monitor
from seawall.service.telemetry.logs import LineWriter, RequestLog
from seawall.service.telemetry.metrics import Metrics
from seawall.service.telemetry.observing import observing
from seawall.service.telemetry.readings import Readings
from seawall.service.telemetry.siblings import Siblings
from seawall.service.telemetry.tracing import traced

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

MAX_BODY_BYTES = 1 << 20
"""Of a request whose route does not state another."""


def make_app(
    service: Service,
    *,
    access: Access,
    admission: AdmissionOptions | None = None,
    lines: LineWriter | None = None,
    traces: "TracerProvider | None" = None,
    sibling: Sibling | None = None,
) -> Litestar:
    """Make the application.

    Parameters
    ----------
    service : Service
        Its parts; they are the caller's, who closes them once the application has ended.
    access : Access
        Lets requests in.
    admission : AdmissionOptions, optional
        How many of them at once, and how many wait.
    lines : LineWriter, optional
        Takes a line of log for each request.
    traces : TracerProvider, optional
        Takes a span for each request.
    sibling : Sibling, optional
        Which of several processes of the service this is.
    """
    monitor, engines = store_monitor(service.store), engine_monitor(ENGINES)
    metrics = Metrics()
    admitting = Admission(admission or AdmissionOptions())
    metrics.registry.register(Readings(service, admitting, lines))
    service.store.watch_commits(metrics.group)
    service.session.watch_runs(metrics.stage)
    siblings = None if sibling is None else Siblings(sibling, metrics.registry)

    @asynccontextmanager
    async def alive(_: Litestar) -> AsyncIterator[None]:
        await service.off_loop(access.start)
        await service.off_loop(monitor.start)
        await service.off_loop(engines.start)
        await service.off_loop(lambda: service.jobs.start(job_kinds(service)))
        if siblings is not None:
            await siblings.start()
        try:
            yield
        finally:
            if siblings is not None:
                await siblings.stop()
            await service.off_loop(service.jobs.stop)
            await service.off_loop(engines.stop)
            await service.off_loop(monitor.stop)
            await service.off_loop(access.close)

    documents = Documents()
    routes: list[Any] = [
        *documents.routes(),
        *page_routes(),
        *health_routes(monitor),
        *metrics_routes(metrics, siblings),
        *token_routes(access, service.workers),
        *key_routes(access, service.workers),
        *ingest_routes(service),
        *file_routes(service),
        *normalize_routes(service),
        *engine_routes(service),
        *engine_health_routes(service, store=monitor, engines=engines),
        *engine_registry_routes(service),
        *dataset_routes(service),
        *run_routes(service),
        *ledger_routes(service),
        *question_routes(service),
        *job_routes(service),
        *audit_routes(service),
    ]
    app = Litestar(
        routes,
        middleware=[access.middleware, no_unknown_query, admitting.middleware],
        exception_handlers=HANDLERS,
        lifespan=[alive],
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=GZIP_FROM_BYTES,
            gzip_compress_level=GZIP_LEVEL,
            middleware_class=GzipWhereTaken,
            exclude_opt_key=PACKS_ITSELF,
        ),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=MAX_BODY_BYTES,
    )
    documents.make(openapi_document(app.routes))
    access.guard(app)
    # Around the routing too: a path that is not there is counted, and has an identifier.
    handler = admitting.around(app.asgi_handler)
    if traces is not None:
        handler = traced(handler, traces)
    log = None if lines is None else RequestLog(lines)
    app.asgi_handler = with_head(request_ids(observing(handler, metrics, log)))
    app.state.early = EarlyRefusals(admitting, service.workers.precedence, metrics, log)
    return app
