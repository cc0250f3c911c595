"""Who finds no place is told while the rest is still being read."""

import asyncio
import json
from typing import Any

import pytest
import uvicorn
from litestar.types import Receive, Scope, Send
from prometheus_client import generate_latest
from uvicorn.server import ServerState

from seawall.service.admission import Admission, AdmissionOptions
from seawall.service.connections import BoundedProtocol, ConnectionLimits, bounded
from seawall.service.early_refusals import EarlyRefusals
from seawall.service.precedence import Precedence
from seawall.service.telemetry.logs import RequestLog
from seawall.service.telemetry.metrics import Metrics
from service.fake_transport import Transport

FULL = AdmissionOptions(at_once=1, waiting=1)


class Lines:
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def write(self, line: bytes) -> None:
        self.kept.append(json.loads(line))


class Claims(Precedence):
    """Counts how often the loop wants to go first."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def claim(self) -> None:
        self.count += 1
        super().claim()


class Front:
    """Connections to an application that answers at once whoever is let in."""

    def __init__(self, options: AdmissionOptions) -> None:
        self.admission = Admission(options)
        self.metrics = Metrics()
        self.claims = Claims()
        self.lines = Lines()
        self.answered: list[str] = []
        log = RequestLog(self.lines)  # type: ignore[arg-type]
        early = EarlyRefusals(self.admission, self.claims, self.metrics, log)
        kind = bounded(ConnectionLimits(), early)
        self._config = uvicorn.Config(
            self.admission.around(self._inside), http=kind, ws="none", lifespan="off"
        )
        self._config.load()
        self._kind = kind

    async def _inside(self, scope: Scope, _: Receive, send: Send) -> None:
        self.answered.append(scope["path"])
        start: Any = {"headers": [(b"content-length", b"0")], "status": 200}
        start["type"] = "http.response.start"
        await send(start)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def connect(self) -> tuple[BoundedProtocol, Transport]:
        transport = Transport()
        connection = self._kind(self._config, ServerState(), {})
        connection.connection_made(transport)
        return connection, transport

    def send(self, path: str = "/x", *, key: str = "a", headers: str = "") -> Transport:
        connection, transport = self.connect()
        connection.data_received(request(path, key=key, headers=headers))
        return transport

    def fill(self) -> None:
        """Take the places of ``FULL``, so that nothing more may wait."""
        for _ in range(2):
            self.admission.door.turns.ask("other", asyncio.get_running_loop().create_future())


def request(path: str = "/x", *, key: str = "a", headers: str = "", body: str = "{}") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nhost: s\r\nx-api-key: {key}\r\n{headers}"
        f"content-length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def settled() -> None:
    for _ in range(400):
        await asyncio.sleep(0)


def test_a_loop_that_lags_refuses_before_it_answers() -> None:
    async def said() -> None:
        front = Front(AdmissionOptions(at_once=4, waiting=8))
        sent = [front.send(key=str(number)) for number in range(20)]  # read in one round
        assert [one.written[:12] for one in sent] == [b""] * 12 + [b"HTTP/1.1 503"] * 8
        assert front.answered == []
        await settled()
        assert [one.written[9:12] for one in sent] == [b"200"] * 12 + [b"503"] * 8

    asyncio.run(said())


def test_a_thousand_of_one_credential_at_a_time_are_all_answered() -> None:
    async def said() -> None:
        front = Front(AdmissionOptions())
        for _ in range(2):
            sent = [front.send() for _ in range(1_000)]
            await settled()
            assert {one.written[9:12] for one in sent} == {b"200"}

    asyncio.run(said())


def test_a_round_of_the_loop_answers_a_few() -> None:
    async def said() -> None:
        front = Front(AdmissionOptions())
        for _ in range(100):
            front.send()
        before = 0
        while before < 100:
            await asyncio.sleep(0)
            assert len(front.answered) - before <= 8  # those who waited, and new ones
            before = len(front.answered)

    asyncio.run(said())


def test_the_loop_goes_first_once_somebody_waits() -> None:
    async def said() -> None:
        front = Front(FULL)
        front.send()
        await settled()
        assert front.claims.count == 0
        front.fill()
        assert front.send().written.startswith(b"HTTP/1.1 503")
        assert front.claims.count == 1

    asyncio.run(said())


def test_the_refusal_has_the_shape_of_all_problems() -> None:
    async def said() -> None:
        front = Front(FULL)
        front.fill()
        written = front.send(headers="x-request-id: mine-1\r\n").written
        head, body = written.split(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        assert lines[0] == "HTTP/1.1 503 Service Unavailable"
        assert headers["retry-after"] == "1"
        assert headers["x-request-id"] == "mine-1"
        assert headers["content-type"] == "application/json"
        assert headers["x-content-type-options"] == "nosniff"
        assert int(headers["content-length"]) == len(body)
        problem = json.loads(body)
        assert (problem["detail"], problem["request_id"]) == ("OVERLOADED", "mine-1")

    asyncio.run(said())


def test_the_refusal_is_counted_and_logged() -> None:
    async def said() -> None:
        front = Front(FULL)
        front.fill()
        front.send()
        shown = generate_latest(front.metrics.registry).decode()
        assert 'http_requests_total{method="POST",route="unmatched",status="503"} 1.0' in shown
        assert 'errors_total{code="OVERLOADED"} 1.0' in shown
        assert front.admission.door.refused == 1
        (line,) = front.lines.kept
        assert (line["status"], line["code"]) == (503, "OVERLOADED")

    asyncio.run(said())


@pytest.mark.parametrize("path", ["/health", "/metrics", "/health?deep=1"])
def test_health_and_metrics_pass_a_full_house(path: str) -> None:
    async def said() -> None:
        front = Front(FULL)
        front.fill()
        sent = front.send(path)
        await settled()
        assert sent.written[9:12] == b"200"

    asyncio.run(said())


def test_the_connection_goes_on_behind_a_refusal() -> None:
    async def said() -> None:
        front = Front(FULL)
        front.fill()
        connection, transport = front.connect()
        refused = request(body="x" * 1_000)
        connection.data_received(refused[:500])
        assert transport.written.startswith(b"HTTP/1.1 503")
        connection.data_received(refused[500:])
        assert not transport.is_closed
        transport.pieces.clear()
        connection.data_received(request("/health"))
        await settled()
        assert transport.written.startswith(b"HTTP/1.1 200")
        assert front.answered == ["/health"]

    asyncio.run(said())


def test_an_answer_without_a_body_goes_the_long_way() -> None:
    async def said() -> None:
        front = Front(FULL)
        front.fill()
        connection, transport = front.connect()
        connection.data_received(request().replace(b"POST", b"HEAD"))
        assert transport.written == b""
        await settled()
        assert transport.written.startswith(b"HTTP/1.1 503")
        assert b"OVERLOADED" not in transport.written

    asyncio.run(said())
