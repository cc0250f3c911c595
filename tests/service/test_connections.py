"""How answers leave a connection, and how long it may rest."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import uvicorn
from litestar.types import Receive, Scope, Send
from uvicorn.server import ServerState

from seawall.service.connections import (
    SWEPT_AT_ONCE,
    BoundedProtocol,
    ConnectionLimits,
    bounded,
    sweep,
)
from seawall.service.joined_writes import JOINED_BYTES
from service.fake_transport import Transport

REQUEST = b"POST /a HTTP/1.1\r\nhost: s\r\ncontent-length: 2\r\n\r\n{}"
REST_S = 75.0


def start(*, size: int | None = None) -> Any:
    headers = [] if size is None else [(b"content-length", b"%d" % size)]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def piece(body: bytes, *, more: bool = False) -> Any:
    return {"type": "http.response.body", "body": body, "more_body": more}


def connected(app: Callable[..., Any]) -> tuple[BoundedProtocol, Transport]:
    kind = bounded(ConnectionLimits(rest_s=REST_S), None)
    config = uvicorn.Config(app, http=kind, ws="none", lifespan="off")
    config.load()
    connection, transport = kind(config, ServerState(), {}), Transport()
    connection.connection_made(transport)
    return connection, transport


def answered(*messages: Any, request: bytes = REQUEST) -> Transport:
    """Return what a request was answered with by an application that sends these messages."""

    async def app(_: Scope, __: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    async def said() -> Transport:
        connection, transport = connected(app)
        connection.data_received(request)
        await settled()
        return transport

    return asyncio.run(said())


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def test_a_small_answer_is_sent_at_once() -> None:
    (whole,) = answered(start(size=2), piece(b"ok")).pieces
    assert whole.startswith(b"HTTP/1.1 200 OK\r\n")
    assert whole.endswith(b"content-length: 2\r\n\r\nok")


def test_an_answer_without_a_body_is_sent() -> None:
    (whole,) = answered(start(size=0), piece(b"")).pieces
    assert whole.endswith(b"content-length: 0\r\n\r\n")


def test_the_head_alone_is_sent_where_only_that_was_asked_for() -> None:
    asked = REQUEST.replace(b"POST", b"HEAD")
    (head,) = answered(start(size=2), piece(b"ok"), request=asked).pieces
    assert head.endswith(b"content-length: 2\r\n\r\n")


def test_an_answer_in_pieces_is_sent_as_they_come() -> None:
    transport = answered(start(), piece(b"one", more=True), piece(b"two", more=True), piece(b""))
    first, second, last = transport.pieces
    assert first.endswith(b"\r\n\r\n3\r\none\r\n")
    assert (second, last) == (b"3\r\ntwo\r\n", b"0\r\n\r\n")


def test_a_piece_without_bytes_sends_the_head() -> None:
    head, end = answered(start(), piece(b"", more=True), piece(b"")).pieces
    assert head.endswith(b"transfer-encoding: chunked\r\n\r\n")
    assert end == b"0\r\n\r\n"


def test_a_large_piece_is_not_copied() -> None:
    body = bytes(JOINED_BYTES)
    head, sent = answered(start(size=len(body)), piece(body)).pieces
    assert head.endswith(b"\r\n\r\n")
    assert sent is body


def test_who_asks_whether_to_go_on_is_told_before_the_answer() -> None:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(start(size=2))
        await send(piece(b"ok"))

    async def said() -> list[bytes]:
        connection, transport = connected(app)
        head, body = REQUEST[:-2], REQUEST[-2:]
        connection.data_received(head[:-2] + b"expect: 100-continue\r\n\r\n")
        await settled()
        assert transport.pieces == [b"HTTP/1.1 100 Continue\r\n\r\n"]
        connection.data_received(body)
        await settled()
        return transport.pieces[1:]

    (whole,) = asyncio.run(said())
    assert whole.endswith(b"\r\n\r\nok")


def test_the_last_answer_of_a_connection_is_sent_before_it_closes() -> None:
    asked = REQUEST.replace(b"host: s", b"connection: close")
    transport = answered(start(size=2), piece(b"ok"), request=asked)
    assert transport.written.endswith(b"\r\n\r\nok")
    assert transport.is_closed


def test_requests_that_come_together_are_answered_in_their_order() -> None:
    async def app(scope: Scope, _: Receive, send: Send) -> None:
        await asyncio.sleep(0.01 if scope["path"] == "/a" else 0)
        await send(start(size=2))
        await send(piece(scope["path"].encode()))

    async def said() -> Transport:
        connection, transport = connected(app)
        connection.data_received(REQUEST + REQUEST.replace(b"/a", b"/b"))
        while len(transport.pieces) < 2:
            await asyncio.sleep(0)
        return transport

    first, second = asyncio.run(said()).pieces
    assert (first[-2:], second[-2:]) == (b"/a", b"/b")


def test_a_connection_that_rests_too_long_is_closed() -> None:
    async def said() -> None:
        connection, transport = connected(echo)
        for began in (1e6, 2e6):  # it is counted from the last answer
            connection.data_received(REQUEST)
            await settled()
            connection.sweep(began)
            connection.sweep(began + REST_S - 1)
            assert not transport.is_closed
        connection.sweep(began + REST_S)
        assert transport.is_closed

    asyncio.run(said())


def test_a_connection_rests_only_behind_its_answer() -> None:
    ends = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await ends.wait()
        await echo(scope, receive, send)

    async def said() -> None:
        connection, transport = connected(slow)
        connection.data_received(REQUEST)
        await settled()
        connection.sweep(1e6)
        connection.sweep(1e6 + 2 * REST_S)
        assert not transport.is_closed
        ends.set()
        await settled()
        assert transport.written.endswith(b"ok")

    asyncio.run(said())


async def echo(_: Scope, __: Receive, send: Send) -> None:
    await send(start(size=2))
    await send(piece(b"ok"))


class Looked:
    """A connection; all count together how many were swept."""

    swept = 0

    def sweep(self, _: float) -> None:
        Looked.swept += 1


def test_a_sweep_lets_others_be_served() -> None:
    connections = {Looked() for _ in range(4 * SWEPT_AT_ONCE)}

    async def said() -> None:
        Looked.swept = 0
        sweeping = asyncio.create_task(sweep(connections, 1.0))
        while not sweeping.done():
            before = Looked.swept
            await asyncio.sleep(0)
            assert Looked.swept - before <= SWEPT_AT_ONCE
        assert Looked.swept == len(connections)

    asyncio.run(said())


def test_a_connection_that_has_gone_is_not_swept() -> None:
    connections = {Looked() for _ in range(2 * SWEPT_AT_ONCE)}

    async def said() -> None:
        Looked.swept = 0
        sweeping = asyncio.create_task(sweep(connections, 1.0))
        await asyncio.sleep(0)
        connections.clear()
        await sweeping
        assert Looked.swept == SWEPT_AT_ONCE

    asyncio.run(said())


def test_who_leaves_in_the_middle_of_a_request_leaves_nothing_to_the_collector() -> None:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "http.request":
            pass
        await send(start(size=2))

    async def left() -> "weakref.ref[Any]":
        connection, _ = connected(app)
        connection.data_received(REQUEST[:-1])
        await settled()
        cycle = weakref.ref(connection.cycle)
        connection.connection_lost(None)
        await settled()
        return cycle

    gc.collect()
    gc.disable()
    try:
        cycle = asyncio.run(left())
        assert cycle() is None
    finally:
        gc.enable()
