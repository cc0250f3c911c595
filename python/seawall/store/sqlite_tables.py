"""The ledger's tables in SQLite: their statements, and how rows that may be there are kept."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

import apsw

from seawall.store.refusals import kept_otherwise
from seawall.store.row_writes import Values
from seawall.store.tables import LEDGER_TABLES, RUN_EVIDENCE, RUN_FINDING, LedgerTable

# A statement that takes several rows costs one step, and the interpreter lets go of its lock at
# every step; more than these would cost more to prepare than they save.
MOST_TOGETHER = 64
_ANY_NUMBER = 16  # up to here there is a statement for every number of rows, then for powers of 2


class Table:
    """The statements of one table; each copies what it takes, so of large rows it takes one."""

    def __init__(self, table: LedgerTable) -> None:
        self._columns = tuple(table.types)
        self._content = table.content
        self._together = 1 if table.has_large_rows else MOST_TOGETHER
        self.name = table.name
        self.insert = cache(self._insert)
        self.same = cache(self._same)

    def put(self, connection: apsw.Connection, rows: Sequence[Values]) -> int:
        """Insert what is missing, require the rest to be the same; return how many were new."""
        before = connection.total_changes()
        for some in pieces(rows, self._together):
            connection.execute(self.insert(len(some)), tuple(chain(*some)))
        created = connection.total_changes() - before
        if created < len(rows):
            for some in pieces(rows, self._together):
                self._require_kept(connection, some)
        return created

    def _require_kept(self, connection: apsw.Connection, rows: Sequence[Values]) -> None:
        wanted = [row[: len(self._content)] for row in rows]
        if self._count_same(connection, wanted) < len(rows):
            changed = next(row for row in wanted if self._count_same(connection, [row]) == 0)
            raise kept_otherwise(f"{self.name}[{changed[1]}]")

    def _count_same(self, connection: apsw.Connection, wanted: Sequence[Values]) -> int:
        return int(connection.execute(self.same(len(wanted)), tuple(chain(*wanted))).get)

    def _insert(self, count: int) -> str:
        return (
            f"INSERT INTO {self.name} ({', '.join(self._columns)}) "
            f"VALUES {_places(len(self._columns), count)} ON CONFLICT DO NOTHING"
        )

    def _same(self, count: int) -> str:
        content = enumerate(self._content, 1)
        return (
            f"SELECT count(*) FROM (VALUES {_places(len(self._content), count)}) AS wanted "
            f"CROSS JOIN {self.name} AS kept WHERE "
            + " AND ".join(f"kept.{name} = wanted.column{n}" for n, name in content)
        )


def pieces(rows: Sequence[Values], most: int = MOST_TOGETHER) -> Iterator[Sequence[Values]]:
    """Part rows into as few statements as are worth preparing."""
    first = 0
    while (left := len(rows) - first) > 0:
        size = min(left, most)
        if size > _ANY_NUMBER:
            size = 1 << (size.bit_length() - 1)
        yield rows[first : first + size]
        first += size


def _places(columns: int, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)


TABLES = {
    table: Table(table) for table in LEDGER_TABLES if table not in (RUN_EVIDENCE, RUN_FINDING)
}
"""All but the members of runs, which are kept otherwise."""
