"""Connections with bounds: who sends or reads too slowly, or too long a head, is closed.

The server's protocol has a limit for connections that rest between requests, and none for the
rest. One sweep a second looks at every connection, so that a request costs no timer.
"""

import asyncio
import logging
from collections.abc import Set
from typing import Any, Literal

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from seawall.service.access.security_headers import SECURITY_HEADERS
from seawall.service.early_refusals import EarlyRefusals
from seawall.service.joined_writes import JoinedWrites
from seawall.service.problems import Problem
from seawall.service.request_ids import new_request_id
from seawall.service.telemetry.observing import unheard

SWEEP_S = 1
SWEPT_AT_ONCE = 256
"""Connections that are looked at in a round of the event loop: a third of a millisecond."""

# What is no HTTP is no event: whoever sends it would write the log.
_log = logging.getLogger("seawall.service.connections")
_log.setLevel(logging.ERROR)


class ConnectionLimits(msgspec.Struct, frozen=True):
    """How patient the server is with its clients."""

    head_s: float = 15.0  # from the first byte, or the connecting, to the end of the headers
    window_s: float = 10.0  # in which a body or an answer has to get on by min_bytes
    min_bytes: int = 5_000
    rest_s: float = 75.0  # between an answer and the next request
    max_head_bytes: int = 65_536  # the request line and all headers
    max_connections: int = 10_000


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with `ConnectionLimits`; refusals of the protocol have the shape of all others."""

    limits = ConnectionLimits()
    early: EarlyRefusals | None = None

    _is_dismissed = False  # answered before the application, which sees nothing of it
    _reading: Literal["head", "body", "nothing"] = "head"
    _began_now = False  # whether the head began in the piece that is being read
    _head_bytes = 0
    _received = 0
    _since = 0.0
    _rests_since: float | None = None
    _unsent = 0
    _unsent_since = 0.0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.logger = _log

    def connection_made(self, transport: Any) -> None:
        """Take a connection, or refuse one too many."""
        super().connection_made(transport)
        self._since = self._unsent_since = self.loop.time()
        if len(self.connections) > self.limits.max_connections:
            self._refuse(503, "OVERLOADED", "Too many connections; try again.")

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of an answer that never begins: it and what keeps its head knew each other."""
        super().connection_lost(exc)
        if self.cycle is not None:
            self.cycle.transport = self.transport
            if not self.cycle.response_started:
                unheard(self.cycle.scope["state"])

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self.transport.is_closing():
            return
        self._began_now = False
        super().data_received(data)
        if self._reading == "body":
            self._received += len(data)
        elif self._reading == "head" and not self._began_now:
            self._head_bytes += len(data)  # a header that has not ended is nowhere else yet
            if self._head_bytes > self.limits.max_head_bytes and not self.transport.is_closing():
                self._refuse_head()

    def on_message_begin(self) -> None:
        """Note the beginning of a head."""
        super().on_message_begin()
        self._reading, self._began_now, self._head_bytes = "head", True, 0
        self._is_dismissed = False
        self._rests_since = None
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; what comes behind a body is none of the request's."""
        if self._reading == "head":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request to the application, unless its head was too long in one piece."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.limits.max_head_bytes:
            self._refuse_head()
            raise httptools.HttpParserError("the head is too long")
        answer = self._early_answer()
        if answer is None:
            super().on_headers_complete()
            if self.scope["method"] != "HEAD":  # of its answer only the head is written
                joined: Any = JoinedWrites(self.transport, self.cycle)
                self.cycle.transport = joined
        else:
            self._is_dismissed = True
            self.transport.write(answer)
        self._reading, self._received, self._since = "body", 0, self.loop.time()

    def on_body(self, body: bytes) -> None:
        """Hand on what the application is to read."""
        if not self._is_dismissed:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the client has said all."""
        if self._is_dismissed:
            self.on_response_complete()
        else:
            super().on_message_complete()
        self._reading = "nothing"

    def on_response_complete(self) -> None:
        """Go on with what was sent meanwhile; how long the connection rests, `sweep` sees."""
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(400, "REQUEST_INVALID", msg)

    def sweep(self, now: float) -> None:
        """Close the connection when its client is too slow, or has nothing to ask for long."""
        if self._reads_slowly(now):
            self.transport.abort()
        elif self._rests_long(now):
            self.transport.close()
        elif not self.transport.is_closing() and self._sends_slowly(now):
            self._refuse(408, "REQUEST_TIMEOUT", "The request came too slowly.")

    def _reads_slowly(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent > self._unsent or self._unsent - unsent >= self.limits.min_bytes:
            self._unsent, self._unsent_since = unsent, now
        return now - self._unsent_since >= self.limits.window_s

    def _rests_long(self, now: float) -> bool:
        if self._reading != "nothing" or not (self.cycle is None or self.cycle.response_complete):
            return False
        if self._rests_since is None:
            self._rests_since = now
        return now - self._rests_since >= self.limits.rest_s

    def _sends_slowly(self, now: float) -> bool:
        if self._reading == "nothing":
            return False
        if self.flow.read_paused or (self.cycle and self.cycle.waiting_for_100_continue):
            self._received, self._since = 0, now  # the client waits for the server
            return False
        if self._reading == "head":
            return now - self._since >= self.limits.head_s
        if now - self._since < self.limits.window_s:
            return False
        is_slow = self._received < self.limits.min_bytes
        self._received, self._since = 0, now
        return is_slow

    def _early_answer(self) -> bytes | None:
        # Whatever is not plain goes the long way: another answer is under way or not yet taken,
        # or the answer has no body or ends the connection.
        if self.early is None or self.flow.write_paused:
            return None
        if self.cycle is not None and not self.cycle.response_complete:
            return None
        method, version = self.parser.get_method(), self.parser.get_http_version()
        if method == b"HEAD" or version != "1.1" or not self.parser.should_keep_alive():
            return None
        return self.early.answer(method, self.url, self.headers)

    def _refuse_head(self) -> None:
        self._refuse(431, "HEADERS_TOO_LARGE", "The request line and the headers are too long.")

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Answer, unless an answer is under way, and close."""
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            request_id = new_request_id()
            body = msgspec.json.encode(Problem(code, message, "", request_id))
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
                (b"x-request-id", request_id.encode()),
                *([(b"retry-after", b"1")] if status == 503 else []),
                *SECURITY_HEADERS,
            ]
            lines = b"".join(b"%s: %s\r\n" % header for header in headers)
            self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
            if self.cycle is not None and not self.cycle.response_started:
                unheard(self.cycle.scope["state"], status, code)
        self.transport.close()


def bounded(limits: ConnectionLimits, early: EarlyRefusals | None) -> type[BoundedProtocol]:
    """Return the protocol of a server with these limits."""
    return type("BoundedProtocol", (BoundedProtocol,), {"limits": limits, "early": early})


async def sweep(connections: Set[Any], now: float) -> None:
    """Close the connections of slow clients; who asks meanwhile does not wait for the last."""
    some = list(connections)
    for first in range(0, len(some), SWEPT_AT_ONCE):
        for connection in some[first : first + SWEPT_AT_ONCE]:
            if connection in connections:  # or it has gone since
                connection.sweep(now)
        await asyncio.sleep(0)
