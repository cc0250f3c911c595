"""How rows are read from SQLite, whatever they mean."""

from collections.abc import Iterator
from typing import Any, TypeVar

from msgspec import Struct

from seawall.errors import NotFound
from seawall.store.pages import MAX_PAGE_ROWS, check_limit
from seawall.store.sqlite_connection import Readers
from seawall.store.types import (
    DatasetVersion,
    Derivation,
    DerivedTable,
    Evidence,
    Finding,
    Job,
    Link,
    RawChunk,
    Run,
)

_Values = tuple[Any, ...] | dict[str, Any]
Row = TypeVar("Row", bound=Struct)

_TABLES: dict[type[Struct], tuple[str, str]] = {
    DatasetVersion: ("dataset_version", "dataset_version_id"),
    Derivation: ("derivation", "dataset_version_id"),
    Evidence: ("evidence", "evidence_id"),
    Finding: ("finding", "finding_id"),
    Run: ("run", "run_id"),
    Job: ("job", "job_id"),
}
_STORED: tuple[type[Struct], ...] = (*_TABLES, Link, RawChunk, DerivedTable)
COLUMNS = {row: ", ".join(row.__struct_fields__) for row in _STORED}


class SqliteReads:
    """Reads that the parts of the store share, over connections that only read."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def _rows(self, sql: str, values: _Values) -> list[Any]:
        with self._readers.connection() as connection:
            return connection.execute(sql, values).fetchall()

    def _select(self, row: type[Row], sql: str, values: _Values) -> list[Row]:
        return [row(*found) for found in self._rows(sql, values)]

    def _one(self, row: type[Row], tenant: str, identifier: str) -> Row:
        table, key = _TABLES[row]
        found = self._select(
            row,
            f"SELECT {COLUMNS[row]} FROM {table} WHERE {key} = ? AND tenant = ?",
            (identifier, tenant),
        )
        if not found:
            raise NotFound(f"There is no such {table}.", where=f"{table}[{identifier}]")
        return found[0]

    def _newest(
        self, row: type[Row], equal: dict[str, str], limit: int, after: str | None
    ) -> list[Row]:
        check_limit(limit)
        table, key = _TABLES[row]
        condition = " AND ".join(f"{column} = :{column}" for column in equal)
        if after is not None:
            condition += (
                f" AND (created_at, {key}) < (SELECT created_at, {key} FROM {table}"
                f" WHERE {key} = :after AND tenant = :tenant)"
            )
        return self._select(
            row,
            f"SELECT {COLUMNS[row]} FROM {table} WHERE {condition}"
            f" ORDER BY created_at DESC, {key} DESC LIMIT :limit",
            {**equal, "after": after, "limit": limit},
        )

    def _by_identifier(
        self, row: type[Row], tenant: str, limit: int, after: str | None
    ) -> list[Row]:
        check_limit(limit)
        table, key = _TABLES[row]
        # The plus keeps SQLite from an index by tenant, which it would sort anew for every page.
        return self._select(
            row,
            f"SELECT {COLUMNS[row]} FROM {table} WHERE {key} > ? AND +tenant = ?"
            f" ORDER BY {key} LIMIT ?",
            (after or "", tenant, limit),
        )

    def _all(self, row: type[Row], tenant: str) -> Iterator[Row]:
        _, key = _TABLES[row]
        last = ""
        while page := self._by_identifier(row, tenant, MAX_PAGE_ROWS, last):
            yield from page
            last = getattr(page[-1], key)
