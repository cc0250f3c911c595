"""Logs as lines of JSON: what was answered to whom, and what the libraries say.

A value is always inside a JSON string in ASCII, so whatever a caller sends stays on its line. A
request's line has no path, body or header of it, so no credential either.
"""

import json
import logging
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from select import PIPE_BUF
from typing import IO, Any

import msgspec
import structlog

MOST_LINES = 65_536
"""Lines that wait to be written; beyond them lines are dropped and counted."""

GATHERED_S = 0.02
"""How long lines gather, so that a busy service wakes the writer fifty times a second."""

_LIBRARIES = logging.WARNING
_OWN = logging.INFO


class LineWriter:
    """Writes lines on a thread of its own: nobody waits for who reads the log.

    Parameters
    ----------
    file : binary file
        Where to; it stays open.
    """

    def __init__(self, file: IO[bytes], *, most: int = MOST_LINES) -> None:
        self.dropped = 0
        self._file = file
        self._most = most
        self._lines: deque[bytes] = deque()
        self._some = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._write, name="seawall-log", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Queue a line with its end."""
        if len(self._lines) >= self._most:
            self.dropped += 1
            return
        self._lines.append(line)
        if not self._some.is_set():
            self._some.set()

    def close(self, *, within_s: float = 5.0) -> None:
        """Write what is queued, unless nobody takes it within a time."""
        self._ending.set()
        self._some.set()
        self._thread.join(within_s)

    def _write(self) -> None:
        while True:
            self._some.wait()
            self._ending.wait(GATHERED_S)
            self._some.clear()
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            for piece in _pieces(lines):
                try:
                    self._file.write(b"".join(piece))
                    self._file.flush()
                except (OSError, ValueError):
                    self.dropped += len(piece)  # there is nobody to tell
            if self._ending.is_set() and not self._lines:
                return


def _pieces(lines: list[bytes]) -> Iterator[list[bytes]]:
    """Part lines into what a pipe takes at once, or processes that share it mix theirs."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        size += len(line)
        if piece and size > PIPE_BUF:
            yield piece
            piece, size = [], len(line)
        piece.append(line)
    if piece:
        yield piece


_SHARED: tuple[Any, ...] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_ENCODER = msgspec.json.Encoder(enc_hook=repr)


def _encoded(entry: Any, **_: Any) -> str:
    line = _ENCODER.encode(entry)
    # Control characters are escaped by both; what is beyond ASCII may end a line for some readers.
    return line.decode() if line.isascii() else json.dumps(entry, default=repr)


_LINE = structlog.processors.JSONRenderer(serializer=_encoded)


class _RequestLine(msgspec.Struct, frozen=True, gc=False):
    request_id: str
    method: str
    route: str
    status: int
    duration_ms: float
    tenant: str
    key_id: str
    code: str
    event: str
    level: str
    timestamp: str


class RequestLog:
    """One line for each request that was answered, made without the chain of processors."""

    def __init__(self, lines: LineWriter) -> None:
        self._lines = lines

    def answered(
        self, state: Mapping[str, Any], *, route: str, method: str, status: int, seconds: float
    ) -> None:
        """Write the line of a request whose ``scope["state"]`` is given."""
        principal = state.get("principal")
        entry = _RequestLine(
            request_id=state.get("request_id", ""),
            method=method[:16],
            route=route,
            status=status,
            duration_ms=round(seconds * 1e3, 3),
            tenant="" if principal is None else principal.tenant,
            key_id="" if principal is None else principal.key_id,
            code=state.get("problem_code", ""),
            event="request",
            level="info",
            timestamp=datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        )
        line = _ENCODER.encode(entry)
        if not line.isascii():
            line = _encoded(msgspec.to_builtins(entry)).encode()
        self._lines.write(line + b"\n")


class _Handler(logging.Handler):
    def __init__(self, lines: LineWriter) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.write(self.format(record).encode() + b"\n")


@contextmanager
def json_logs(file: IO[bytes]) -> Iterator[LineWriter]:
    """Have all of the process's logging written as lines of JSON."""
    lines = LineWriter(file)
    handler = _Handler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _LINE,
            ],
        )
    )
    root, own = logging.getLogger(), logging.getLogger("seawall")
    before = root.handlers[:], root.level, own.level
    root.handlers[:] = [handler]
    root.setLevel(_LIBRARIES)
    own.setLevel(_OWN)
    try:
        yield lines
    finally:
        root.handlers[:], root.level, own.level = before
        lines.close()
