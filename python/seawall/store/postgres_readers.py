"""Sessions that only read, one for each thread that reads at this moment."""

import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg

from seawall.errors import StoreError
from seawall.store.fair_turns import MAX_WAITING, WAIT_S, FairTurns
from seawall.store.postgres_connection import Server, translated
from seawall.store.postgres_deadlines import Session

MAX_READERS = 8
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
    most_waiting, wait_s : int, float
        Threads that wait while all are out, and how long each does.
    """

    def __init__(
        self,
        server: Server,
        *,
        most: int = MAX_READERS,
        most_waiting: int = MAX_WAITING,
        wait_s: float = WAIT_S,
    ) -> None:
        self._server = server
        self._turns = FairTurns(most, most_waiting=most_waiting, wait_s=wait_s)
        self._lock = threading.Lock()
        self._idle: list[Session] = []
        self._closed = False

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        """Ask one statement, once more where the session had died meanwhile.

        Raises
        ------
        StoreError
            ``store_busy`` when no session came back in time, or too many threads wait already;
            ``store_closed`` after `close`; or what PostgreSQL failed with.
        """
        with self._turns.one(), translated():
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
