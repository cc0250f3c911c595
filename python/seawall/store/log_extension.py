"""The log as it grows in any database, inside each transaction that keeps rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from seawall.store.fresh_leaves import FreshLeaves
from seawall.store.log_growth import KnownTail, LogState, grow
from seawall.store.log_statements import TILE_ROOTS, LogStatements, hashed, tiles_of, together


class LogExtension(ABC):
    """`GrowingLog` of the writer, which reads back what its transaction keeps."""

    statements: ClassVar[LogStatements]

    def __init__(self) -> None:
        self._tails: dict[str, KnownTail] = {}
        self._fresh = FreshLeaves()  # of the transaction that is under way
        self._first_fresh = 0  # leaf of the tree that grows

    @abstractmethod
    def _ask(self, sql: str, values: Mapping[str, str | int | bytes]) -> list[Any]:
        """Ask a statement with ``:name`` for each value; return all rows."""

    def extend(self) -> None:
        """Log every row that lies beyond its tree; part of the transaction that is under way."""
        self._extend(self._ask(self.statements.grown, {}))

    def _extend(self, grown: list[Any]) -> None:
        """Log the rows beyond the trees that are told of."""
        for tree, size, peaks, newest in grown:
            state = LogState(size, peaks)
            is_known = self._fresh.count(tree) == newest - size
            self._first_fresh = size if is_known else newest
            self._tails[tree] = grow(self, tree, state, newest, self._tails.get(tree))

    def is_behind(self) -> bool:
        """Tell whether there are rows that no transaction of this program logged."""
        return bool(self._ask(self.statements.grown, {}))

    def leaf_hashes(self, tree: str, first: int, count: int) -> bytes:
        """Hash consecutive rows, if that was not done when they were put."""
        if first >= self._first_fresh:
            return self._fresh.hashes(tree, first - self._first_fresh, count)
        rows = self._ask(self.statements.rows[tree], self.statements.range_of(first, count))
        return hashed(tree, rows, first, count)

    def tile_roots(self, tree: str, level: int, first: int, count: int) -> bytes:
        """Roots of consecutive tiles."""
        return together(tree, self._ask(TILE_ROOTS, tiles_of(tree, level, first, count)), count)

    def put_tile(self, tree: str, level: int, tile: int, root: bytes, hashes: bytes) -> None:
        """Keep a complete tile."""
        self._ask(
            "INSERT INTO log_tile (tree, level, tile, root, hashes)"
            " VALUES (:tree, :level, :tile, :root, :hashes)",
            {"tree": tree, "level": level, "tile": tile, "root": root, "hashes": hashes},
        )

    def put_state(self, tree: str, state: LogState) -> None:
        """Keep how far the tree has come."""
        self._ask(
            "UPDATE log_tree SET size = :size, peaks = :peaks WHERE tree = :tree",
            {"size": state.size, "peaks": state.peaks, "tree": tree},
        )
