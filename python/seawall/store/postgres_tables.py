"""The statements of the tables that the ledger's rows go to, many rows at a time."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from seawall.provenance.log_leaf import LOG_TREES
from seawall.store.postgres_arrays import TYPES
from seawall.store.tables import (
    AUDIT_ENTRY,
    EVIDENCE,
    FINDING,
    LEDGER_TABLES,
    LINK,
    RUN_EVIDENCE,
    RUN_FINDING,
    LedgerTable,
)

_TYPES = {str: "text", bytes: "bytea", int: "int8"}


class Table:
    """The statements of one table."""

    def __init__(self, table: LedgerTable) -> None:
        name, content, identity = table.name, table.content, table.primary_key
        types = {column: _TYPES[type_] for column, type_ in table.types.items()}
        columns = ", ".join(types)
        self.name = name
        self.types = list(types.values())
        self.binary_types = [TYPES[type_] for type_ in self.types]
        self.content_columns = len(content)
        self.together = 16 if table.has_large_rows else 2_000
        self.is_logged = name in LOG_TREES
        if self.is_logged:
            places = [list(types).index(column) for column in identity]
            self.identity: Callable[[tuple[Any, ...]], Any] = itemgetter(*places)
            self.next_index = f"SELECT coalesce(max(log_index) + 1, 0) FROM {name}"
            self.copy = f"COPY {name} ({columns}, log_index) FROM STDIN (FORMAT BINARY)"
            self.insert = _insert_logged(name, types, identity, self.next_index)
            self.insert_new = _insert_new(name, types)
        else:
            self.copy = f"COPY {name} ({columns}) FROM STDIN (FORMAT BINARY)"
            self.insert = (
                f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {_arrays(types)}"
                " ON CONFLICT DO NOTHING"
            )
        self.first_changed = (
            "SELECT min(place) FROM "
            + _arrays({column: types[column] for column in content}, place=True)
            + f" WHERE NOT EXISTS (SELECT FROM {name} AS kept WHERE "
            + " AND ".join(f"kept.{column} = wanted.{column}" for column in content)
            + ")"
        )


def _insert_logged(
    name: str, types: dict[str, str], identity: tuple[str, ...], next_index: str
) -> str:
    """Number only the rows that are missing, which nobody else can add meanwhile."""
    same = " AND ".join(f"kept.{column} = wanted.{column}" for column in identity)
    columns = ", ".join(types)
    # OFFSET 0 makes it look each row up: the table is not to be read whole for a few of them.
    return (
        f"INSERT INTO {name} ({columns}, log_index)"
        f" SELECT {columns}, ({next_index}) + row_number() OVER (ORDER BY place) - 1"
        f" FROM {_arrays(types, place=True)}"
        f" WHERE NOT EXISTS (SELECT FROM {name} AS kept WHERE {same} OFFSET 0) ORDER BY place"
    )


def _insert_new(name: str, types: dict[str, str]) -> str:
    """Number rows on from a first number, as PostgreSQL itself writes parameters."""
    columns = ", ".join(types)
    arrays = ", ".join(f"${place}::{type_}[]" for place, type_ in enumerate(types.values(), 2))
    return (
        f"INSERT INTO {name} ({columns}, log_index) SELECT {columns}, $1::int8 + place - 1"
        f" FROM unnest({arrays}) WITH ORDINALITY AS wanted ({columns}, place)"
    )


def _arrays(types: dict[str, str], *, place: bool = False) -> str:
    arrays = ", ".join(f"%b::{type_}[]" for type_ in types.values())
    order, last = (" WITH ORDINALITY", ", place") if place else ("", "")
    return f"unnest({arrays}){order} AS wanted ({', '.join(types)}{last})"


TABLES = {table: Table(table) for table in LEDGER_TABLES}

GATHERED = tuple(
    TABLES[table] for table in (EVIDENCE, FINDING, LINK, RUN_EVIDENCE, RUN_FINDING, AUDIT_ENTRY)
)
"""Whose rows may wait for the end of the group, in an order in which each finds what it needs."""
