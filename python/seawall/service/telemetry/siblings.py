"""The metrics of all processes of a service, whichever of them is asked.

The system gives a question to any of them. Each tells the others its own metrics over a socket in
a folder that only their user may enter, and each series says of which process it is, as it would
of which replica.
"""

import asyncio
import os
from collections.abc import Iterable, Iterator

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from seawall.service.sibling import Sibling

ANSWERS_S = 1.0
"""How long another process has to tell its metrics; it may be busy, or not there at present."""


class _Sample(msgspec.Struct, frozen=True, array_like=True, gc=False):
    name: str
    labels: dict[str, str]
    value: float


class _Family(msgspec.Struct, frozen=True, array_like=True):
    name: str
    text: str
    kind: str
    samples: list[_Sample]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[_Family])


class Siblings:
    """Tells one process's metrics, and asks for those of the others.

    Parameters
    ----------
    sibling : Sibling
        Which one it is.
    registry : CollectorRegistry
        Its metrics.
    """

    def __init__(self, sibling: Sibling, registry: CollectorRegistry) -> None:
        self._sibling = sibling
        self._registry = registry
        self._server: asyncio.Server | None = None
        self._folder = -1

    async def start(self) -> None:
        """Tell from now on, in the place of one who has ended."""
        number = self._sibling.number
        self._sibling.socket_of(number).unlink(missing_ok=True)
        self._folder = os.open(self._sibling.folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._server = await asyncio.start_unix_server(self._tell, self._address_of(number))

    async def stop(self) -> None:
        """Tell no longer."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            os.close(self._folder)

    async def exposed(self) -> bytes:
        """Return the metrics of all in Prometheus's text format, each with its ``process``.

        Of one that does not answer in time there is nothing but that it does not.
        """
        numbers = range(1, self._sibling.count + 1)
        told = await asyncio.gather(*map(self._families_of, numbers))
        answering = GaugeMetricFamily(
            "service_process_answers", "Whether a process tells its metrics", labels=["process"]
        )
        for number, families in zip(numbers, told, strict=True):
            answering.add_metric([str(number)], bool(families))
        together = _together(zip(numbers, told, strict=True))
        return generate_latest(_Told([*together, answering]))

    def _address_of(self, number: int) -> str:
        # Through the open folder: the address of a socket has a hundred bytes, and a path may have
        # more.
        return f"/proc/self/fd/{self._folder}/{self._sibling.socket_of(number).name}"

    def _own(self) -> list[_Family]:
        return [
            _Family(
                metric.name,
                metric.documentation,
                metric.type,
                [_Sample(sample.name, sample.labels, sample.value) for sample in metric.samples],
            )
            for metric in self._registry.collect()
        ]

    async def _families_of(self, number: int) -> list[_Family]:
        if number == self._sibling.number:
            return self._own()
        try:
            async with asyncio.timeout(ANSWERS_S):
                reader, writer = await asyncio.open_unix_connection(self._address_of(number))
                try:
                    return _DECODER.decode(await reader.read())
                finally:
                    writer.close()
        except (OSError, TimeoutError, msgspec.DecodeError):  # it may end while it tells
            return []

    async def _tell(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_ENCODER.encode(self._own()))
        writer.close()


class _Told(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _together(told: Iterable[tuple[int, list[_Family]]]) -> Iterator[Metric]:
    """Bring what the processes told of each metric together, with the number of each."""
    found: dict[str, Metric] = {}
    for number, families in told:
        for family in families:
            metric = found.setdefault(family.name, Metric(family.name, family.text, family.kind))
            for sample in family.samples:
                labels = {**sample.labels, "process": str(number)}
                metric.add_sample(sample.name, labels, sample.value)
    yield from found.values()
