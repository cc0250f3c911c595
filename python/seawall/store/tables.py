"""The tables of the ledger, declared once for every database."""

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

_FIRST_WRITER_STAYS = frozenset({"source", "source_sha256", "created_at", "created_by"})


class LedgerTable:
    """A table whose rows are kept for good.

    Parameters
    ----------
    name : str
        As the databases call it.
    keys : tuple of str
        Texts that are the first columns; the others are the fields of ``row``.
    row : type of Struct, optional
        What is kept.
    primary_key : tuple of str
        As the databases declare it.
    refers_to : tuple of LedgerTable
        Whose rows must be there: the first column of their primary key is a column here too.
    has_large_rows : bool
        Whether one row may have megabytes, so that few go into one statement.
    """

    def __init__(
        self,
        name: str,
        keys: tuple[str, ...],
        row: type[Struct] | None = None,
        *,
        primary_key: tuple[str, ...],
        refers_to: "tuple[LedgerTable, ...]" = (),
        has_large_rows: bool = False,
    ) -> None:
        self.name = name
        self.row = row
        self.types: dict[str, type] = dict.fromkeys(keys, str)  # of the columns, in their order
        if row is not None:
            hints = get_type_hints(row)
            self.types |= {column: hints[column] for column in row.__struct_fields__}
        # Those that the first writer fixes are the last ones.
        self.content = [column for column in self.types if column not in _FIRST_WRITER_STAYS]
        self.primary_key = primary_key
        self.refers_to = refers_to
        self.has_large_rows = has_large_rows


_OF_DATASET = ("tenant", "dataset_version_id")
_DATASET_KEY = ("dataset_version_id", "tenant")

DATASET = LedgerTable("dataset_version", (), DatasetVersion, primary_key=_DATASET_KEY)
RAW_CHUNK = LedgerTable(
    "raw_chunk",
    _OF_DATASET,
    RawChunk,
    primary_key=(*_DATASET_KEY, "chunk_index"),
    refers_to=(DATASET,),
    has_large_rows=True,
)
DERIVATION = LedgerTable(
    "derivation", _OF_DATASET, Derivation, primary_key=_DATASET_KEY, refers_to=(DATASET,)
)
DERIVED_TABLE = LedgerTable(
    "derived_table",
    _OF_DATASET,
    DerivedTable,
    primary_key=(*_DATASET_KEY, "name", "chunk_index"),
    refers_to=(DERIVATION,),
    has_large_rows=True,
)
EVIDENCE = LedgerTable(
    "evidence", ("tenant",), Evidence, primary_key=("evidence_id", "tenant"), refers_to=(DATASET,)
)
FINDING = LedgerTable(
    "finding", ("tenant",), Finding, primary_key=("finding_id", "tenant"), refers_to=(DATASET,)
)
LINK = LedgerTable(
    "link",
    ("tenant",),
    Link,
    primary_key=("finding_id", "evidence_id", "tenant"),
    refers_to=(FINDING, EVIDENCE),
)
RUN = LedgerTable("run", (), Run, primary_key=("run_id", "tenant"), refers_to=(DATASET,))
RUN_EVIDENCE = LedgerTable(
    "run_evidence",
    ("tenant", "run_id", "evidence_id"),
    primary_key=("run_id", "tenant", "evidence_id"),
    refers_to=(RUN, EVIDENCE),
)
RUN_FINDING = LedgerTable(
    "run_finding",
    ("tenant", "run_id", "finding_id"),
    primary_key=("run_id", "tenant", "finding_id"),
    refers_to=(RUN, FINDING),
)
AUDIT_ENTRY = LedgerTable("audit_entry", (), AuditEntry, primary_key=("sequence",))

LEDGER_TABLES = (
    DATASET,
    RAW_CHUNK,
    DERIVATION,
    DERIVED_TABLE,
    EVIDENCE,
    FINDING,
    LINK,
    RUN,
    RUN_EVIDENCE,
    RUN_FINDING,
    AUDIT_ENTRY,
)
"""All of them, each after those that it refers to."""
