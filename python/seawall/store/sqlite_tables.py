"""The ledger's tables in SQLite: their statements, and how rows that may be there are kept."""

from collections.abc import Iterator, Sequence
from functools import cache

import apsw

from seawall import native
from seawall.store.refusals import kept_otherwise
from seawall.store.row_writes import Values
from seawall.store.tables import LEDGER_TABLES, LINK, RUN_EVIDENCE, RUN_FINDING, LedgerTable

# A statement that takes several rows costs one step, and the interpreter lets go of its lock at
# every step; more than these would cost more to prepare than they save.
MOST_TOGETHER = 64
_ANY_NUMBER = 16  # up to here there is a statement for every number of rows, then for powers of 2


class Table:
    """The statements of one table; each copies what it takes, so of large rows it takes one.

    Parameters
    ----------
    table : LedgerTable
        As every database has it.
    number : str, optional
        A column of integers that it has here besides.
    """

    def __init__(self, table: LedgerTable, *, number: str | None = None) -> None:
        self._columns = tuple(table.types)
        self._content = table.content
        self._number = number
        self._together = 1 if table.has_large_rows else MOST_TOGETHER
        self.name = table.name
        self.insert = cache(self._insert)
        self.same = cache(self._same)

    def put(self, connection: apsw.Connection, rows: list[Values], numbers: list[int]) -> int:
        """Insert what is missing, require the rest to be the same; return how many were new."""
        before = connection.total_changes()
        for part in parts(len(rows), self._together):
            some = rows[part]
            cells = native.joined_cells(some, numbers[part])
            connection.execute(self.insert(len(some)), cells)
        created = connection.total_changes() - before
        if created < len(rows):
            for part in parts(len(rows), self._together):
                self._require_kept(connection, rows[part], numbers[part])
        return created

    def _require_kept(
        self, connection: apsw.Connection, rows: list[Values], numbers: list[int]
    ) -> None:
        wanted = [row[: len(self._content)] for row in rows]
        if self._count_same(connection, wanted, numbers) < len(rows):
            changed = next(
                row
                for index, row in enumerate(wanted)
                if self._count_same(connection, [row], numbers[index : index + 1]) == 0
            )
            raise kept_otherwise(f"{self.name}[{changed[1]}]")

    def _count_same(
        self, connection: apsw.Connection, wanted: list[Values], numbers: list[int]
    ) -> int:
        cells = native.joined_cells(wanted, numbers)
        same = connection.execute(self.same(len(wanted)), cells)
        return int(same.get)

    def _insert(self, count: int) -> str:
        # FAIL: what a refused statement did is undone with its put, so SQLite need not copy each
        # page that a statement changes.
        return (
            f"INSERT OR FAIL INTO {self.name} ({', '.join(self._with_number(self._columns))}) "
            f"VALUES {self._places(self._columns, count)} ON CONFLICT DO NOTHING"
        )

    def _same(self, count: int) -> str:
        content = enumerate(self._with_number(self._content), 1)
        return (
            f"SELECT count(*) FROM (VALUES {self._places(self._content, count)}) AS wanted "
            f"CROSS JOIN {self.name} AS kept WHERE "
            + " AND ".join(f"kept.{name} = wanted.column{n}" for n, name in content)
        )

    def _with_number(self, columns: Sequence[str]) -> list[str]:
        return [*columns, *([self._number] if self._number else [])]

    def _places(self, columns: Sequence[str], rows: int) -> str:
        # Places that are numbered would take longer to prepare than all the rest of a statement.
        place = ", ".join("?" * len(self._with_number(columns)))
        return ", ".join([f"({place})"] * rows)


def parts(count: int, most: int = MOST_TOGETHER) -> Iterator[slice]:
    """Part rows into as few statements as are worth preparing."""
    first = 0
    while (left := count - first) > 0:
        size = min(left, most)
        if size > _ANY_NUMBER:
            size = 1 << (size.bit_length() - 1)
        yield slice(first, first + size)
        first += size


TABLES = {
    table: Table(table, number="finding_number" if table is LINK else None)
    for table in LEDGER_TABLES
    if table not in (RUN_EVIDENCE, RUN_FINDING)
}
"""All but the members of runs, which are kept otherwise."""
