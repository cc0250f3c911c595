"""What rows of the ledger refer to, looked up for all rows of a put at once.

SQLite itself would look up every reference of every row, which takes longer than keeping the row.
What is referred to is never removed, so to look once, when rows come, is enough; and what this
process has put lately need not be looked up. The foreign keys stay declared: for those who read the
schema, and for the check of a whole ledger.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import apsw
import msgspec

from seawall import native
from seawall.store.known_ids import KnownIds
from seawall.store.refusals import refers_to_nothing
from seawall.store.sqlite_members import RUN_MEMBERS, MembersTable
from seawall.store.sqlite_tables import MOST_TOGETHER, TABLES, Table
from seawall.store.tables import EVIDENCE, FINDING, LINK, LedgerTable

SCANNED = 1_000
"""So many identifiers or more are looked for among all of their table, where it has few others."""

SCANNED_FOR_ONE = 4  # a look-up takes as long as reading so many
_PAGE = 16_384
_Rows = Sequence[tuple[Any, ...]]


class Reference(NamedTuple):
    """A column of a row that names a row of a parent, or several, of the same tenant."""

    column: int
    parent: str
    key: str
    is_plural: bool = False


def _references(table: LedgerTable) -> tuple[Reference, ...]:
    return tuple(
        Reference(list(table.types).index(key), parent.name, key)
        for parent in table.refers_to
        for key in parent.primary_key[:1]
    )


REFERENCES: dict[Table | MembersTable, tuple[Reference, ...]] = {
    **{TABLES[table]: _references(table) for table in TABLES},
    TABLES[LINK]: (Reference(3, EVIDENCE.name, EVIDENCE.primary_key[0]),),  # findings: by number
    RUN_MEMBERS: (
        Reference(2, EVIDENCE.name, EVIDENCE.primary_key[0], is_plural=True),
        Reference(3, FINDING.name, FINDING.primary_key[0], is_plural=True),
    ),
}


class References:
    """What the rows of one put refer to and is not remembered, by reference and tenant."""

    def __init__(self, table: Table | MembersTable, known: KnownIds) -> None:
        self._known = known
        self._unknown: dict[Reference, dict[str, list[str]]] = {
            reference: {} for reference in REFERENCES[table]
        }

    def add(self, rows: _Rows) -> None:
        """Note what some of the rows refer to, as long as their cells are in the cache."""
        for reference, by_tenant in self._unknown.items():
            named = _each(rows, reference.column) if reference.is_plural else rows
            column = 1 if reference.is_plural else reference.column
            for tenant, ids in ids_by_tenant(named, column):
                unknown = self._known.unknown(reference.parent, tenant, ids)
                if unknown:  # mostly of all rows the same one, or none
                    by_tenant.setdefault(tenant, []).extend(set(unknown))

    def require(self, connection: apsw.Connection) -> None:
        """Raise NotFound where a row refers to something that its tenant does not have."""
        for (_, parent, key, _), by_tenant in self._unknown.items():
            for tenant, unknown in by_tenant.items():
                ordered = native.in_order_of(unknown, unknown)
                if len(ordered) >= SCANNED and _has_few_others(connection, parent, len(ordered)):
                    _compare(connection, parent, key, tenant, ordered)
                else:
                    _look_up(connection, parent, key, tenant, list(dict.fromkeys(ordered)))


def _has_few_others(connection: apsw.Connection, parent: str, wanted: int) -> bool:
    rows = connection.execute(f"SELECT max(rowid) FROM {parent}").get
    return rows is not None and int(rows) <= SCANNED_FOR_ONE * wanted


def _look_up(
    connection: apsw.Connection, parent: str, key: str, tenant: str, ordered: list[str]
) -> None:
    """Look up each, in order, so that neighbours lie on one page."""
    for first in range(0, len(ordered), MOST_TOGETHER):
        some = ordered[first : first + MOST_TOGETHER]
        found = connection.execute(_found(parent, key, len(some)), (*some, tenant)).get
        if found < len(some):
            raise refers_to_nothing()


def _compare(
    connection: apsw.Connection, parent: str, key: str, tenant: str, ordered: list[str]
) -> None:
    """Read all identifiers of the parent, which is sooner than to look up most of them."""
    # One step a page: at each step the interpreter lets go of its lock.
    page = (
        f"SELECT json_group_array(key), max(key) FROM (SELECT {key} AS key FROM {parent}"
        f" WHERE {key} > ? AND tenant = ? ORDER BY {key} LIMIT {_PAGE})"
    )
    last, compared = "", 0
    while compared < len(ordered):
        text, last = connection.execute(page, (last, tenant)).get
        if last is None:
            raise refers_to_nothing()
        end = bisect_right(ordered, last, compared)
        if not set(msgspec.json.decode(text)).issuperset(ordered[compared:end]):
            raise refers_to_nothing()
        compared = end


def ids_by_tenant(rows: _Rows, column: int) -> list[tuple[str, list[str]]]:
    """Return the identifiers in a column, by the tenant in the first."""
    tenants = {row[0] for row in rows}
    if len(tenants) == 1:
        return [(tenants.pop(), [row[column] for row in rows])]
    by_tenant: dict[str, list[str]] = {tenant: [] for tenant in tenants}
    for row in rows:
        by_tenant[row[0]].append(row[column])
    return list(by_tenant.items())


def _each(rows: _Rows, column: int) -> _Rows:
    return [(row[0], one) for row in rows for one in row[column]]


@cache
def _found(parent: str, key: str, count: int) -> str:
    wanted = ", ".join(["(?)"] * count)
    return (
        f"SELECT count(*) FROM (VALUES {wanted}) AS wanted CROSS JOIN {parent} AS kept"
        f" WHERE kept.{key} = wanted.column1 AND kept.tenant = ?"
    )
