"""The service's metrics: counted as things happen, under names of a bounded number."""

import time
from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from seawall import __version__
from seawall.session.watching import RunStage

CONTENT_TYPE = "text/plain; version=0.0.4"  # Litestar adds the charset to texts

UNMATCHED = "unmatched"
"""The route of a request whose path or method is none of ours."""

OTHER = "OTHER"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
REQUESTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

_STAGES: dict[RunStage, str] = {
    "run": "A new run of an engine, from its book until it is durable",
    "book": "Decoding a run's book, or finding it in memory",
    "model": "Computing a run",
    "persistence": "Making a run's evidence, findings and links durable",
}


class Metrics:
    """Instruments of one application; any thread may use them.

    Parameters
    ----------
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.clock = clock
        self.registry = CollectorRegistry()
        registry = self.registry
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        Gauge("seawall_info", "The version that runs", ["version"], registry=registry).labels(
            __version__
        ).set(1)
        self._requests = Counter(
            "http_requests", "Requests answered", ["route", "method", "status"], registry=registry
        )
        self._durations = Histogram(
            "http_request_duration_seconds",
            "From a request's headers to the end of its answer",
            ["route", "method"],
            buckets=SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "http_requests_in_flight", "Requests not yet answered", registry=registry
        )
        self._errors = Counter(
            "errors", "Answers that are no success, by their code", ["code"], registry=registry
        )
        self._stages = {
            stage: Histogram(
                f"engine_{stage}_duration_seconds",
                text,
                ["engine"],
                buckets=SECONDS,
                registry=registry,
            )
            for stage, text in _STAGES.items()
        }
        self._group_size = Histogram(
            "group_commit_size",
            "Requests made durable by one transaction",
            buckets=REQUESTS,
            registry=registry,
        )
        self._group_duration = Histogram(
            "group_commit_duration_seconds",
            "From a transaction's begin until it is durable",
            buckets=SECONDS,
            registry=registry,
        )
        # Looking a label up costs more than counting: the few that there are, are kept.
        self._of_answer: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._of_stage: dict[tuple[str, str], Histogram] = {}

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer."""
        key = (route, method, status)
        kept = self._of_answer.get(key)
        if kept is None:
            label = method if method in METHODS else OTHER
            kept = self._of_answer[route, label, status] = (
                self._requests.labels(route, label, str(status)),
                self._durations.labels(route, label),
            )
        kept[0].inc()
        kept[1].observe(seconds)

    def refused(self, code: str) -> None:
        """Count an answer that is no success, by the code that it gives."""
        self._errors.labels(code).inc()

    def stage(self, engine: str, stage: RunStage) -> Callable[[], None]:
        """Measure a stage of a run from now until what is returned is called."""
        histogram = self._of_stage.get((engine, stage))
        if histogram is None:
            histogram = self._of_stage[engine, stage] = self._stages[stage].labels(engine)
        measured, began = histogram, self.clock()
        return lambda: measured.observe(self.clock() - began)

    def group(self, size: int) -> Callable[[], None]:
        """Measure a group commit from now until what is returned is called."""
        began = self.clock()

        def ended() -> None:
            self._group_size.observe(size)
            self._group_duration.observe(self.clock() - began)

        return ended

    def exposed(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self.registry)
