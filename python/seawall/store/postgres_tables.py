"""The statements of the tables that the ledger's rows go to, many rows at a time."""

from typing import get_type_hints

from msgspec import Struct

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
    wide : bool
        Whether one row may have megabytes, so that few go into one statement.
    """

    def __init__(
        self,
        name: str,
        keys: tuple[str, ...],
        row: type[Struct] | None = None,
        *,
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


def _arrays(types: dict[str, str], *, place: bool = False) -> str:
    arrays = ", ".join(f"%b::{type_}[]" for type_ in types.values())
    order, last = (" WITH ORDINALITY", ", place") if place else ("", "")
    return f"unnest({arrays}){order} AS wanted ({', '.join(types)}{last})"


_OF_DATASET = ("tenant", "dataset_version_id")
DATASET = Table("dataset_version", (), DatasetVersion)
RAW_CHUNK = Table("raw_chunk", _OF_DATASET, RawChunk, wide=True)
DERIVATION = Table("derivation", _OF_DATASET, Derivation)
DERIVED_TABLE = Table("derived_table", _OF_DATASET, DerivedTable, wide=True)
EVIDENCE = Table("evidence", ("tenant",), Evidence)
FINDING = Table("finding", ("tenant",), Finding)
LINK = Table("link", ("tenant",), Link)
RUN = Table("run", (), Run)
RUN_EVIDENCE = Table("run_evidence", ("tenant", "run_id", "evidence_id"))
RUN_FINDING = Table("run_finding", ("tenant", "run_id", "finding_id"))
AUDIT_ENTRY = Table("audit_entry", (), AuditEntry)

GATHERED = (EVIDENCE, FINDING, LINK, RUN_EVIDENCE, RUN_FINDING, AUDIT_ENTRY)
"""Whose rows may wait for the end of the group, in an order in which each finds what it needs."""
