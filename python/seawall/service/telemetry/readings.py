"""Metrics that are read when they are asked for: caches, queues, lanes, jobs."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from seawall.service.admission import Admission
from seawall.service.parts import Service
from seawall.service.telemetry.logs import LineWriter


class Readings(Collector):
    """Reads the parts of a service.

    Parameters
    ----------
    lines : LineWriter, optional
        Writes the log, where there is one.
    """

    def __init__(self, service: Service, admission: Admission, lines: LineWriter | None) -> None:
        self._service = service
        self._rooms = {"door": admission.door, "heavy": admission.heavy}
        self._lines = lines

    def describe(self) -> list[Metric]:
        """Tell nothing beforehand; without this the registry would read at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        yield from self._caches()
        yield from self._admission()
        yield from self._workers()
        yield GaugeMetricFamily(
            "store_queued_writes",
            "Writes that wait for a transaction",
            value=self._service.store.queued_writes(),
        )
        yield from self._readers()
        yield GaugeMetricFamily(
            "jobs_live", "Jobs of this process, queued or running", value=self._service.jobs.live()
        )
        dropped = 0 if self._lines is None else self._lines.dropped
        yield CounterMetricFamily(
            "log_lines_dropped", "Log lines lost as nobody took them", value=dropped
        )

    def _readers(self) -> Iterator[Metric]:
        use = self._service.store.reader_use()
        for name, text, value in (
            ("in_use", "Connections that read the store now", use.in_use),
            ("max", "Connections that read the store at most", use.most),
            ("waiting", "Threads that wait for such a connection", use.waiting),
        ):
            yield GaugeMetricFamily(f"store_readers_{name}", text, value=value)

    def _caches(self) -> Iterator[Metric]:
        service = self._service
        uses = service.session.cache_use() | {"held_runs": service.held.use()}
        hits = CounterMetricFamily("cache_hits", "Found in memory", labels=["cache"])
        misses = CounterMetricFamily("cache_misses", "Not found in memory", labels=["cache"])
        held = GaugeMetricFamily("cache_bytes", "Held in memory", labels=["cache"])
        most = GaugeMetricFamily("cache_max_bytes", "Held at most", labels=["cache"])
        entries = GaugeMetricFamily("cache_entries", "Values held", labels=["cache"])
        for name, use in uses.items():
            hits.add_metric([name], use.hits)
            misses.add_metric([name], use.misses)
            held.add_metric([name], use.bytes)
            most.add_metric([name], use.max_bytes)
            entries.add_metric([name], use.entries)
        yield from (hits, misses, held, most, entries)

    def _admission(self) -> Iterator[Metric]:
        refused = CounterMetricFamily(
            "admission_refused", "Requests refused as too many waited", labels=["room"]
        )
        working = GaugeMetricFamily("admission_working", "Requests let in", labels=["room"])
        waiting = GaugeMetricFamily("admission_waiting", "Requests that wait", labels=["room"])
        for name, room in self._rooms.items():
            refused.add_metric([name], room.refused)
            working.add_metric([name], room.turns.working)
            waiting.add_metric([name], room.turns.waiting)
        yield from (refused, working, waiting)

    def _workers(self) -> Iterator[Metric]:
        threads = GaugeMetricFamily("workers", "Threads of a lane", labels=["lane"])
        busy = GaugeMetricFamily("workers_busy", "Threads at work", labels=["lane"])
        queued = GaugeMetricFamily("workers_queued", "Work that waits for one", labels=["lane"])
        for name, lane in self._service.workers.by_name.items():
            threads.add_metric([name], lane.turns.at_once)
            busy.add_metric([name], lane.turns.working)
            queued.add_metric([name], lane.turns.waiting)
        yield from (threads, busy, queued)
