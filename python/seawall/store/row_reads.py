"""How rows are read from any database, whatever they mean."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from msgspec import Struct

from seawall.errors import NotFound
from seawall.store.pages import MAX_PAGE_ROWS, check_limit
from seawall.store.tables import LEDGER_TABLES
from seawall.store.types import Job

Row = TypeVar("Row", bound=Struct)

_TABLES: dict[type[Struct], tuple[str, str]] = {
    Job: ("job", "job_id"),
    **{table.row: (table.name, table.primary_key[0]) for table in LEDGER_TABLES if table.row},
}
"""Name and identifier of the table that holds such rows."""

COLUMNS = {row: ", ".join(row.__struct_fields__) for row in _TABLES}


def no_such(row: type[Struct], identifier: str) -> NotFound:
    """Make the refusal of a row that the tenant does not have."""
    table, _ = _TABLES[row]
    return NotFound(f"There is no such {table}.", where=f"{table}[{identifier}]")


class RowReads(ABC):
    """Reads that the parts of a store share; a driver says how a statement is asked."""

    tenant_aside: ClassVar[str] = "tenant"
    """The column where an index by tenant must not be chosen, as the database wants it written."""

    tenant_beside: ClassVar[str] = "tenant"
    """The column beside an identifier, where only the index by identifiers may be chosen."""

    of_finding: ClassVar[str] = "finding_id = :finding_id"
    """The links of a finding, as the database finds them."""

    to_finding: ClassVar[str] = (
        "link.finding_id = finding.finding_id AND link.tenant = finding.tenant"
    )
    """The same, where the finding is in the statement too."""

    @abstractmethod
    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        """Ask a statement with ``:name`` for each value; return all rows."""

    def _select(self, row: type[Row], sql: str, values: Mapping[str, Any]) -> list[Row]:
        return [row(*found) for found in self._rows(sql, values)]

    def _one(self, row: type[Row], tenant: str, identifier: str) -> Row:
        table, key = _TABLES[row]
        found = self._select(
            row,
            f"SELECT {COLUMNS[row]} FROM {table}"
            f" WHERE {key} = :identifier AND {self.tenant_beside} = :tenant",
            {"identifier": identifier, "tenant": tenant},
        )
        if not found:
            raise no_such(row, identifier)
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
                f" WHERE {key} = :after AND {self.tenant_beside} = :tenant)"
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
        return self._select(
            row,
            f"SELECT {COLUMNS[row]} FROM {table}"
            f" WHERE {key} > :after AND {self.tenant_aside} = :tenant ORDER BY {key} LIMIT :limit",
            {"after": after or "", "tenant": tenant, "limit": limit},
        )

    def _all(self, row: type[Row], tenant: str) -> Iterator[Row]:
        _, key = _TABLES[row]
        last = ""
        while page := self._by_identifier(row, tenant, MAX_PAGE_ROWS, last):
            yield from page
            last = getattr(page[-1], key)
