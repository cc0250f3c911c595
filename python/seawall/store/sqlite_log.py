"""The log in SQLite: extended inside each transaction that keeps rows, and read for proofs."""

from collections.abc import Mapping
from typing import Any

import apsw

from seawall import native
from seawall.errors import Conflict, NotFound, StoreError
from seawall.provenance.log_leaf import LOG_TREES, leaf_tag
from seawall.store.log import KeptHead
from seawall.store.log_growth import KnownTail, LogState, grow
from seawall.store.row_reads import RowReads
from seawall.store.sqlite_connection import translated

_COLUMNS = {tree: ", ".join(columns) for tree, columns in LOG_TREES.items()}
_GROWN = "SELECT * FROM ({}) WHERE newest > size".format(
    " UNION ALL ".join(
        f"SELECT tree, size, peaks, ifnull((SELECT max(rowid) FROM {tree}), 0) AS newest"
        f" FROM log_tree WHERE tree = '{tree}'"
        for tree in LOG_TREES
    )
)
_ROWS = {
    tree: f"SELECT {columns} FROM {tree} WHERE rowid > :first AND rowid <= :first + :count"
    " ORDER BY rowid"
    for tree, columns in _COLUMNS.items()
}
_TILE_ROOTS = (
    "SELECT root FROM log_tile WHERE tree = :tree AND level = :level"
    " AND tile >= :first AND tile < :first + :count ORDER BY tile"
)


class LogExtension:
    """`GrowingLog` over the writer's connection, which reads back what its transaction keeps."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._tails: dict[str, KnownTail | None] = {}

    def extend(self) -> None:
        """Log every row that lies beyond its tree; part of the transaction that is under way."""
        for tree, size, peaks, newest in self._rows(_GROWN, {}):
            state = LogState(size, peaks)
            self._tails[tree] = grow(self, tree, state, newest, self._tails.get(tree))

    def is_behind(self) -> bool:
        """Tell whether there are rows that no transaction of this program logged."""
        return bool(self._rows(_GROWN, {}))

    def leaf_hashes(self, tree: str, first: int, count: int) -> bytes:
        """Hash consecutive rows."""
        return _hashed(
            tree, self._rows(_ROWS[tree], {"first": first, "count": count}), first, count
        )

    def tile_roots(self, tree: str, level: int, first: int, count: int) -> bytes:
        """Roots of consecutive tiles."""
        return _together(tree, self._rows(_TILE_ROOTS, _tiles(tree, level, first, count)), count)

    def put_tile(self, tree: str, level: int, tile: int, root: bytes, hashes: bytes) -> None:
        """Keep a complete tile."""
        self._connection.execute(
            "INSERT INTO log_tile VALUES (?, ?, ?, ?, ?)", (tree, level, tile, root, hashes)
        )

    def put_state(self, tree: str, state: LogState) -> None:
        """Keep how far the tree has come."""
        self._connection.execute(
            "UPDATE log_tree SET size = ?, peaks = ? WHERE tree = ?",
            (state.size, state.peaks, tree),
        )

    def _rows(self, sql: str, values: Mapping[str, str | int]) -> list[Any]:
        return self._connection.execute(sql, values).fetchall()


class SqliteLogWrites:
    """`LogWrites` over the writer's connection."""

    _connection: apsw.Connection

    def append_log_head(self, head: KeptHead) -> None:
        """Keep a signed head."""
        with translated():
            last = self._connection.execute("SELECT ifnull(max(number), 0) FROM log_head").get
            if head.number != last + 1:
                raise Conflict(f"Head {last + 1} comes next.", where=f"log_head[{head.number}]")
            self._connection.execute(
                "INSERT INTO log_head VALUES (?, ?, ?, ?)",
                (head.number, head.head, head.signature, head.public_key),
            )


class SqliteLogReads(RowReads):
    """`LogReads` over connections that only read."""

    def ledger_id(self) -> str:
        """What tells this ledger's heads from those of another."""
        found = self._rows("SELECT ledger_id FROM log_ledger", {})
        if not found:
            raise StoreError("it is missing", code="store_corrupt", where="log_ledger")
        return str(found[0][0])

    def log_states(self) -> dict[str, LogState]:
        """How far each tree has come, all at one moment."""
        rows = self._rows("SELECT tree, size, peaks FROM log_tree", {})
        return {tree: LogState(size, peaks) for tree, size, peaks in rows}

    def log_rows(self, tree: str, first: int, count: int) -> list[tuple[Any, ...]]:
        """Consecutive rows of a tree, as its leaves hold them; those that are there."""
        return self._rows(_ROWS[tree], {"first": first, "count": count})

    def log_leaf_hashes(self, tree: str, first: int, count: int) -> bytes:
        """Hash consecutive rows."""
        return _hashed(tree, self.log_rows(tree, first, count), first, count)

    def log_index(self, tree: str, key: Mapping[str, str | int]) -> int:
        """The leaf of the row whose columns have these values."""
        condition = " AND ".join(f"{column} = :{column}" for column in key)
        found = self._rows(f"SELECT rowid FROM {tree} WHERE {condition}", key)
        if not found:
            shown = "/".join(str(value) for column, value in key.items() if column != "tenant")
            raise NotFound(f"There is no such {tree}.", where=f"{tree}[{shown}]")
        return int(found[0][0]) - 1

    def log_unlogged(self, tree: str) -> int:
        """How many rows of a table lie outside its tree."""
        ((count,),) = self._rows(
            f"SELECT count(*) FROM {tree} WHERE rowid < 1"
            " OR rowid > (SELECT size FROM log_tree WHERE tree = :tree)",
            {"tree": tree},
        )
        return int(count)

    def log_tile(self, tree: str, level: int, tile: int) -> bytes | None:
        """Return the hashes of a tile; None while it is not complete."""
        found = self._rows(
            "SELECT hashes FROM log_tile WHERE tree = :tree AND level = :level AND tile = :tile",
            {"tree": tree, "level": level, "tile": tile},
        )
        return found[0][0] if found else None

    def log_tile_roots(self, tree: str, level: int, first: int, count: int) -> bytes:
        """Roots of consecutive tiles."""
        return _together(tree, self._rows(_TILE_ROOTS, _tiles(tree, level, first, count)), count)

    def log_tiles(self, tree: str) -> list[tuple[int, int, bytes]]:
        """Level, number and root of every tile of a tree."""
        return self._rows(
            "SELECT level, tile, root FROM log_tile WHERE tree = :tree ORDER BY level, tile",
            {"tree": tree},
        )

    def log_heads(self) -> list[KeptHead]:
        """Every signed head, oldest first."""
        return self._select(
            KeptHead,
            "SELECT number, head, signature, public_key FROM log_head ORDER BY number",
            {},
        )


def _tiles(tree: str, level: int, first: int, count: int) -> dict[str, str | int]:
    return {"tree": tree, "level": level, "first": first, "count": count}


def _hashed(tree: str, rows: list[tuple[Any, ...]], first: int, count: int) -> bytes:
    if len(rows) != count:
        raise StoreError(
            f"only {len(rows)} of {count} rows are there",
            code="store_corrupt",
            where=f"{tree}[{first}:{first + count}]",
        )
    return native.log_leaf_hashes(leaf_tag(tree), rows)


def _together(tree: str, roots: list[tuple[bytes]], count: int) -> bytes:
    if len(roots) != count:
        raise StoreError("a tile is missing", code="store_corrupt", where=f"log_tile[{tree}]")
    return b"".join(root for (root,) in roots)
