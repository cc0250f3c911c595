"""Which status a request is counted with that nobody hears the answer of."""

import asyncio
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from litestar.types import ASGIApp, Receive, Scope, Send
from prometheus_client.parser import text_string_to_metric_families

from seawall.service.connections import BoundedProtocol
from seawall.service.telemetry.metrics import Metrics
from seawall.service.telemetry.observing import observing
from service.fake_transport import Transport
from service.served import served
from service.test_connections import connected, piece, settled, start
from service.test_processes import until

WHOLE = b"POST /a HTTP/1.1\r\nhost: s\r\ncontent-length: 2\r\n\r\n{}"
CUT_OFF = WHOLE[:-1]


def counted(text: str) -> dict[tuple[str, str], float]:
    """Return the requests by status, and the failures by code."""
    return {
        (sample.name, sample.labels.get("status", sample.labels.get("code", ""))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name in {"http_requests_total", "errors_total"}
    }


def counted_of(
    app: ASGIApp, request: bytes, happens: Callable[[BoundedProtocol, Transport], None]
) -> dict[tuple[str, str], float]:
    """Return what is counted of a request while which something happens to its connection."""
    metrics = Metrics()

    async def asked() -> None:
        connection, transport = connected(observing(app, metrics))
        connection.data_received(request)
        await settled()
        happens(connection, transport)
        await asyncio.sleep(0.02)

    asyncio.run(asked())
    return counted(metrics.exposed().decode())


async def computing(_: Scope, receive: Receive, send: Send) -> None:
    """Read the body, compute for a moment, and answer."""
    await receive()
    await asyncio.sleep(0.01)
    await send(start(size=2))
    await send(piece(b"ok"))


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a body that does not end as one that is invalid."""
    message: Any = {"type": "http.request", "more_body": True}
    while message.get("more_body"):
        message = await receive()
    if message["type"] == "http.disconnect":
        scope["state"]["problem_code"] = "BODY_INVALID"
    await send(start(size=2))
    await send(piece(b"ok"))


def is_lost(connection: BoundedProtocol, _: Transport) -> None:
    connection.connection_lost(ConnectionResetError())


def test_who_leaves_while_a_run_is_computed_is_counted_as_gone() -> None:
    assert counted_of(computing, WHOLE, is_lost) == {("http_requests_total", "499"): 1}


def test_who_leaves_within_a_body_is_counted_as_gone_and_not_as_refused() -> None:
    assert counted_of(reading, CUT_OFF, is_lost) == {("http_requests_total", "499"): 1}


def test_who_leaves_after_the_answer_began_has_its_status() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send(start())
        await send(piece(b"one", more=True))
        await asyncio.sleep(0.01)
        await send(piece(b"two"))

    assert counted_of(app, WHOLE, is_lost) == {("http_requests_total", "200"): 1}


def test_who_stays_is_counted_as_answered() -> None:
    found = counted_of(computing, WHOLE, lambda *_: None)
    assert found == {("http_requests_total", "200"): 1}


def test_what_the_connection_answers_is_counted_in_place_of_the_application() -> None:
    def comes_too_slowly(connection: BoundedProtocol, transport: Transport) -> None:
        connection.sweep(connection.loop.time() + connection.limits.window_s + 1)
        assert transport.written.startswith(b"HTTP/1.1 408 ")
        connection.connection_lost(None)

    assert counted_of(reading, CUT_OFF, comes_too_slowly) == {
        ("http_requests_total", "408"): 1,
        ("errors_total", "REQUEST_TIMEOUT"): 1,
    }


def test_a_reset_connection_of_a_server_is_counted_as_gone(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        with server.body_under_way(size=20) as leaving:
            at_once = struct.pack("ii", 1, 0)
            leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)

        def found() -> dict[tuple[str, str], float]:
            key = {"X-API-Key": server.key}
            return counted(httpx.get(f"{server.address}/metrics", headers=key).text)

        until(lambda: ("http_requests_total", "499") in found())
        assert ("errors_total", "BODY_INVALID") not in found()
