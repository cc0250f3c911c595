"""The log as it is read for proofs, from any database."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from seawall.errors import NotFound, StoreError
from seawall.store.log import KeptHead
from seawall.store.log_growth import LogState
from seawall.store.log_proofs import Nodes
from seawall.store.log_statements import LogStatements, hashed, kept_nodes, together
from seawall.store.row_reads import RowReads


class LogRowReads(RowReads):
    """`LogReads` over statements."""

    log_statements: ClassVar[LogStatements]
    """Those of the database."""

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
        statements = self.log_statements
        return self._rows(statements.rows[tree], statements.range_of(first, count))

    def log_leaf_hashes(self, tree: str, first: int, count: int) -> bytes:
        """Hash consecutive rows."""
        return hashed(tree, self.log_rows(tree, first, count), first, count)

    def log_row(self, tree: str, key: Mapping[str, str | int]) -> tuple[int, tuple[Any, ...]]:
        """The leaf of the row whose columns have these values, and the row as it holds it."""
        found = self._rows(self.log_statements.row(tree, key), key)
        if not found:
            shown = "/".join(str(value) for column, value in key.items() if column != "tenant")
            raise NotFound(f"There is no such {tree}.", where=f"{tree}[{shown}]")
        place, *cells = found[0]
        return place - self.log_statements.origin, tuple(cells)

    def log_unlogged(self, tree: str) -> int:
        """How many rows of a table lie outside its tree."""
        place, origin = self.log_statements.place, self.log_statements.origin
        ((count,),) = self._rows(
            f"SELECT count(*) FROM {tree} WHERE {place} < {origin}"
            f" OR {place} >= (SELECT size + {origin} FROM log_tree WHERE tree = :tree)",
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

    def log_nodes(self, tree: str, wanted: Sequence[Nodes]) -> list[bytes]:
        """Hashes of nodes: what tiles hold of all of them is one question."""
        kept = [nodes for nodes in wanted if nodes.are_a_tile or nodes.level > 0]
        parts: list[list[tuple[int, bytes]]] = [[] for _ in kept]
        if kept:
            for part, tile, hashes in self._rows(*kept_nodes(tree, kept)):
                parts[part].append((tile, hashes))
        found = {}
        for nodes, rows in zip(kept, parts, strict=True):
            expected = 1 if nodes.are_a_tile else nodes.count
            found[nodes] = together(tree, [(hashes,) for _, hashes in sorted(rows)], expected)
        return [
            found[nodes] if nodes in found else self.log_leaf_hashes(tree, nodes.first, nodes.count)
            for nodes in wanted
        ]

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
