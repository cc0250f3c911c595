"""Rows of one tenant as a database takes them, each made when it is asked for."""

from collections.abc import Iterator, Sequence
from typing import overload

from msgspec import Struct

from seawall import native
from seawall.store.row_writes import Values


class TenantRows(Sequence[Values]):
    """A tenant before the fields of each of its rows.

    A million rows are not in memory a second time, and who takes them in slices finds the cells of
    each slice in the processor's cache.
    """

    def __init__(self, tenant: str, rows: list[Struct]) -> None:
        self._tenant = tenant
        self._rows = rows

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Values]:
        """Make all."""
        return iter(self._made(self._rows))

    @overload
    def __getitem__(self, index: int) -> Values: ...

    @overload
    def __getitem__(self, index: slice) -> list[Values]: ...

    def __getitem__(self, index: int | slice) -> Values | list[Values]:
        """Make one, or those of a slice."""
        if isinstance(index, slice):
            return self._made(self._rows[index])
        return self._made([self._rows[index]])[0]

    def _made(self, rows: list[Struct]) -> list[Values]:
        fields = rows[0].__struct_fields__ if rows else ()
        return native.cells_of_rows(self._tenant, rows, fields)
