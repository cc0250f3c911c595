"""How the log grows, whatever database holds it: new leaves make peaks and complete tiles."""

from typing import Protocol

import msgspec

from seawall import native

TILE_WIDTH = 256
"""Hashes in a tile, each the root of a complete subtree; of level 0 they are leaves."""

TILE_HEIGHT = 8
HASH_SIZE = 32
_TILE_BYTES = TILE_WIDTH * HASH_SIZE
_TILES_TOGETHER = 2  # their rows fit the processor's cache


class LogState(msgspec.Struct, frozen=True, gc=False):
    """How far a tree of the log has come."""

    size: int  # leaves
    peaks: bytes  # roots of the complete subtrees it is made of, the largest first


class GrowingLog(Protocol):
    """What growing needs of a driver, inside the transaction whose rows are logged."""

    def leaf_hashes(self, tree: str, first: int, count: int) -> bytes:
        """Hash consecutive rows; raises StoreError when one of them is not there."""

    def tile_roots(self, tree: str, level: int, first: int, count: int) -> bytes:
        """Roots of consecutive tiles."""

    def put_tile(self, tree: str, level: int, tile: int, root: bytes, hashes: bytes) -> None:
        """Keep a complete tile."""

    def put_state(self, tree: str, state: LogState) -> None:
        """Keep how far the tree has come."""


class KnownTail(msgspec.Struct, frozen=True, gc=False):
    """What growing again need not read: the leaves of a tree after its last complete tile."""

    state: LogState  # of the tree
    hashes: bytes | None  # none where the tile was begun by others

    def suffices(self, count: int) -> bool:
        """Tell whether so many leaves can be added without reading anything."""
        newest = self.state.size + count
        parents = TILE_WIDTH * TILE_WIDTH  # leaves of a tile that is made of tiles
        if newest // parents > self.state.size // parents:
            return False
        return self.hashes is not None or newest // TILE_WIDTH == self.state.size // TILE_WIDTH


def grow(
    log: GrowingLog, tree: str, state: LogState, newest: int, known: KnownTail | None = None
) -> KnownTail:
    """Add the rows of a tree up to a size of ``newest``.

    The peaks go on from those that were kept: a row that was changed since it was logged does not
    get into them again.

    Parameters
    ----------
    known : KnownTail, optional
        What this returned before. Of no use where another process has extended the tree since, or
        the transaction was undone: the rows of the last tile are then read again, once it is full.
    """
    size, peaks = state.size, state.peaks
    tail = known.hashes if known is not None and known.state == state else None
    while size < newest:
        tile, begun = divmod(size, TILE_WIDTH)
        most = TILE_WIDTH - begun if begun else _TILES_TOGETHER * TILE_WIDTH
        count = min(newest - size, most)
        hashes = log.leaf_hashes(tree, size, count)
        if begun:
            peaks = native.extend_peaks(size, peaks, hashes)
            if tail is None and count == most:
                tail = log.leaf_hashes(tree, tile * TILE_WIDTH, begun)
            if tail is not None:
                tail += hashes
        else:
            tail = hashes
        while tail is not None and len(tail) >= _TILE_BYTES:
            root = native.merkle_root(tail[:_TILE_BYTES])
            if not begun:  # its leaves need not be hashed once more
                peaks = native.extend_peaks(tile, peaks, root)
            _put_tile(log, tree, 0, tile, root, tail[:_TILE_BYTES])
            tile, tail = tile + 1, tail[_TILE_BYTES:]
        if tail and not begun:
            peaks = native.extend_peaks(tile * TILE_WIDTH, peaks, tail)
        size += count
    grown = LogState(size, peaks)
    log.put_state(tree, grown)
    return KnownTail(grown, tail)


def _put_tile(
    log: GrowingLog, tree: str, level: int, tile: int, root: bytes, hashes: bytes
) -> None:
    log.put_tile(tree, level, tile, root, hashes)
    if (tile + 1) % TILE_WIDTH == 0:
        first = tile + 1 - TILE_WIDTH
        roots = log.tile_roots(tree, level, first, TILE_WIDTH)
        _put_tile(log, tree, level + 1, tile // TILE_WIDTH, native.merkle_root(roots), roots)
