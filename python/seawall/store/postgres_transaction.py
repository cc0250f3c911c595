"""The write side over PostgreSQL, inside the transaction of a group."""

from collections.abc import Mapping, Sequence
from typing import Any

from seawall.store.ledger_writes import LedgerWrites
from seawall.store.postgres_group import PostgresGroup
from seawall.store.postgres_readers import placed
from seawall.store.postgres_tables import TABLES
from seawall.store.row_writes import Values
from seawall.store.tables import LedgerTable
from seawall.store.types import AuditDraft, AuditEntry


class PostgresTransaction(LedgerWrites):
    """`Transaction` over the group that is being committed.

    In a hurried group a put may seem to succeed although it will not: then the work runs again,
    and this time the put raises what it should.
    """

    def __init__(self, group: PostgresGroup) -> None:
        self._group = group
        self._last_audit: tuple[int, bytes] | None = None  # known while this group has the lock

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[Any]:
        return self._group.rows(placed(sql), values)

    def _put(self, table: LedgerTable, rows: Sequence[Values]) -> int:
        return self._group.put(TABLES[table], rows)

    def _put_later(self, table: LedgerTable, rows: Sequence[Values]) -> None:
        self._group.put_later(TABLES[table], rows)

    def settle(self) -> None:
        """Put now what waits, and so refuse what is to be refused."""
        self._group.send()

    def _wait_for_turn(self) -> None:
        self._group.wait_for_turn()

    def _append_audits(self, drafts: Sequence[AuditDraft]) -> list[AuditEntry]:
        entries = super()._append_audits(drafts)
        if entries:
            # A careful request may yet be undone alone: what comes after it looks again.
            last = (entries[-1].sequence, entries[-1].entry_sha256)
            self._last_audit = None if self._group.careful else last
        return entries

    def _end_of_audit(self) -> tuple[int, bytes]:
        return self._last_audit or super()._end_of_audit()
