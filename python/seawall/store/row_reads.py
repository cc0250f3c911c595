"""How rows are read from any database, whatever they mean."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from msgspec import Struct

from seawall.errors import NotFound, StoreError
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


class UnreadableRows(StoreError):
    """Rows of a table that cannot be read; all others could.

    Parameters
    ----------
    table : str
        Where they are.
    rows : list of (str, str)
        Of each its identifier, empty where that is what cannot be read, and what is wrong.
    """

    default_code = "store_corrupt"

    def __init__(self, table: str, rows: list[tuple[str, str]]) -> None:
        identifier, message = rows[0]
        more = f" ({len(rows):,} rows of the table cannot be read)" if len(rows) > 1 else ""
        super().__init__(message + more, where=f"{table}[{identifier}]" if identifier else table)
        self.rows = rows


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
        table, key = _TABLES[row]
        sql = (
            f"SELECT {{columns}} FROM {table} WHERE {key} > :{key}"
            f" AND {self.tenant_aside} = :tenant ORDER BY {key} LIMIT :limit"
        )
        return self._walk(row, sql, (COLUMNS[row], key), {key: ""}, tenant)

    def _walk(
        self,
        row: type[Row],
        sql: str,
        columns: tuple[str, str],
        before: dict[str, Any],
        tenant: str | None,
        *,
        is_chain: bool = False,
    ) -> Iterator[Row]:
        """Read rows in the order of their keys; after all others, tell which cannot be read.

        Parameters
        ----------
        row : type of Struct
            What each becomes.
        sql : str
            Asks for ``{columns}`` of ``:limit`` rows after the key in ``before``.
        columns : (str, str)
            Those of a row, and those of its key alone.
        before : dict
            A key before the first, by the names of its fields.
        tenant : str, optional
            Whose they are.
        is_chain : bool
            Whether each goes on from the one before: they end at the first that cannot be read.

        Raises
        ------
        UnreadableRows
            Where the database holds what its columns cannot.
        """
        whole, keys = (sql.format(columns=some) for some in columns)
        last, limit = before, MAX_PAGE_ROWS
        unreadable: list[tuple[str, str]] = []
        while True:
            asked = {**last, "tenant": tenant, "limit": limit}
            try:
                page = self._select(row, whole, asked)
            except StoreError as error:
                if error.code != "store_corrupt":
                    raise
                if limit > 1:
                    limit //= 2
                    continue
                key = self._key_alone(keys, asked)
                unreadable.append(("/".join(map(str, key)), error.message))
                if is_chain or not key:
                    break
                last, limit = dict(zip(before, key, strict=True)), MAX_PAGE_ROWS
                continue
            if not page:
                break
            yield from page
            last = {name: getattr(page[-1], name) for name in before}
        if unreadable:
            raise UnreadableRows(_TABLES[row][0], unreadable)

    def _key_alone(self, keys: str, asked: dict[str, Any]) -> tuple[Any, ...]:
        """Read the key of a row; empty where that cannot be read either."""
        try:
            found = self._rows(keys, asked)
        except StoreError as error:
            if error.code != "store_corrupt":
                raise
            return ()
        return tuple(found[0]) if found else ()
