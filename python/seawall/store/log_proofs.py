"""Proofs from the tiles of the log: of inclusion, and that one tree continues another."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from seawall import native
from seawall.errors import InvalidInput, StoreError
from seawall.provenance import merkle_root_of_peaks
from seawall.store.log_growth import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH


class Nodes(msgspec.Struct, frozen=True, gc=False):
    """Consecutive nodes of one tile: leaves, or on a higher level roots of tiles one below."""

    level: int
    first: int
    count: int

    @property
    def are_a_tile(self) -> bool:
        """Whether the tile has no others."""
        return self.count == TILE_WIDTH


class KeptLog(Protocol):
    """What a proof needs of a driver. What is kept never changes, so any moment will do."""

    def log_nodes(self, tree: str, wanted: Sequence[Nodes]) -> list[bytes]:
        """Hashes of nodes, in few questions; raises StoreError when one of them is not there."""


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
    peaks : bytes, optional
        Of the tree at this size, as of `LogState`, where they are known: they stand for leaves and
        tiles at its end, which need not be read then.

    Raises
    ------
    StoreError
        ``store_corrupt`` when a tree of this size has not as many peaks.
    """

    def __init__(self, log: KeptLog, tree: str, size: int, *, peaks: bytes = b"") -> None:
        if peaks and len(peaks) != size.bit_count() * HASH_SIZE:
            raise StoreError(
                f"a tree of {size} leaves has other peaks",
                code="store_corrupt",
                where=f"log_tree[{tree}]",
            )
        self._log = log
        self._tree = tree
        self._size = size
        roots = (peaks[begin : begin + HASH_SIZE] for begin in range(0, len(peaks), HASH_SIZE))
        self._peaks = dict(zip(_complete(0, size), roots, strict=False))
        self._tiles: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """Return the root of the tree."""
        return self._roots([(0, self._size)])[0]

    def inclusion(self, index: int) -> list[bytes]:
        """Return the siblings from leaf ``index`` up to the root (RFC 6962, section 2.1.1)."""
        if not 0 <= index < self._size:
            raise InvalidInput(f"a tree of {self._size} has no leaf {index}", where="index")
        siblings = []
        first, end = 0, self._size
        while end - first > 1:
            middle = first + _split(end - first)
            if index < middle:
                siblings.append((middle, end))
                end = middle
            else:
                siblings.append((first, middle))
                first = middle
        return self._roots(siblings[::-1])

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the proof that this tree continues an older one (RFC 6962, section 2.1.2)."""
        if not 0 < old_size <= self._size:
            raise InvalidInput(f"no tree of {self._size} continues {old_size}", where="old_size")
        subtrees = []
        first, end, is_old_root = 0, self._size, True
        while old_size != end:
            middle = first + _split(end - first)
            if old_size <= middle:
                subtrees.append((middle, end))
                end = middle
            else:
                subtrees.append((first, middle))
                first, is_old_root = middle, False
        if not is_old_root:
            subtrees.append((first, end))
        return self._roots(subtrees[::-1])

    def _roots(self, subtrees: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return the roots over leaves from the one up to the other."""
        made_of = [list(_complete(first, end)) for first, end in subtrees]
        unknown = (part for parts in made_of for part in parts if part not in self._peaks)
        self._read({_tile_of(*part) for part in unknown})
        return [merkle_root_of_peaks([self._node(*part) for part in parts]) for parts in made_of]

    def _node(self, first: int, count: int) -> bytes:
        """Return the root of a complete subtree: a peak, or out of the tile that it lies in."""
        peak = self._peaks.get((first, count))
        if peak is not None:
            return peak
        level, tile = _tile_of(first, count)
        below = level * TILE_HEIGHT
        begin = ((first >> below) - tile * TILE_WIDTH) * HASH_SIZE
        hashes = self._tiles[level, tile][begin : begin + (count >> below) * HASH_SIZE]
        return native.merkle_root(hashes)

    def _read(self, tiles: set[tuple[int, int]]) -> None:
        """Read the tiles that are not read yet, as far as this tree has them."""
        unread = sorted(tiles - self._tiles.keys())
        wanted = []
        for level, tile in unread:
            first = tile * TILE_WIDTH
            there = (self._size >> (level * TILE_HEIGHT)) - first
            wanted.append(Nodes(level, first, min(TILE_WIDTH, there)))
        hashes = self._log.log_nodes(self._tree, wanted)
        self._tiles.update(zip(unread, hashes, strict=True))


def _complete(first: int, end: int) -> Iterator[tuple[int, int]]:
    """Take a subtree apart into complete ones, the largest first: first leaf, and how many."""
    while first < end:
        count = 1 << ((end - first).bit_length() - 1)
        yield first, count
        first += count


def _tile_of(first: int, count: int) -> tuple[int, int]:
    """Level and number of the tile that holds the node over these leaves."""
    level = (count.bit_length() - 1) // TILE_HEIGHT
    return level, first >> (level * TILE_HEIGHT) >> TILE_HEIGHT


def _split(count: int) -> int:
    """Return the largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
