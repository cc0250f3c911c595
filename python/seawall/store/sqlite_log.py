"""The log in SQLite, where a row's place in its tree is its rowid."""

from collections.abc import Mapping
from typing import Any

import apsw
from msgspec.structs import astuple

from seawall.store.fresh_leaves import FreshLeaves
from seawall.store.log import KeptHead
from seawall.store.log_extension import LogExtension, require_next
from seawall.store.log_reads import LogRowReads
from seawall.store.log_statements import LogStatements
from seawall.store.sqlite_connection import translated

_STATEMENTS = LogStatements("rowid", origin=1)


class SqliteLogExtension(LogExtension):
    """`GrowingLog` over the writer's connection."""

    statements = _STATEMENTS

    def __init__(self, connection: apsw.Connection, fresh: FreshLeaves) -> None:
        super().__init__()
        self._fresh = fresh
        self._connection = connection

    def _ask(self, sql: str, values: Mapping[str, str | int | bytes]) -> list[Any]:
        return self._connection.execute(sql, values).fetchall()


class SqliteLogWrites:
    """`LogWrites` over the writer's connection."""

    _connection: apsw.Connection

    def append_log_head(self, head: KeptHead) -> None:
        """Keep a signed head."""
        with translated():
            require_next(
                self._connection.execute("SELECT coalesce(max(number), 0) FROM log_head").get, head
            )
            self._connection.execute("INSERT INTO log_head VALUES (?, ?, ?, ?)", astuple(head))


class SqliteLogReads(LogRowReads):
    """`LogReads` over connections that only read."""

    log_statements = _STATEMENTS
