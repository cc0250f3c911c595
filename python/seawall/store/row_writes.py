"""How rows are written to any database, whatever they mean."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from seawall.store.refusals import kept_otherwise
from seawall.store.tables import LedgerTable

Values = tuple[Any, ...]


class RowWrites(ABC):
    """Writes that the parts of a `Transaction` share; a driver says how they are done."""

    @abstractmethod
    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        """Ask a statement with ``:name`` for each value; return all rows."""

    @abstractmethod
    def _put(self, table: LedgerTable, rows: Sequence[Values]) -> int:
        """Insert what is missing, require the rest to be the same; return how many were new."""

    @abstractmethod
    def _put_later(self, table: LedgerTable, rows: Sequence[Values]) -> None:
        """Do as `_put`, now or by the end of the group, in which nobody reads them before."""

    @abstractmethod
    def settle(self) -> None:
        """Put now what was to be put later, and so refuse what is to be refused."""

    @abstractmethod
    def _wait_for_turn(self) -> None:
        """Let nobody else add rows to the log or the audit until the group has ended."""

    def _require_same(
        self,
        table: LedgerTable,
        columns: Sequence[str],
        key: tuple[str, str, str],
        rows: Sequence[Values],
    ) -> None:
        """Refuse rows that are not all those kept under a column, a tenant and an identifier."""
        column, tenant, identifier = key
        kept = self._rows(
            f"SELECT {', '.join(columns)} FROM {table.name}"
            f" WHERE tenant = :tenant AND {column} = :identifier",
            {"tenant": tenant, "identifier": identifier},
        )
        if set(kept) != set(rows):
            raise kept_otherwise(f"{table.name}[{identifier}]")
