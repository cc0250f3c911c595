"""Sessions that only read, one for each thread that reads at this moment."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg

from seawall.store.fair_turns import MAX_WAITING, WAIT_S
from seawall.store.postgres_connection import Server, translated
from seawall.store.postgres_deadlines import Session
from seawall.store.reader_pool import ReaderPool

MAX_READERS = 8
_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)\b")


@lru_cache(maxsize=512)
def placed(sql: str) -> str:
    """Write ``:name`` as psycopg wants it."""
    return _NAME.sub(r"%(\1)s", sql)


class Readers(ReaderPool[Session]):
    """Sessions of one database that only read.

    Parameters
    ----------
    server : Server
        Where they are opened.
    most, most_waiting, wait_s
        As of the pool.
    """

    def __init__(
        self,
        server: Server,
        *,
        most: int = MAX_READERS,
        most_waiting: int = MAX_WAITING,
        wait_s: float = WAIT_S,
    ) -> None:
        super().__init__(most=most, most_waiting=most_waiting, wait_s=wait_s)
        self._server = server

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        """Ask one statement, once more where the session had died meanwhile.

        Raises
        ------
        StoreError
            As the pool does, or what PostgreSQL failed with.
        """
        with self.turn(), translated():
            # A restart of the server kills every idle session, so each may be dead.
            while (session := self.borrow()) is not None:
                try:
                    return self._ask(session, sql, values)
                except psycopg.OperationalError:
                    if not session.broken:
                        raise
            return self._ask(self._server.connect(writing=False), sql, values)

    def _ask(self, session: Session, sql: str, values: Mapping[str, Any]) -> list[Any]:
        try:
            with self._server.deadlines.answering(session), session.cursor(binary=True) as cursor:
                return cursor.execute(placed(sql), values).fetchall()
        finally:
            self.give_back(session, dead=session.closed)
