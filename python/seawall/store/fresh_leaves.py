"""Leaf hashes of the rows that a transaction puts, so that the log need not read them back."""

from collections.abc import Sequence
from typing import Any

from seawall import native
from seawall.provenance.log_leaf import leaf_tag
from seawall.store.log_growth import HASH_SIZE

PUT_AS_LEAVES = ("evidence", "finding", "link", "run")
"""The tables whose rows are put with the cells of their leaf, in its order."""

HASHED_ROWS = 512
"""The bytes of so many rows fit the processor's cache."""


class FreshLeaves:
    """Hashes of what one transaction adds to a tree, in the order of its puts.

    They stand for the rows beyond the tree only where there are as many as those: rows that were
    added without telling, and all of a transaction of which a part was undone, are read back.
    """

    def __init__(self) -> None:
        self._hashes = {tree: bytearray() for tree in PUT_AS_LEAVES}

    def add(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Take rows of which none had been kept."""
        hashes = self._hashes.get(table)
        if hashes is not None:
            tag = leaf_tag(table)
            for first in range(0, len(rows), HASHED_ROWS):
                hashes += native.log_leaf_hashes(tag, rows[first : first + HASHED_ROWS])

    def count(self, tree: str) -> int:
        """How many there are."""
        return len(self._hashes.get(tree, b"")) // HASH_SIZE

    def hashes(self, tree: str, first: int, count: int) -> bytes:
        """Some of them."""
        return bytes(self._hashes[tree][first * HASH_SIZE : (first + count) * HASH_SIZE])

    def forget(self) -> None:
        """Begin anew, as what was put was undone or is logged."""
        for hashes in self._hashes.values():
            hashes.clear()
