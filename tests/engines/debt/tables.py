"""Native tables from plain records: dicts of the columns that a profile would fill."""

from typing import Any

import pyarrow

from seawall import native

_TYPES = {
    "record": pyarrow.int64(),
    "element": pyarrow.int64(),
    "source_row": pyarrow.int64(),
    "amortization_term_months": pyarrow.int64(),
    "shared_collateral": pyarrow.bool_(),
}
_TEXTS = {
    "source_system",
    "source_record_id",
    "obligor_id",
    "currency",
    "collateral_type",
    "collateral_region",
    "rate_type",
}


def _column(name: str, rows: list[dict[str, Any]]) -> pyarrow.Array:
    other = pyarrow.string() if name in _TEXTS else pyarrow.float64()
    return pyarrow.array([row.get(name) for row in rows], _TYPES.get(name, other))


def native_table(rows: list[dict[str, Any]]) -> native.NativeTable:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return native.import_table(pyarrow.table({name: _column(name, rows) for name in names}))


def records_table(rows: list[dict[str, Any]]) -> native.NativeTable:
    """Number the records, and name and denominate those that do not say otherwise."""
    return native_table(
        [
            {
                "record": index,
                "source_row": index + 2,
                "source_system": "erp",
                "source_record_id": f"r{index}",
                "currency": "EUR",
                "total_outstanding": None,
                **row,
            }
            for index, row in enumerate(rows)
        ]
    )


def list_table(lists: list[list[dict[str, Any]]]) -> native.NativeTable | None:
    """Make the list of all records of each record's own entries."""
    rows = [
        {"record": record, "element": element, **entry}
        for record, entries in enumerate(lists)
        for element, entry in enumerate(entries)
    ]
    return native_table(rows) if rows else None


def rows_of(table: native.NativeTable) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyarrow.table(table).to_pylist()
    return found
