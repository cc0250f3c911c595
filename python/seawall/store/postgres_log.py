"""The log in PostgreSQL, where a column numbers the rows of a tree."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import astuple

from seawall.store.log import KeptHead
from seawall.store.log_extension import LogExtension, require_next
from seawall.store.log_reads import LogRowReads
from seawall.store.log_statements import LogStatements
from seawall.store.postgres_group import PostgresGroup
from seawall.store.postgres_readers import placed

_STATEMENTS = LogStatements("log_index", origin=0)


class PostgresLogExtension(LogExtension):
    """`GrowingLog` over one group after the other."""

    statements = _STATEMENTS

    def __init__(self) -> None:
        super().__init__()
        self._group: PostgresGroup | None = None

    def extend_in(self, group: PostgresGroup) -> None:
        """Log the rows of a group that has sent them all."""
        self._group = group
        self.extend()

    def is_behind_in(self, group: PostgresGroup) -> bool:
        """Tell whether there are rows that no transaction of this program logged."""
        self._group = group
        return self.is_behind()

    def _ask(self, sql: str, values: Mapping[str, str | int | bytes]) -> list[Any]:
        if self._group is None:
            raise RuntimeError("there is no group")
        return self._group.rows(placed(sql), values)


class PostgresLogWrites:
    """`LogWrites` over the group that is being committed."""

    _group: PostgresGroup

    def append_log_head(self, head: KeptHead) -> None:
        """Keep a signed head."""
        self._group.wait_for_turn()
        ((last,),) = self._group.rows("SELECT coalesce(max(number), 0) FROM log_head")
        require_next(last, head)
        self._group.rows("INSERT INTO log_head VALUES (%s, %s, %s, %s)", astuple(head))


class PostgresLogReads(LogRowReads):
    """`LogReads` over sessions that only read."""

    log_statements = _STATEMENTS
