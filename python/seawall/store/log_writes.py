"""The part of a transaction that keeps signed heads, whatever the database."""

from msgspec.structs import asdict

from seawall.errors import Conflict
from seawall.store.log import KeptHead
from seawall.store.row_writes import RowWrites


class LogRowWrites(RowWrites):
    """`LogWrites` over statements."""

    def append_log_head(self, head: KeptHead) -> None:
        """Keep a signed head."""
        self._wait_for_turn()
        ((last,),) = self._rows("SELECT coalesce(max(number), 0) FROM log_head", {})
        if head.number != last + 1:
            raise Conflict(f"Head {last + 1} comes next.", where=f"log_head[{head.number}]")
        self._rows(
            "INSERT INTO log_head (number, head, signature, public_key)"
            " VALUES (:number, :head, :signature, :public_key)",
            asdict(head),
        )
