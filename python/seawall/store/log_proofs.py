"""Proofs from the tiles of the log: of inclusion, and that one tree continues another."""

from typing import Protocol

from seawall import native
from seawall.errors import InvalidInput
from seawall.provenance import node_hash
from seawall.store.log_growth import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH


class KeptLog(Protocol):
    """What a proof needs of a driver. What is kept never changes, so any moment will do."""

    def log_leaf_hashes(self, tree: str, first: int, count: int) -> bytes:
        """Hash consecutive rows; raises StoreError when one of them is not there."""

    def log_tile(self, tree: str, level: int, tile: int) -> bytes | None:
        """Return the hashes of a tile; None while it is not complete."""

    def log_tile_roots(self, tree: str, level: int, first: int, count: int) -> bytes:
        """Roots of consecutive tiles."""


class TreeProofs:
    """Proofs of one tree at one size.

    Parameters
    ----------
    log : KeptLog
        Holds the tree.
    tree : str
        One of ``LOG_TREES``.
    size : int
        Leaves; the log may hold more by now.
    """

    def __init__(self, log: KeptLog, tree: str, size: int) -> None:
        self._log = log
        self._tree = tree
        self._size = size
        self._read: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """Return the root of the tree."""
        return self._subtree(0, self._size) if self._size else native.merkle_root(b"")

    def inclusion(self, index: int) -> list[bytes]:
        """Return the siblings from leaf ``index`` up to the root (RFC 6962, section 2.1.1)."""
        if not 0 <= index < self._size:
            raise InvalidInput(f"a tree of {self._size} has no leaf {index}", where="index")
        path = []
        first, end = 0, self._size
        while end - first > 1:
            middle = first + _split(end - first)
            if index < middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(first, middle))
                first = middle
        return path[::-1]

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the proof that this tree continues an older one (RFC 6962, section 2.1.2)."""
        if not 0 < old_size <= self._size:
            raise InvalidInput(f"no tree of {self._size} continues {old_size}", where="old_size")
        path = []
        first, end, is_old_root = 0, self._size, True
        while old_size != end:
            middle = first + _split(end - first)
            if old_size <= middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(first, middle))
                first, is_old_root = middle, False
        if not is_old_root:
            path.append(self._subtree(first, end))
        return path[::-1]

    def _subtree(self, first: int, end: int) -> bytes:
        count = end - first
        if count & (count - 1) == 0:
            level, height = divmod(count.bit_length() - 1, TILE_HEIGHT)
            return self._node(level, height, first >> (level * TILE_HEIGHT))
        middle = first + _split(count)
        return node_hash(self._subtree(first, middle), self._subtree(middle, end))

    def _node(self, level: int, height: int, first: int) -> bytes:
        """Hash ``2**height`` nodes of a level, which lie in one tile."""
        tile, offset = divmod(first, TILE_WIDTH)
        hashes = self._nodes(level, tile)
        return native.merkle_root(hashes[offset * HASH_SIZE : (offset + (1 << height)) * HASH_SIZE])

    def _nodes(self, level: int, tile: int) -> bytes:
        found = self._read.get((level, tile))
        if found is None:
            first = tile * TILE_WIDTH
            count = min(TILE_WIDTH, (self._size >> (level * TILE_HEIGHT)) - first)
            if count == TILE_WIDTH:  # else it may not be complete, and asking costs as much
                found = self._log.log_tile(self._tree, level, tile)
            if found is None:
                found = (
                    self._log.log_leaf_hashes(self._tree, first, count)
                    if level == 0
                    else self._log.log_tile_roots(self._tree, level - 1, first, count)
                )
            self._read[level, tile] = found
        return found


def _split(count: int) -> int:
    """Return the largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
