"""The write side over SQLite, inside the transaction of a group."""

from collections.abc import Mapping, Sequence
from typing import Any

import apsw

from seawall.store.ledger_writes import LedgerWrites, Members
from seawall.store.row_writes import Values
from seawall.store.sqlite_connection import translated
from seawall.store.sqlite_group import SqliteGroup
from seawall.store.sqlite_members import RUN_MEMBERS
from seawall.store.sqlite_tables import TABLES
from seawall.store.tables import LedgerTable


class SqliteTransaction(LedgerWrites):
    """`Transaction` over the writer's connection, which has the write lock of all processes."""

    def __init__(self, connection: apsw.Connection, group: SqliteGroup) -> None:
        self._connection = connection
        self._group = group

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        with translated():
            self._group.save()
            return self._connection.execute(sql, values).fetchall()

    def _put(self, table: LedgerTable, rows: Sequence[Values]) -> int:
        return self._group.put(TABLES[table], rows)

    def _put_later(self, table: LedgerTable, rows: Sequence[Values]) -> None:
        self._group.put_later(TABLES[table], rows)

    def _put_members_later(self, members: Sequence[Members]) -> None:
        self._group.put_later(RUN_MEMBERS, members)

    def settle(self) -> None:
        """Put now what waits, and so refuse what is to be refused."""
        self._group.send()

    def _wait_for_turn(self) -> None:
        """The lock is there already."""
