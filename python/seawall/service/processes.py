"""One service in one process or in several, which share its address and its store.

A process has one interpreter, so a second core serves requests only through a second process. The
one that was started binds, starts the others, puts another in the place of one that fails, and
answers nothing itself.
"""

import asyncio
import logging
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import msgspec

from seawall.errors import SeawallError
from seawall.service.access.doors import Access, DevDoor, dev_door
from seawall.service.listening import address_of, in_place_of, listening_on
from seawall.service.opening import ServiceOptions, open_service
from seawall.service.server import run_server
from seawall.service.sibling import Sibling
from seawall.service.telemetry.logs import json_logs

_log = logging.getLogger("seawall.service")

_SPAWN = get_context("spawn")  # a copy of this process might have its threads' locks, held for good

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""Before another is started for one that ended before it served; each time twice as long."""


class Bound(msgspec.Struct, frozen=True):
    """What who starts a service is told."""

    address: str
    dev_key: str  # empty unless in development
    is_closed: bool  # nobody comes in: there is no key yet, and no issuer that is trusted

    def __repr__(self) -> str:
        """Keep the key out of logs and tracebacks."""
        return f"Bound({self.address!r})"


def run_service(options: ServiceOptions, *, port: int, on_bound: Callable[[Bound], None]) -> None:
    """Serve until this process is told to end.

    Parameters
    ----------
    options : ServiceOptions
        Of the service.
    port : int
        0 for one that is free.
    on_bound : callable
        Called before the first request is answered.

    Raises
    ------
    SeawallError
        ``port_unavailable`` when nobody may listen there, ``process_failed`` when a process of
        several cannot serve; as `dev_door` and `run_server`.
    """
    dev = dev_door(host=options.host, tenant=options.tenant) if options.dev else None
    with listening_on(options.host, port, count=options.processes) as sockets:

        def opened(access: Access) -> None:
            is_closed = not (options.access.issuers or access.store.api_keys(None))
            on_bound(Bound(address_of(sockets[0]), dev.shown if dev else "", is_closed))

        if options.processes == 1:
            run_server(options, sockets[0], dev=dev, on_opened=opened)
            return
        # What the first start makes, it makes here, and what cannot be opened is told here.
        with open_service(options, dev=dev, turns_file=None) as first:
            opened(first.access)
        with json_logs(sys.stderr.buffer), tempfile.TemporaryDirectory(prefix="seawall-") as folder:
            _Processes(options, sockets, dev, Path(folder)).run()


class _Child(msgspec.Struct, frozen=True, eq=False):
    process: SpawnProcess
    started: Connection  # readable once it serves, or has ended


class _Place(msgspec.Struct, eq=False):
    """Of one of the processes, whichever has it at present."""

    sibling: Sibling
    listening: socket.socket
    child: _Child | None = None
    has_served: bool = False  # ever, whichever had it
    pause_s: float = FIRST_PAUSE_S
    next_at: float = 0.0  # monotonic: without a process, when another is started


class _Processes:
    """The processes of a service, from the start to the end of all."""

    def __init__(
        self,
        options: ServiceOptions,
        sockets: list[socket.socket],
        dev: DevDoor | None,
        folder: Path,
    ) -> None:
        self._options = options
        self._dev = dev
        self._places = [
            _Place(Sibling(number, options.processes, folder), one)
            for number, one in enumerate(sockets, 1)
        ]
        self._is_ending = False
        self._wakened, self._wakes = _SPAWN.Pipe(duplex=False)

    def run(self) -> None:
        """Start all, and return when all have ended.

        Raises
        ------
        SeawallError
            ``process_failed`` when one cannot serve at the first start, or later none can.
        """
        with _heeded(self._told_to_end):
            try:
                while not self._is_ending:
                    self._start_due()
                    self._wait()
            finally:
                self._end()

    def _told_to_end(self) -> None:
        # Of a signal, so between any two steps of the others: it only says so.
        if not self._is_ending:
            self._is_ending = True
            self._wakes.send_bytes(b"end")

    def _end(self) -> None:
        for place in self._places:
            place.listening.close()  # or the system would go on to take connections for nobody
        running = [place.child.process for place in self._places if place.child is not None]
        for process in running:
            process.terminate()
        for process in running:
            process.join()

    def _start_due(self) -> None:
        for place in self._places:
            if not self._is_ending and place.child is None and _is_due(place):
                self._start(place)

    def _start(self, place: _Place) -> None:
        started, tells = _SPAWN.Pipe(duplex=False)
        with tells:  # here: the process's own end is the last one
            process = _SPAWN.Process(
                target=_serve_as,
                args=(place.sibling, self._options, place.listening, self._dev, tells),
                name=f"seawall-{place.sibling.number}",
            )
            try:
                process.start()
            except OSError as error:  # no memory, or too many processes
                self._failed(place, f"could not be started ({error.strerror})")
                return
        place.child = _Child(process, started)

    def _wait(self) -> None:
        """Wait until a process ends, another is due, or all are to end."""
        running = [(place, place.child) for place in self._places if place.child is not None]
        due = [place.next_at for place in self._places if place.child is None]
        within_s = max(min(due) - time.monotonic(), 0.0) if due else None
        ended = wait([self._wakened, *(child.process.sentinel for _, child in running)], within_s)
        for place, child in running:
            if child.process.sentinel in ended and not self._is_ending:
                self._ended(place, child)

    def _ended(self, place: _Place, child: _Child) -> None:
        child.process.join()
        number, code = place.sibling.number, child.process.exitcode
        place.child = None
        if not _has_served(child.started):
            self._failed(place, f"ended with {code} before it served")
            return
        _log.error("process %d of the service ended with %s: another takes its place", number, code)
        place.has_served, place.pause_s, place.next_at = True, FIRST_PAUSE_S, 0.0

    def _failed(self, place: _Place, how: str) -> None:
        """Have another started after a pause, if it is not for the whole service to end.

        At the first start the next one would fail too; where nobody serves, who started the service
        is to know.
        """
        number = place.sibling.number
        others = [one for one in self._places if one is not place]
        if not place.has_served or all(one.child is None and not _is_due(one) for one in others):
            raise SeawallError(f"process {number} of the service {how}", code="process_failed")
        place.listening = in_place_of(place.listening)  # who comes goes to the others
        _log.error(
            "process %d of the service %s: another is started in %g s", number, how, place.pause_s
        )
        place.next_at = time.monotonic() + place.pause_s
        place.pause_s = min(2 * place.pause_s, LONGEST_PAUSE_S)


def _is_due(place: _Place) -> bool:
    return place.next_at <= time.monotonic()


def _has_served(started: Connection) -> bool:
    with started:
        try:
            return bool(started.recv())
        except EOFError:
            return False


def _serve_as(
    sibling: Sibling,
    options: ServiceOptions,
    listening: socket.socket,
    dev: DevDoor | None,
    tells: Connection,
) -> None:
    """Serve in a process of its own; a failure is told by its log and its exit status."""

    async def tell() -> None:
        tells.send(True)

    try:
        run_server(options, listening, dev=dev, sibling=sibling, on_started=[tell, _follow_parent])
    except SeawallError as error:
        sys.exit(f"error: {error}")


async def _follow_parent() -> None:
    """Have this process end as it is told to, if the one that started it is there no longer."""
    parent = parent_process()
    if parent is not None:
        loop, sentinel = asyncio.get_running_loop(), parent.sentinel

        def follow() -> None:
            loop.remove_reader(sentinel)
            signal.raise_signal(signal.SIGTERM)

        loop.add_reader(sentinel, follow)


@contextmanager
def _heeded(end: Callable[[], None]) -> Iterator[None]:
    """Call a function when this process is told to end."""
    before = {
        one: signal.signal(one, lambda _, __: end()) for one in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
