"""An end to waiting for a server that is connected and says nothing."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

ROWS_PER_S = 2_000
"""What a statement of many rows has beside that."""

_LOOK_S = 0.1

Session = psycopg.Connection[tuple[Any, ...]]


class Deadlines:
    """Cuts the connection of a session whose answer is overdue, so that who waits learns it.

    The server's own timeouts do not help where the network swallows what it says.

    Parameters
    ----------
    answer_s : float
        How long a statement may take.
    """

    def __init__(self, answer_s: float) -> None:
        self.answer_s = answer_s
        self._until: dict[Session, float] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._look, name="seawall-deadlines", daemon=True)
        self._thread.start()

    @contextmanager
    def answering(self, session: Session, *, rows: int = 0) -> Iterator[None]:
        """Expect the answers to what is sent inside, in time."""
        self._until[session] = time.monotonic() + self.answer_s + rows / ROWS_PER_S
        try:
            yield
        finally:
            self._until.pop(session, None)

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._closed.wait(_LOOK_S):
            now = time.monotonic()
            for session, until in list(self._until.items()):
                if now > until:
                    _cut(session)


def _cut(session: Session) -> None:
    # It may have been closed meanwhile.
    with (
        suppress(psycopg.Error, OSError),
        socket.socket(fileno=os.dup(session.fileno())) as wire,
    ):
        wire.shutdown(socket.SHUT_RDWR)
