"""A door to a server on 127.0.0.1 that slams when a chosen message comes through."""

import re
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple

Parting = Literal["refuse", "reset", "stall", "drop"]
"""How a network is parted.

``refuse``: connections are ended, and nobody listens. ``reset``: connections are reset, and each
that is opened is, too. ``stall``: nothing arrives, until it all does. ``drop``: what is sent on a
connection that there was vanishes for good, and the server never hears that it has ended.
"""

PARTINGS: tuple[Parting, ...] = ("refuse", "reset", "stall", "drop")

_CHUNK = 1 << 16
_AT_ONCE = struct.pack("ii", 1, 0)  # of SO_LINGER: a closed connection is reset


# Messages of PostgreSQL that give a statement a name, and that run it by its name.
_NAMES = re.compile(rb"P[\s\S]{4}(\w+)\x00([^\x00]{1,64})\x00")
_RUNS = re.compile(rb"B[\s\S]{4}\x00(\w+)\x00")


class _Pair:
    """A client, the server on its behalf, whose words vanish, and how they end."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.vanishes = False
        self.answers_vanish = False
        self.resets = False
        self._named: dict[bytes, bytes] = {}

    def said(self, sent: bytes) -> bytes:
        """Return a message with the short statements that it runs by their names."""
        self._named.update(_NAMES.findall(sent))
        return b" ".join([sent, *(self._named.get(name, b"") for name in _RUNS.findall(sent))])

    def cut(self) -> None:
        """End both connections."""
        _cut(self.client, self.server, resets=self.resets)


class _Coming(NamedTuple):
    how: Parting
    word: bytes
    passed: bool


class CuttingProxy:
    """Passes bytes on; ``cut_before`` and ``cut_after`` may cut a connection at what they see.

    Parameters
    ----------
    port : int
        Of the server.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        # Bound and never listening, it keeps the port while the door is away.
        self._place = _bound(0)
        self.port = int(self._place.getsockname()[1])
        self._door = _listening(self.port)
        self.cut_before: Callable[[bytes], bool] | None = None
        self.cut_after: Callable[[bytes], bool] | None = None
        self.stalled = False  # passes nothing on any more, of any connection there is
        self.refusing = False
        self.silent = False  # tells the server nothing of a client that has gone
        self.parted = threading.Event()
        self._how: Parting | None = None
        self._coming: _Coming | None = None
        self._whole = threading.Event()
        self._whole.set()
        self._lock = threading.Lock()
        self._closed = False
        self._pairs: list[_Pair] = []
        threading.Thread(target=self._let_in, args=(self._door,), daemon=True).start()

    def url(self, url: str) -> str:
        """Lead a URL of the server through this door."""
        return url.replace(f":{self._server}/", f":{self.port}/")

    def part(self, how: Parting) -> None:
        """Part client and server now, until `heal`."""
        with self._lock:
            if self._closed or self._how is not None:
                return
            self._how, self._coming = how, None
            if how == "refuse":
                _shut(self._door)
            if how in ("stall", "drop"):
                self._whole.clear()
            for pair in self._pairs:
                if how == "drop":
                    pair.vanishes = True
                elif how != "stall":
                    pair.resets = how == "reset"
                    pair.cut()
        self.parted.set()

    def part_at(self, how: Parting, word: bytes, *, passed: bool) -> None:
        """Part them when a message with a word in it comes: before it is passed on, or after."""
        self._coming = _Coming(how, word, passed)

    def heal(self) -> None:
        """Let new connections through again, and what waited."""
        with self._lock:
            was, self._how, self._coming = self._how, None, None
            self.parted.clear()
            if was == "refuse" and not self._closed:
                self._door = _listening(self.port)
                threading.Thread(target=self._let_in, args=(self._door,), daemon=True).start()
            self._whole.set()

    def close(self) -> None:
        """Cut every connection and let nobody in."""
        with self._lock:
            self._closed = True
            _shut(self._door)
            self._place.close()
            for pair in self._pairs:
                pair.cut()
            self._whole.set()

    def _let_in(self, door: socket.socket) -> None:
        while True:
            try:
                client, _ = door.accept()
            except OSError:
                return
            self._whole.wait()
            if self.refusing:
                _cut(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                _cut(client)
                continue
            pair = _Pair(client, server)
            with self._lock:
                self._pairs.append(pair)
                pair.vanishes, pair.resets = self._how == "drop", self._how == "reset"
                if self._how in ("refuse", "reset"):
                    pair.cut()
                    continue
            for asked in (True, False):
                threading.Thread(target=self._pass_on, args=(pair, asked), daemon=True).start()

    def _pass_on(self, pair: _Pair, asked: bool) -> None:
        source, sink = (pair.client, pair.server) if asked else (pair.server, pair.client)
        with suppress(OSError):
            while sent := source.recv(_CHUNK):
                if self.stalled:
                    continue
                said = pair.said(sent) if asked else b""
                if asked and self.cut_before is not None and self.cut_before(said):
                    break
                coming = self._coming if asked else None
                if coming is not None and coming.word not in said:
                    coming = None
                if coming is not None and not coming.passed:
                    self.part(coming.how)
                self._whole.wait()
                if pair.vanishes or (pair.answers_vanish and not asked):
                    continue
                after = asked and self.cut_after is not None and self.cut_after(said)
                if after:  # before it is passed on: the answer may come at once
                    pair.answers_vanish = True
                sink.sendall(sent)
                if coming is not None and coming.passed:
                    self.part(coming.how)
                if after:
                    # The server works on, and finds nobody to tell.
                    with suppress(OSError):
                        source.shutdown(socket.SHUT_RDWR)
                    return
        self._whole.wait()
        if not (asked and (self.silent or pair.vanishes)):
            pair.cut()


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


def _listening(port: int) -> socket.socket:
    door = _bound(port)
    door.listen()
    return door


def _shut(door: socket.socket) -> None:
    with suppress(OSError):
        door.shutdown(socket.SHUT_RDWR)  # who waits in accept learns it
    door.close()


def _cut(*ends: socket.socket, resets: bool = False) -> None:
    for end in ends:
        with suppress(OSError):
            if resets:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            # Wakes who reads it: until then it is open, closed or not.
            end.shutdown(socket.SHUT_RD if resets else socket.SHUT_RDWR)
        end.close()


def once(word: bytes) -> Callable[[bytes], bool]:
    """Make a condition that holds for the first message with a word in it."""
    met: list[bytes] = []

    def is_met(sent: bytes) -> bool:
        if met or word not in sent:
            return False
        met.append(sent)
        return True

    return is_met
