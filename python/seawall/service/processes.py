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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import msgspec

from seawall.errors import SeawallError
from seawall.service.access.doors import Access, DevDoor, dev_door
from seawall.service.listening import address_of, listening_on
from seawall.service.opening import ServiceOptions, open_service
from seawall.service.server import run_server
from seawall.service.sibling import Sibling
from seawall.service.telemetry.logs import json_logs

_log = logging.getLogger("seawall.service")

_SPAWN = get_context("spawn")  # a copy of this process might have its threads' locks, held for good


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
    sibling: Sibling
    process: SpawnProcess
    started: Connection  # readable once it serves, or has ended


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
        self._sockets = sockets
        self._dev = dev
        self._folder = folder
        self._children: list[_Child] = []
        self._is_ending = False

    def run(self) -> None:
        """Start all, and return when all have ended."""
        with _heeded(self._end):
            try:
                for number in range(1, self._options.processes + 1):
                    self._start(number)
                self._watch()
            finally:
                self._end()
                for child in self._children:
                    child.process.join()

    def _start(self, number: int) -> None:
        sibling = Sibling(number, self._options.processes, self._folder)
        started, tells = _SPAWN.Pipe(duplex=False)
        process = _SPAWN.Process(
            target=_serve_as,
            args=(sibling, self._options, self._sockets[number - 1], self._dev, tells),
            name=f"seawall-{number}",
        )
        process.start()
        tells.close()  # here: the process's own end is the last one
        self._children.append(_Child(sibling, process, started))
        if self._is_ending:  # it was told to end while this one was started
            process.terminate()

    def _end(self) -> None:
        self._is_ending = True
        for child in self._children:
            child.process.terminate()

    def _watch(self) -> None:
        while self._children:
            ended = wait([child.process.sentinel for child in self._children])
            for child in [one for one in self._children if one.process.sentinel in ended]:
                self._children.remove(child)
                child.process.join()
                if not self._is_ending:
                    self._replace(child)

    def _replace(self, child: _Child) -> None:
        number, code = child.sibling.number, child.process.exitcode
        if not _has_served(child):
            raise SeawallError(
                f"process {number} of the service ended with {code} before it served",
                code="process_failed",
            )
        _log.error("process %d of the service ended with %s: another takes its place", number, code)
        self._start(number)


def _has_served(child: _Child) -> bool:
    try:
        return bool(child.started.recv())
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
