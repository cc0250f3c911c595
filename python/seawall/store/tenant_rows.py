"""Rows of one tenant as a database takes them, each made when it is asked for."""

from collections.abc import Iterator, Sequence
from typing import overload

from msgspec import Struct
from msgspec.structs import astuple

from seawall.store.row_writes import Values


class TenantRows(Sequence[Values]):
    """A tenant before the fields of each of its rows.

    A million rows are not in memory a second time, and who takes them in slices finds the cells of
    each slice in the processor's cache.
    """

    def __init__(self, tenant: str, rows: Sequence[Struct]) -> None:
        self._tenant = tenant
        self._rows = rows

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Values]:
        """Make one after the other."""
        return ((self._tenant, *astuple(row)) for row in self._rows)

    @overload
    def __getitem__(self, index: int) -> Values: ...

    @overload
    def __getitem__(self, index: slice) -> list[Values]: ...

    def __getitem__(self, index: int | slice) -> Values | list[Values]:
        """Make one, or those of a slice."""
        tenant = self._tenant
        if isinstance(index, slice):
            return [(tenant, *astuple(row)) for row in self._rows[index]]
        return (tenant, *astuple(self._rows[index]))
