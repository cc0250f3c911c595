"""A server whose patience is short, as a process: ``python -m`` this, in the store's folder."""

import asyncio
import socket
import sys
from typing import Any

from seawall.service.connections import ConnectionLimits
from seawall.service.server import serve

LIMITS = ConnectionLimits(head_s=1.0, window_s=1.0, min_bytes=100, max_connections=40)

ANSWER_BYTES = 16 << 20


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """Read the body and say how long it is; a GET is answered with far more than sockets hold."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/late":
        await asyncio.sleep(3.2)  # longer than two windows and a sweep
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(2.2)
    body = bytes(ANSWER_BYTES) if scope["path"] == "/large" else str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0), backlog=1_000)
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    serve(answering, listening, limits=LIMITS)  # type: ignore[arg-type]
