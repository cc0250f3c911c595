"""The statements of the tables that the ledger's rows go to, many rows at a time."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, get_type_hints

from msgspec import Struct

from seawall.provenance.log_leaf import LOG_TREES
from seawall.store.types import (
    AuditEntry,
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Link,
    RawChunk,
    Run,
)

# Always a row's last columns.
_FIRST_WRITER_STAYS = frozenset({"source", "source_sha256", "created_at", "created_by"})
_TYPES = {str: "text", bytes: "bytea", int: "int8"}


class Table:
    """The statements of one table, whose columns are ``keys`` followed by a Struct's fields.

    Parameters
    ----------
    identity : tuple of str
        The primary key of a table whose rows are logged.
    wide : bool
        Whether one row may have megabytes, so that few go into one statement.
    """

    def __init__(
        self,
        name: str,
        keys: tuple[str, ...],
        row: type[Struct] | None = None,
        *,
        identity: tuple[str, ...] = (),
        wide: bool = False,
    ) -> None:
        types = dict.fromkeys(keys, "text")
        if row is not None:
            hints = get_type_hints(row)
            types |= {column: _TYPES[hints[column]] for column in row.__struct_fields__}
        columns = ", ".join(types)
        content = [column for column in types if column not in _FIRST_WRITER_STAYS]
        self.name = name
        self.types = list(types.values())
        self.content_columns = len(content)
        self.together = 16 if wide else 2_000
        self.is_logged = name in LOG_TREES
        if self.is_logged:
            places = [list(types).index(column) for column in identity]
            self.identity: Callable[[tuple[Any, ...]], Any] = itemgetter(*places)
            self.next_index = f"SELECT coalesce(max(log_index) + 1, 0) FROM {name}"
            self.copy = f"COPY {name} ({columns}, log_index) FROM STDIN (FORMAT BINARY)"
            self.insert = _insert_logged(name, types, identity, self.next_index)
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


def _arrays(types: dict[str, str], *, place: bool = False) -> str:
    arrays = ", ".join(f"%b::{type_}[]" for type_ in types.values())
    order, last = (" WITH ORDINALITY", ", place") if place else ("", "")
    return f"unnest({arrays}){order} AS wanted ({', '.join(types)}{last})"


_OF_DATASET = ("tenant", "dataset_version_id")
_DATASET_KEY = ("dataset_version_id", "tenant")
_LINK_KEY = ("finding_id", "evidence_id", "tenant")
DATASET = Table("dataset_version", (), DatasetVersion, identity=_DATASET_KEY)
RAW_CHUNK = Table("raw_chunk", _OF_DATASET, RawChunk, wide=True)
DERIVATION = Table("derivation", _OF_DATASET, Derivation, identity=_DATASET_KEY)
DERIVED_TABLE = Table("derived_table", _OF_DATASET, DerivedTable, wide=True)
EVIDENCE = Table("evidence", ("tenant",), Evidence, identity=("evidence_id", "tenant"))
FINDING = Table("finding", ("tenant",), Finding, identity=("finding_id", "tenant"))
LINK = Table("link", ("tenant",), Link, identity=_LINK_KEY)
RUN = Table("run", (), Run, identity=("run_id", "tenant"))
RUN_EVIDENCE = Table("run_evidence", ("tenant", "run_id", "evidence_id"))
RUN_FINDING = Table("run_finding", ("tenant", "run_id", "finding_id"))
AUDIT_ENTRY = Table("audit_entry", (), AuditEntry, identity=("sequence",))

GATHERED = (EVIDENCE, FINDING, LINK, RUN_EVIDENCE, RUN_FINDING, AUDIT_ENTRY)
"""Whose rows may wait for the end of the group, in an order in which each finds what it needs."""
