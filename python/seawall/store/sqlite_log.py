"""The log in SQLite, where a row's place in its tree is its rowid."""

from collections.abc import Mapping
from typing import Any

import apsw

from seawall.store.fresh_leaves import FreshLeaves
from seawall.store.log_extension import LogExtension
from seawall.store.log_statements import LogStatements
from seawall.store.sqlite_links import OF_FINDING

LOG_STATEMENTS = LogStatements("rowid", origin=1, of_finding=OF_FINDING)


class SqliteLogExtension(LogExtension):
    """`GrowingLog` over the writer's connection."""

    statements = LOG_STATEMENTS

    def __init__(self, connection: apsw.Connection, fresh: FreshLeaves) -> None:
        super().__init__()
        self._fresh = fresh
        self._connection = connection

    def _ask(self, sql: str, values: Mapping[str, str | int | bytes]) -> list[Any]:
        return self._connection.execute(sql, values).fetchall()
