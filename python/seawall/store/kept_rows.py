"""Rows that are known to be kept, so that what runs have in common is not put again and again."""

from collections import OrderedDict
from collections.abc import Sequence

MOST_ROWS = 1_024
LARGEST_BYTES = 1 << 14  # of a row's texts and bytes

Values = tuple[object, ...]


class KeptRows:
    """Rows of the ledger as one connection put or found them, by table, tenant and identifier.

    They never change, so a row that is kept stays so; but what is undone may not be kept. Of too
    many, those that were asked for least lately are forgotten.
    """

    def __init__(self) -> None:
        self._rows: OrderedDict[tuple[str, Values], Values] = OrderedDict()

    def unknown(self, table: str, rows: Sequence[Values]) -> Sequence[Values]:
        """Leave out those that are known to be kept; of very many nothing is known."""
        if not self._rows or len(rows) > MOST_ROWS:
            return rows
        return [row for row in rows if not self.has(table, row)]

    def has(self, table: str, row: Values) -> bool:
        """Tell whether exactly this row is known to be kept; its key is its first two columns."""
        key = (table, row[:2])
        if self._rows.get(key) != row:
            return False
        self._rows.move_to_end(key)
        return True

    def add(self, table: str, rows: Sequence[Values]) -> None:
        """Know rows that are in the table now, if they are not very many."""
        if len(rows) > MOST_ROWS:
            return
        for row in rows:
            if sum(len(cell) for cell in row if isinstance(cell, str | bytes)) <= LARGEST_BYTES:
                self._rows[table, row[:2]] = row
        while len(self._rows) > MOST_ROWS:
            self._rows.popitem(last=False)

    def forget(self) -> None:
        """Know nothing any more: something was undone."""
        self._rows.clear()
