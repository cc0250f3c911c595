"""A tiny HTTP/1.1 server, written apart from seawall, that counts what it is asked."""

import asyncio
import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Self

Answer = Callable[[int, bytes], bytes]  # of the request's number and bytes; b"" closes


def reply(body: bytes = b"fine", *, status: int = 200) -> bytes:
    return b"HTTP/1.1 %d Text\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


class StandInServer:
    """Answers the same, or by a function; a pause in it stalls all connections at once."""

    def __init__(
        self,
        answer: Answer | bytes | None = None,
        *,
        closes: bool = False,
        delay_s: float = 0.0,
    ) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._answer = reply() if answer is None else answer
        self._closes = closes  # after each answer
        self._delay_s = delay_s  # of each answer, apart from the others
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"\r\nContent-Length: (\d+)", request)
                request += await reader.readexactly(int(length[1]) if length else 0)
                self.requests.append(request)
                answer = self._answer
                if not isinstance(answer, bytes):
                    answer = answer(len(self.requests) - 1, request)
                if not answer:
                    break
                if self._delay_s:
                    await asyncio.sleep(self._delay_s)
                writer.write(answer)
                await writer.drain()
                if self._closes:
                    writer.close()
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if not writer.is_closing():
                writer.transport.abort()

    async def _start(self) -> asyncio.Server:
        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._loop.create_task(self._serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return await asyncio.start_server(accepted, "127.0.0.1", 0, backlog=2000)

    async def _stop(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports end a turn of the loop later

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Lend a port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
