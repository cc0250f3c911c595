"""The server in one process: runs the application, and drains when it is told to end."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

from litestar import Litestar

from seawall.service.access.doors import Access, DevDoor
from seawall.service.app import make_app
from seawall.service.connections import SWEEP_S, ConnectionLimits, bounded, sweep
from seawall.service.early_refusals import EarlyRefusals
from seawall.service.heap import share_heap
from seawall.service.listening import BACKLOG
from seawall.service.open_files import allow_connections
from seawall.service.opening import ServiceOptions, open_service
from seawall.service.sibling import Sibling
from seawall.service.telemetry.logs import json_logs
from seawall.service.telemetry.tracing import otlp_traces

ACCEPTED_AT_ONCE = 32
"""Connections taken in a round of the event loop.

libuv takes one a round from each socket that listens, and a round answers everyone who is in: a
thousand who come to a busy server would wait for seconds at its door.
"""

DRAIN_S = 30
"""How long requests that were accepted have to be answered, once the server is to end."""

SET_ASIDE_S = 0.05
"""How often what is new is set aside, which no walk of the collector meets any more.

A walk stops everybody, and nobody is told meanwhile that there is no place: what four thousand
connections are made of took 50 ms. Of what a request makes nothing is left for a walk to find: it
is forgotten as its last reference goes.
"""

COUNTED_AFTER = 500_000
"""What there is is counted once there may be so many objects more."""

MOST_MORE = 3_000_000
"""Blocks of memory more than after the last walk, with which it is walked: some may be of cycles.

An object takes two to four. They are counted by the allocator; to count what was set aside is to
walk over it, during which nobody would be answered.
"""

SWITCH_S = 0.0005
"""How long a thread may keep the interpreter while the event loop waits for it.

By default 5 ms, and each of eight threads may be the next: that long a refusal waits to be sent.
"""


def run_server(
    options: ServiceOptions,
    listening: socket.socket,
    *,
    dev: DevDoor | None = None,
    sibling: Sibling | None = None,
    on_opened: Callable[[Access], None] | None = None,
    on_started: Sequence[Callable[[], Awaitable[None]]] = (),
) -> None:
    """Serve in this process until it is told to end.

    Parameters
    ----------
    options : ServiceOptions
        Of the service.
    listening : socket
        Bound.
    dev : DevDoor, optional
        In development.
    sibling : Sibling, optional
        Which of several processes this is.
    on_opened : callable, optional
        Takes access before the first request is answered.
    on_started : sequence of callables
        Awaited once requests are answered.

    Raises
    ------
    SeawallError
        As `allow_connections` and `open_service`.
    """
    allow_connections(options.connections)
    share_heap()
    traces: AbstractContextManager[Any] = otlp_traces() if options.traces else nullcontext()
    with (
        json_logs(sys.stderr.buffer) as lines,
        traces as provider,
        open_service(
            options, dev=dev, turns_file=None if sibling is None else sibling.turns_file
        ) as opened,
    ):
        app = make_app(
            opened.service,
            access=opened.access,
            admission=options.admission,
            lines=lines if options.log_requests else None,
            traces=provider,
            sibling=sibling,
        )
        app.on_startup += [collect_seldom, *on_started]
        if on_opened is not None:
            on_opened(opened.access)
        with _collected_by_us(), _soon_switched():
            limits = ConnectionLimits(max_connections=options.connections)
            serve(app, listening, limits=limits, early=app.state.early)


def serve(
    app: Litestar,
    listening: socket.socket,
    *,
    limits: ConnectionLimits | None = None,
    early: EarlyRefusals | None = None,
) -> None:
    """Run an application on a socket until the process gets SIGINT or SIGTERM.

    The one place that knows which server it is.
    """
    import uvicorn

    async def swept() -> None:
        await sweep(server.server_state.connections, asyncio.get_running_loop().time())

    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=bounded(limits or ConnectionLimits(), early),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=DRAIN_S,
        callback_notify=swept,
        timeout_notify=SWEEP_S,
    )
    server = uvicorn.Server(config)
    # Until the server heeds signals itself; it also raises the one that ended it once more, and the
    # store is to be closed first.
    heeded = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.signal(one, server.handle_exit) for one in heeded}
    try:
        with ExitStack() as stack:
            again = [stack.enter_context(listening.dup()) for _ in range(ACCEPTED_AT_ONCE - 1)]
            server.run(sockets=[listening, *again])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


async def collect_seldom() -> None:
    """Set aside what is new and walk what has grown, until the loop ends."""
    loop = asyncio.get_running_loop()
    there, more = sys.getallocatedblocks(), 0

    def look() -> None:
        nonlocal there, more
        more += gc.get_count()[0]
        gc.freeze()
        if more >= COUNTED_AFTER:
            more = 0
            if sys.getallocatedblocks() > there + MOST_MORE:
                gc.unfreeze()
                gc.collect()
                gc.freeze()
                there = sys.getallocatedblocks()
        loop.call_later(SET_ASIDE_S, look)

    loop.call_later(SET_ASIDE_S, look)


@contextmanager
def _collected_by_us() -> Iterator[None]:
    """Have no walk begin by itself.

    With the interpreter's own thresholds a quarter of the time of a new run went into walks over
    the caches, where no cycle is.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


@contextmanager
def _soon_switched() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
