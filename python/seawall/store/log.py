"""What the store offers of its log: how far it is, tiles for proofs, and signed heads."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from seawall.store.log_growth import LogState
from seawall.store.log_proofs import KeptLog


class KeptHead(msgspec.Struct, frozen=True, gc=False):
    """A signed tree head as it is kept."""

    number: int  # 1, 2, 3, … without a gap
    head: bytes  # canonical JSON, see seawall.provenance.tree_head
    signature: bytes  # 64 bytes
    public_key: bytes  # 32 bytes


class LogReads(KeptLog, Protocol):
    """The part of a `Store` that reads its log."""

    def ledger_id(self) -> str:
        """What tells this ledger's heads from those of another."""

    def log_states(self) -> dict[str, LogState]:
        """How far each tree has come, all at one moment."""

    def log_rows(self, tree: str, first: int, count: int) -> list[tuple[Any, ...]]:
        """Consecutive rows of a tree, as its leaves hold them; those that are there."""

    def log_leaf_hashes(self, tree: str, first: int, count: int) -> bytes:
        """Hash consecutive rows; raises StoreError when one of them is not there."""

    def log_row(self, tree: str, key: Mapping[str, str | int]) -> tuple[int, tuple[Any, ...]]:
        """The leaf of the row whose columns have these values, and the row as it holds it.

        Raises
        ------
        NotFound
            When there is none.
        """

    def log_tile(self, tree: str, level: int, tile: int) -> bytes | None:
        """Return the hashes of a tile; None while it is not complete."""

    def log_unlogged(self, tree: str) -> int:
        """How many rows of a table lie outside its tree: none, unless someone meddled."""

    def log_tiles(self, tree: str) -> list[tuple[int, int, bytes]]:
        """Level, number and root of every tile of a tree."""

    def log_heads(self) -> list[KeptHead]:
        """Every signed head, oldest first."""


class LogWrites(Protocol):
    """The part of a `Transaction` that keeps signed heads; the rest of the log writes itself."""

    def append_log_head(self, head: KeptHead) -> None:
        """Keep a signed head.

        Raises
        ------
        Conflict
            When it is not numbered as the next one: another was signed meanwhile.
        """
