"""Which position of a book a question names."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec import UNSET

from seawall.engines.debt.book import DebtBook
from seawall.engines.debt.horizon_types import AmendAndExtend, Equitise
from seawall.errors import InvalidInput
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow


class Position(msgspec.Struct, frozen=True):
    """A position of a book."""

    row: int  # of the book's positions
    record: int
    source_record_id: str
    element: int | None  # among the record's instruments; None: the record has none
    obligor_id: str


def find_position(
    loans: Table, book: DebtBook, entry: AmendAndExtend | Equitise, *, where: str
) -> Position:
    """Find the one position that an entry names.

    Parameters
    ----------
    loans : Table
        A case's rows of positions, in the order of the book.

    Raises
    ------
    InvalidInput
        With its place where there is none, or several.
    """
    named = entry.source_record_id.strip()
    found = _positions(loans.to_arrow(), named)
    if not found:
        raise InvalidInput(f'the book has no record "{named}"', where=f"{where}.source_record_id")
    systems = _source_systems(book, named)
    if entry.source_system is not UNSET:
        wanted = entry.source_system.strip()
        found = _narrowed(
            found,
            lambda position: systems.get(position.record) == wanted,
            f'no record "{named}" of the book is of the system "{wanted}"',
            where=f"{where}.source_system",
        )
    records = {position.record for position in found}
    if len(records) > 1:
        known = ", ".join(sorted({str(systems.get(record)) for record in records}))
        raise InvalidInput(
            f'{len(records)} records are "{named}", of {known}: say of which system',
            where=f"{where}.source_system",
        )
    if entry.instrument_id is not UNSET:
        wanted = entry.instrument_id.strip()
        instruments = _instrument_ids(book, found[0].record)
        found = _narrowed(
            found,
            lambda position: instruments.get(position.element) == wanted,
            f'record "{named}" has no instrument "{wanted}"',
            where=f"{where}.instrument_id",
        )
    if len(found) > 1:
        raise InvalidInput(
            f'record "{named}" has {len(found)} such positions: say which instrument',
            where=f"{where}.instrument_id",
        )
    return found[0]


def _positions(loans: "pyarrow.Table", named: str) -> list[Position]:
    from pyarrow import compute

    rows = np.flatnonzero(compute.equal(loans["source_record_id"], named).to_numpy())
    names = [name for name in Position.__struct_fields__ if name != "row"]
    cells = loans.select(names).take(rows).to_pylist()
    return [Position(row=int(row), **cell) for row, cell in zip(rows, cells, strict=True)]


def _narrowed(
    found: list[Position], wanted: Callable[[Position], bool], otherwise: str, *, where: str
) -> list[Position]:
    left = [position for position in found if wanted(position)]
    if not left:
        raise InvalidInput(otherwise, where=where)
    return left


def _source_systems(book: DebtBook, named: str) -> dict[int, Any]:
    return _column(book.records, "source_record_id", named, ("record", "source_system"))


def _instrument_ids(book: DebtBook, record: int) -> dict[Any, Any]:
    if book.instruments is None:
        return {}
    return _column(book.instruments, "record", record, ("element", "instrument_id"))


def _column(rows: Table, name: str, value: object, pair: tuple[str, str]) -> dict[Any, Any]:
    """One column by another, of the rows that have a value; empty where it is not there."""
    from pyarrow import compute

    held = rows.to_arrow()
    if not {name, *pair} <= set(held.column_names):
        return {}
    chosen = held.select(pair).filter(compute.equal(held[name], value))
    return dict(zip(*(chosen[of].to_pylist() for of in pair), strict=True))
