"""Who has which slot: the number that an obligor's draws belong to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

Rows = NDArray[np.int64]

_KEY = ("obligor_id", "obligor_system")
"""A name, and the source system of a record that names nobody and stands for itself."""


class ObligorRegister(msgspec.Struct, frozen=True):
    """The obligors of a book in the order of their names' bytes."""

    keys: list[tuple[str, str]]  # name, and the source system of one that nobody names
    row_of_position: Rows  # of shape (position_count,)
    slot: Rows  # of shape (obligor_count,)
    slot_count: int  # of the book and all earlier ones: the next free slot

    @property
    def ids(self) -> list[str]:
        """The names alone; two may be alike."""
        return [name for name, _ in self.keys]


def register_obligors(positions: "pyarrow.Table", earlier: Sequence[Table]) -> ObligorRegister:
    """Number the obligors of a book.

    Without earlier datasets a slot is the rank of the obligor. Else those of the first dataset come
    first, by rank, then those that only the second has, and at last the book's own.

    Parameters
    ----------
    positions : pyarrow.Table
        As `native.credit_positions` makes it.
    earlier : sequence of Table
        Normalised records.
    """
    index, first = np.unique(positions["obligor"].to_numpy(), return_index=True)
    found = positions.select(list(_KEY)).take(first)
    found = found.append_column("obligor", [index])
    order = _sorted(found, "obligor")
    rank = np.empty(int(index[-1]) + 1, np.int64)
    rank[index[order]] = np.arange(len(order))
    found = found.take(order)
    slots, count = _slots(found, earlier)
    return ObligorRegister(
        keys=_keys(found),
        row_of_position=rank[positions["obligor"].to_numpy()],
        slot=slots,
        slot_count=count,
    )


def _slots(found: "pyarrow.Table", earlier: Sequence[Table]) -> tuple[Rows, int]:
    if not earlier:
        return np.arange(len(found)), len(found)
    known: dict[tuple[str, str], int] = {}
    for records in earlier:
        for key in _keys(_named(records)):
            known.setdefault(key, len(known))
    count = len(known)
    slots = np.empty(len(found), np.int64)
    for row, key in enumerate(_keys(found)):
        slots[row] = known.pop(key, count)  # a second one of the same name has a slot of its own
        count += slots[row] == count
    return slots, int(count)


def _named(records: Table) -> "pyarrow.Table":
    """The obligors of a dataset's records, by rank."""
    import pyarrow
    from pyarrow import compute

    rows = records.to_arrow()
    own, system = rows["source_record_id"], rows["source_system"]
    if "obligor_id" in rows.column_names:
        named = compute.is_valid(rows["obligor_id"])
        own = compute.if_else(named, rows["obligor_id"], own)
        system = compute.if_else(named, "", system)
    keys = pyarrow.table({"obligor_id": own, "obligor_system": system})
    return keys.take(_sorted(keys))


def _sorted(rows: "pyarrow.Table", *last: str) -> Rows:
    from pyarrow import compute

    order: Rows = compute.sort_indices(
        rows, sort_keys=[(name, "ascending") for name in (*_KEY, *last)]
    ).to_numpy()
    return order


def _keys(rows: "pyarrow.Table") -> list[tuple[str, str]]:
    return list(zip(*(rows[name].to_pylist() for name in _KEY), strict=True))
