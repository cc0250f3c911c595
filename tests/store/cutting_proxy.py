"""A door to a server on 127.0.0.1 that slams when a chosen message comes through."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

_CHUNK = 1 << 16


class CuttingProxy:
    """Passes bytes on; ``when`` may cut a connection before or after what it is shown is sent.

    Parameters
    ----------
    port : int
        Of the server.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self.cut_before: Callable[[bytes], bool] | None = None
        self.cut_after: Callable[[bytes], bool] | None = None
        self.stalled = False  # passes nothing on any more, of any connection there is
        self.refusing = False
        self.silent = False  # tells the server nothing of a client that has gone
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._let_in, daemon=True).start()

    def url(self, url: str) -> str:
        """Lead a URL of the server through this door."""
        return url.replace(f":{self._server}/", f":{self.port}/")

    def close(self) -> None:
        """Cut every connection and let nobody in."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for pair in self._pairs:
            _cut(*pair)

    def _let_in(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            if self.refusing:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._server))
            self._pairs.append((client, server))
            for source, sink, asked in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._pass_on, args=(source, sink, asked), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, asked: bool) -> None:
        with suppress(OSError):
            while sent := source.recv(_CHUNK):
                if self.stalled:
                    continue
                if asked and self.cut_before is not None and self.cut_before(sent):
                    break
                after = asked and self.cut_after is not None and self.cut_after(sent)
                sink.sendall(sent)
                if after:
                    # The server works on, and finds nobody to tell.
                    with suppress(OSError):
                        source.shutdown(socket.SHUT_RDWR)
                    return
        if not (asked and self.silent):
            _cut(source, sink)


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
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
