"""Sessions that only read, one for each thread that reads at this moment."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg

from seawall.errors import StoreError
from seawall.store.postgres_connection import Server, translated
from seawall.store.postgres_deadlines import Session

MAX_READERS = 8
BORROW_S = 10.0
_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)\b")


@lru_cache(maxsize=512)
def placed(sql: str) -> str:
    """Write ``:name`` as psycopg wants it."""
    return _NAME.sub(r"%(\1)s", sql)


class Readers:
    """A small pool, of sessions that are opened when they are needed and then kept.

    Parameters
    ----------
    server : Server
        Where they are opened.
    most : int
        Sessions at once.
    wait_s : float
        How long a thread waits for one that is out.
    """

    def __init__(
        self, server: Server, *, most: int = MAX_READERS, wait_s: float = BORROW_S
    ) -> None:
        self._server = server
        self._wait_s = wait_s
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[Session] = []
        self._closed = False

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        """Ask one statement, once more where the session had died meanwhile.

        Raises
        ------
        StoreError
            ``store_busy`` when no session came back in time, ``store_closed`` after `close`, or
            what PostgreSQL failed with.
        """
        with self._turn(), translated():
            # A restart of the server kills every idle session, so each may be dead.
            while (session := self._borrow()) is not None:
                try:
                    return self._ask(session, sql, values)
                except psycopg.OperationalError:
                    if not session.broken:
                        raise
            return self._ask(self._server.connect(writing=False), sql, values)

    def close(self) -> None:
        """Close idle sessions now, and borrowed ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._free.acquire(timeout=self._wait_s):
            raise StoreError("Too many reads are under way; try again.", code="store_busy")
        try:
            yield
        finally:
            self._free.release()

    def _ask(self, session: Session, sql: str, values: Mapping[str, Any]) -> list[Any]:
        try:
            with self._server.deadlines.answering(session), session.cursor(binary=True) as cursor:
                return cursor.execute(placed(sql), values).fetchall()
        finally:
            self._return(session)

    def _borrow(self) -> Session | None:
        with self._lock:
            if self._closed:
                raise StoreError("The store is closed.", code="store_closed")
            return self._idle.pop() if self._idle else None

    def _return(self, session: Session) -> None:
        with self._lock:
            if not self._closed and not session.closed:
                self._idle.append(session)
                return
        session.close()
