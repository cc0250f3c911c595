"""What rows of the ledger refer to, looked up for all rows of a put at once.

SQLite itself would look up every reference of every row, which takes longer than keeping the row.
What is referred to is never removed, so to look once, when rows come, is enough; and what this
process has put lately need not be looked up. The foreign keys stay declared: for those who read the
schema, and for the check of a whole ledger.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import filterfalse, repeat
from typing import Any, NamedTuple

import apsw
import msgspec

from seawall import native
from seawall.store.refusals import refers_to_nothing
from seawall.store.sqlite_members import RUN_MEMBERS, MembersTable
from seawall.store.sqlite_tables import MOST_TOGETHER, TABLES, Table
from seawall.store.tables import EVIDENCE, FINDING, LINK, LedgerTable

REMEMBERED = 1 << 17
"""So many identifiers at least, a few times as many at most; of 140 bytes or so each."""

SCANNED = 1_000
"""So many identifiers or more are looked for among all of their table, where it has few others."""

SCANNED_FOR_ONE = 4  # a look-up takes as long as reading so many
_PAGE = 16_384
_Rows = Sequence[tuple[Any, ...]]
_Place = tuple[str, str]  # a table and a tenant
_Numbers = dict[str, int]  # the rowid of each identifier


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
_KNOWN = (TABLES[EVIDENCE], TABLES[FINDING])


class KnownIds:
    """Identifiers of evidence and findings that this process has put lately."""

    def __init__(self) -> None:
        self._new: dict[_Place, _Numbers] = {}  # by the transaction that is under way
        self._young: dict[_Place, _Numbers] = {}
        self._old: dict[_Place, _Numbers] = {}

    def add(self, table: Table | MembersTable, rows: _Rows, *, last_number: int) -> None:
        """Remember rows that were put, one after the other; of very many the last."""
        if table not in _KNOWN:
            return
        if _count(self._new) + len(rows) > REMEMBERED:
            self._new = {}
        rows = rows[-REMEMBERED:]
        numbers = range(last_number - len(rows) + 1, last_number + 1)
        for tenant in {row[0] for row in rows}:
            some = self._new.setdefault((table.name, tenant), {})
            some.update(
                (row[1], number)
                for row, number in zip(rows, numbers, strict=True)
                if row[0] == tenant
            )

    def unknown(self, table: str, tenant: str, ids: list[str]) -> list[str]:
        """Leave out those that are remembered; of more than that, which are read anyhow, none."""
        known = self._known(table, tenant)
        if len(ids) >= SCANNED and len(ids) > sum(map(len, known)):
            return ids
        for some in known:
            ids = list(filterfalse(some.__contains__, ids))
        return ids

    def numbers(self, table: str, tenant: str, ids: list[str]) -> list[int]:
        """Tell the rowid of each, or 0 where it is not remembered."""
        numbers = [0] * len(ids)
        for some in self._known(table, tenant):
            found = list(map(some.get, ids, repeat(0)))
            if all(found):
                return found
            if any(found):
                numbers = [number or one for number, one in zip(numbers, found, strict=True)]
        return numbers

    def keep(self) -> None:
        """Remember what was put beyond its transaction, which is durable."""
        for place, ids in self._new.items():
            self._young.setdefault(place, {}).update(ids)
        if _count(self._young) >= REMEMBERED:
            self._young, self._old = {}, self._young
        self.forget()

    def forget(self) -> None:
        """Forget what was put in the transaction, as some of it was undone."""
        self._new = {}

    def _known(self, table: str, tenant: str) -> list[_Numbers]:
        place = (table, tenant)
        return [some[place] for some in (self._new, self._young, self._old) if place in some]


class References:
    """What the rows of one put refer to, by reference and tenant."""

    def __init__(self, table: Table | MembersTable) -> None:
        self._wanted: dict[Reference, dict[str, list[str]]] = {
            reference: {} for reference in REFERENCES[table]
        }

    def add(self, rows: _Rows) -> None:
        """Note what some of the rows refer to."""
        for reference, by_tenant in self._wanted.items():
            named = _each(rows, reference.column) if reference.is_plural else rows
            column = 1 if reference.is_plural else reference.column
            for tenant, ids in ids_by_tenant(named, column):
                by_tenant.setdefault(tenant, []).extend(ids)

    def require(self, connection: apsw.Connection, known: KnownIds) -> None:
        """Raise NotFound where a row refers to something that its tenant does not have."""
        for (_, parent, key, _), by_tenant in self._wanted.items():
            for tenant, ids in by_tenant.items():
                unknown = known.unknown(parent, tenant, ids)
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


def ids_by_tenant(rows: _Rows, column: int) -> list[tuple[str, set[str]]]:
    """Return the identifiers in a column, by the tenant in the first."""
    tenants = {row[0] for row in rows}
    if len(tenants) == 1:
        return [(tenants.pop(), {row[column] for row in rows})]
    by_tenant: dict[str, set[str]] = {tenant: set() for tenant in tenants}
    for row in rows:
        by_tenant[row[0]].add(row[column])
    return list(by_tenant.items())


def _each(rows: _Rows, column: int) -> _Rows:
    return [(row[0], one) for row in rows for one in row[column]]


def _count(ids: dict[_Place, _Numbers]) -> int:
    return sum(map(len, ids.values()))


@cache
def _found(parent: str, key: str, count: int) -> str:
    wanted = ", ".join(["(?)"] * count)
    return (
        f"SELECT count(*) FROM (VALUES {wanted}) AS wanted CROSS JOIN {parent} AS kept"
        f" WHERE kept.{key} = wanted.column1 AND kept.tenant = ?"
    )
