"""``seawall serve`` on granian in place of uvicorn, as bench_servers.py starts it.

The same application, options, thresholds and event loop; what differs is who speaks HTTP. What the
service puts into uvicorn's own protocol is missing here: limits of slow connections, and refusals
before a body is read.
"""

import asyncio
import signal
import socket
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from seawall.cli.app import main
from seawall.service import server as service_server
from seawall.service.listening import BACKLOG


def serve(app: Litestar, listening: socket.socket, **_: Any) -> None:
    """Run an application in the place of a socket: granian binds an address itself."""
    host, port = listening.getsockname()[:2]
    listening.close()
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        log_enabled=False,
    )

    async def until_told() -> None:
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, server.stop)
        await server.serve()

    uvloop.run(until_told())


if __name__ == "__main__":
    service_server.serve = serve
    main()
