"""Identifiers of evidence and findings that a process has put lately, with their numbers."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from seawall import native
from seawall.store.tables import EVIDENCE, FINDING

REMEMBERED = 1 << 17
"""So many identifiers of a table at least; of 70 bytes or so each."""

MOST_AT_ONCE = 1 << 20
"""So many of one transaction at most: what is put next mostly refers to what was put just now."""

_Rows = Sequence[tuple[Any, ...]]
_Numbers = dict[str, native.TextNumbers]  # by tenant, the rowid of each identifier


class _KnownOfTable:
    """Identifiers of one table: those of the transaction that is under way, and two ages."""

    def __init__(self) -> None:
        self._new: _Numbers = {}
        self._young: _Numbers = {}
        self._old: _Numbers = {}

    def add(self, rows: _Rows, last_number: int) -> None:
        """Remember rows that were put, one after the other; of very many the last."""
        if _count(self._new) + len(rows) > MOST_AT_ONCE:
            self._new = {}
        rows = rows[-MOST_AT_ONCE:]
        first = last_number - len(rows) + 1
        begin = 0
        for tenant, some in groupby(rows, key=itemgetter(0)):
            ids = [row[1] for row in some]
            self._new.setdefault(tenant, native.TextNumbers()).add(ids, first + begin)
            begin += len(ids)

    def of_tenant(self, tenant: str) -> list[native.TextNumbers]:
        """What is remembered of a tenant, the newest first."""
        return [some[tenant] for some in (self._new, self._young, self._old) if tenant in some]

    def keep(self) -> None:
        """Remember what was put beyond its transaction."""
        for tenant, ids in self._new.items():
            if tenant in self._young:
                self._young[tenant].update(ids)
            else:
                self._young[tenant] = ids
        if _count(self._young) >= REMEMBERED:
            self._young, self._old = {}, self._young
        self.forget()

    def forget(self) -> None:
        """Forget what was put in the transaction."""
        self._new = {}


class KnownIds:
    """Identifiers of evidence and findings that this process has put lately."""

    def __init__(self) -> None:
        self._tables = {table.name: _KnownOfTable() for table in (EVIDENCE, FINDING)}

    def add(self, table: str, rows: _Rows, *, last_number: int) -> None:
        """Remember rows that were put, one after the other; of very many the last."""
        if table in self._tables:
            self._tables[table].add(rows, last_number)

    def unknown(self, table: str, tenant: str, ids: list[str]) -> list[str]:
        """Leave out those that are remembered."""
        for known in self._known(table, tenant):
            ids = known.without_number(ids)
        return ids

    def numbers(self, table: str, tenant: str, ids: list[str]) -> list[int]:
        """Tell the rowid of each, or 0 where it is not remembered."""
        numbers = [0] * len(ids)
        for known in self._known(table, tenant):
            found = known.numbers(ids)
            if all(found):
                return found
            if any(found):
                numbers = [number or one for number, one in zip(numbers, found, strict=True)]
        return numbers

    def keep(self) -> None:
        """Remember what was put beyond its transaction, which is durable."""
        for known in self._tables.values():
            known.keep()

    def forget(self) -> None:
        """Forget what was put in the transaction, as some of it was undone."""
        for known in self._tables.values():
            known.forget()

    def _known(self, table: str, tenant: str) -> list[native.TextNumbers]:
        known = self._tables.get(table)
        return [] if known is None else known.of_tenant(tenant)


def _count(ids: _Numbers) -> int:
    return sum(map(len, ids.values()))
