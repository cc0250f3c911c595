"""The ledger's tables in SQLite: their statements, and how rows that may be there are kept."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

import apsw
from msgspec import Struct

from seawall.errors import Conflict
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

# A statement that takes several rows costs one step, and the interpreter lets go of its lock at
# every step; more than these would cost more to prepare than they save.
MOST_TOGETHER = 64
_ANY_NUMBER = 16  # up to here there is a statement for every number of rows, then for powers of 2

Values = tuple[object, ...]


class Table:
    """The statements of one table, whose columns are ``keys`` followed by a Struct's fields.

    A statement copies what it takes, so of rows that may be large it takes one.
    """

    def __init__(
        self,
        name: str,
        keys: tuple[str, ...],
        row: type[Struct] | None = None,
        *,
        together: int = MOST_TOGETHER,
    ) -> None:
        self._columns = (*keys, *(row.__struct_fields__ if row else ()))
        self._content = [name for name in self._columns if name not in _FIRST_WRITER_STAYS]
        self._together = together
        self.name = name
        self.insert = cache(self._insert)
        self.same = cache(self._same)

    def put(self, connection: apsw.Connection, rows: Sequence[Values]) -> int:
        """Insert what is missing, require the rest to be the same; return how many were new."""
        before = connection.total_changes()
        for some in self._pieces(rows):
            connection.execute(self.insert(len(some)), tuple(chain(*some)))
        created = connection.total_changes() - before
        if created < len(rows):
            for some in self._pieces(rows):
                self._require_kept(connection, some)
        return created

    def _require_kept(self, connection: apsw.Connection, rows: Sequence[Values]) -> None:
        wanted = [row[: len(self._content)] for row in rows]
        if self._count_same(connection, wanted) < len(rows):
            changed = next(row for row in wanted if self._count_same(connection, [row]) == 0)
            raise conflict(f"{self.name}[{changed[1]}]")

    def _count_same(self, connection: apsw.Connection, wanted: Sequence[Values]) -> int:
        return int(connection.execute(self.same(len(wanted)), tuple(chain(*wanted))).get)

    def _insert(self, count: int) -> str:
        return (
            f"INSERT INTO {self.name} ({', '.join(self._columns)}) "
            f"VALUES {_places(len(self._columns), count)} ON CONFLICT DO NOTHING"
        )

    def _same(self, count: int) -> str:
        content = enumerate(self._content, 1)
        return (
            f"SELECT count(*) FROM (VALUES {_places(len(self._content), count)}) AS wanted "
            f"CROSS JOIN {self.name} AS kept WHERE "
            + " AND ".join(f"kept.{name} = wanted.column{n}" for n, name in content)
        )

    def _pieces(self, rows: Sequence[Values]) -> Iterator[Sequence[Values]]:
        first = 0
        while (left := len(rows) - first) > 0:
            size = min(left, self._together)
            if size > _ANY_NUMBER:
                size = 1 << (size.bit_length() - 1)
            yield rows[first : first + size]
            first += size


def _places(columns: int, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)


def conflict(where: str) -> Conflict:
    """Say that what is kept is not what was to be kept."""
    return Conflict("The same identifier is kept with another content.", where=where)


_OF_DATASET = ("tenant", "dataset_version_id")
DATASET = Table("dataset_version", (), DatasetVersion)
RAW_CHUNK = Table("raw_chunk", _OF_DATASET, RawChunk, together=1)
DERIVATION = Table("derivation", _OF_DATASET, Derivation)
DERIVED_TABLE = Table("derived_table", _OF_DATASET, DerivedTable, together=1)
EVIDENCE = Table("evidence", ("tenant",), Evidence)
FINDING = Table("finding", ("tenant",), Finding)
LINK = Table("link", ("tenant",), Link)
RUN = Table("run", (), Run)
RUN_EVIDENCE = Table("run_evidence", ("tenant", "run_id", "evidence_id"))
RUN_FINDING = Table("run_finding", ("tenant", "run_id", "finding_id"))
AUDIT_ENTRY = Table("audit_entry", (), AuditEntry)
