"""The log in PostgreSQL, where a column numbers the rows of a tree."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from seawall.store.fresh_leaves import FreshLeaves
from seawall.store.log_extension import LogExtension
from seawall.store.log_growth import KnownTail, LogState, grow
from seawall.store.log_statements import LogStatements
from seawall.store.postgres_group import PostgresGroup, Statement, columns_of
from seawall.store.postgres_readers import placed

TILES_TOGETHER = 64
"""As many go in one statement, each of 8 KiB."""

_PUT_TILES = (
    "INSERT INTO log_tile (tree, level, tile, root, hashes)"
    " SELECT * FROM unnest(%b::text[], %b::int8[], %b::int8[], %b::bytea[], %b::bytea[])"
)
_PUT_STATES = (
    "UPDATE log_tree SET size = grown.size, peaks = grown.peaks"
    " FROM unnest(%b::text[], %b::int8[], %b::bytea[]) AS grown (tree, size, peaks)"
    " WHERE log_tree.tree = grown.tree"
)
LOG_STATEMENTS = LogStatements("log_index", origin=0)

GROWN: Statement = (LOG_STATEMENTS.grown, {})
"""Asks which trees have rows beyond them."""


Tails = Mapping[str, KnownTail]
"""The end of each tree that this writer knows."""


class Growth(NamedTuple):
    """How the trees that a group adds to are to grow."""

    former_sizes: list[int]
    tiles: list[tuple[str, int, int, bytes, bytes]]
    states: list[tuple[str, int, bytes]]
    tails: Tails  # of all trees, once they have


class PostgresLogExtension(LogExtension):
    """`GrowingLog` over one group after the other, in few statements."""

    statements = LOG_STATEMENTS

    def __init__(self) -> None:
        super().__init__()
        self._group: PostgresGroup | None = None
        self._tiles: list[tuple[str, int, int, bytes, bytes]] = []
        self._states: list[tuple[str, int, bytes]] = []
        self._kept_tails: Tails = {}

    def extend_in(self, group: PostgresGroup, grown: list[Any]) -> list[Statement]:
        """Log the rows of a group that has sent them all.

        Parameters
        ----------
        group : PostgresGroup
            The group.
        grown : list
            What it was answered to `GROWN`.

        Returns
        -------
        list of Statement
            What is still to be sent before its COMMIT.
        """
        self._group = group
        self._begin(group.fresh)
        self._extend(grown)
        last = ((_PUT_TILES, self._tiles), (_PUT_STATES, self._states))
        return [(sql, columns_of(rows)) for sql, rows in last if rows]

    def extend_ahead(self, fresh: FreshLeaves, trees: Sequence[str]) -> Growth | None:
        """Log rows before they are sent, as if nobody had logged any since this did.

        What this logged last need not be kept yet, only be sent before.

        Parameters
        ----------
        fresh : FreshLeaves
            Of the rows.
        trees : sequence of str
            Those that grow by them.

        Returns
        -------
        Growth or None
            What is to be sent with them; None where something must be read first.
        """
        self._begin(fresh)
        tails = [tail for tree in trees if (tail := self._tails.get(tree))]
        if len(tails) < len(trees):
            return None
        counts = list(map(fresh.count, trees))
        if not all(map(KnownTail.suffices, tails, counts)):
            return None
        for tree, tail, count in zip(trees, tails, counts, strict=True):
            self._first_fresh = tail.state.size
            self._tails[tree] = grow(self, tree, tail.state, tail.state.size + count, tail)
        sizes = [tail.state.size for tail in tails]
        return Growth(sizes, self._tiles, self._states, dict(self._tails))

    def kept(self, tails: Tails | None = None) -> None:
        """Know the trees as they are now that a group is kept: the last one, or one before it."""
        self._kept_tails = dict(self._tails) if tails is None else tails

    def undone(self) -> None:
        """Know the trees as they are kept, for what was logged since is not."""
        self._tails = dict(self._kept_tails)

    def _begin(self, fresh: FreshLeaves) -> None:
        self._fresh = fresh
        self._tiles, self._states = [], []  # another group may have failed

    def tile_roots(self, tree: str, level: int, first: int, count: int) -> bytes:
        """Roots of consecutive tiles."""
        self._send_tiles()
        return super().tile_roots(tree, level, first, count)

    def put_tile(self, tree: str, level: int, tile: int, root: bytes, hashes: bytes) -> None:
        """Keep a complete tile, once it is sent with others."""
        self._tiles.append((tree, level, tile, root, hashes))
        if len(self._tiles) == TILES_TOGETHER:
            self._send_tiles()

    def put_state(self, tree: str, state: LogState) -> None:
        """Keep how far the tree has come, once it is sent with the others."""
        self._states.append((tree, state.size, state.peaks))

    def is_behind_in(self, group: PostgresGroup) -> bool:
        """Tell whether there are rows that no transaction of this program logged."""
        self._group = group
        return self.is_behind()

    def _send_tiles(self) -> None:
        if self._tiles:
            self._running().rows(_PUT_TILES, columns_of(self._tiles))
            self._tiles = []

    def _ask(self, sql: str, values: Mapping[str, str | int | bytes]) -> list[Any]:
        return self._running().rows(placed(sql), values)

    def _running(self) -> PostgresGroup:
        if self._group is None:
            raise RuntimeError("there is no group")
        return self._group
