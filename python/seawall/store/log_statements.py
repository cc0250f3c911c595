"""The statements of the log, which databases differ in by the name of a leaf's place alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seawall import native
from seawall.errors import StoreError
from seawall.provenance.log_leaf import LOG_TREES, leaf_tag
from seawall.store.log_growth import TILE_WIDTH
from seawall.store.log_proofs import Nodes

TILE_ROOTS = (
    "SELECT root FROM log_tile WHERE tree = :tree AND level = :level"
    " AND tile >= :first AND tile < :end ORDER BY tile"
)


class LogStatements:
    """Statements over the rows of the trees, in the order of their leaves.

    Parameters
    ----------
    place : str
        The column that numbers the rows of a table.
    origin : int
        The number of leaf 0.
    of_finding : str
        The links of a finding, as the database finds them.
    """

    def __init__(
        self, place: str, *, origin: int, of_finding: str = "finding_id = :finding_id"
    ) -> None:
        self._of_finding = of_finding
        self.place = place
        self.origin = origin
        newest = " UNION ALL ".join(
            f"SELECT '{tree}' AS name,"
            f" coalesce((SELECT max({place}) FROM {tree}) + {1 - origin}, 0) AS newest"
            for tree in LOG_TREES
        )
        self.grown = (
            f"SELECT tree, size, peaks, newest FROM log_tree JOIN ({newest}) AS tables"
            " ON name = tree WHERE newest > size"
        )
        self.rows = {
            tree: f"SELECT {', '.join(columns)} FROM {tree}"
            f" WHERE {place} >= :first AND {place} < :end ORDER BY {place}"
            for tree, columns in LOG_TREES.items()
        }

    def row(self, tree: str, columns: Iterable[str]) -> str:
        """Return the statement over the row with values in ``columns``: its place, its cells."""
        found = {column: f"{column} = :{column}" for column in columns}
        if tree == "link" and "finding_id" in found:
            found["finding_id"] = self._of_finding
        condition = " AND ".join(found.values())
        cells = ", ".join(LOG_TREES[tree])
        return f"SELECT {self.place}, {cells} FROM {tree} WHERE {condition}"

    def range_of(self, first: int, count: int) -> dict[str, int]:
        """Return the values of ``rows`` for consecutive leaves."""
        return {"first": first + self.origin, "end": first + count + self.origin}


def tiles_of(tree: str, level: int, first: int, count: int) -> Mapping[str, str | int]:
    """Return the values of ``TILE_ROOTS``."""
    return {"tree": tree, "level": level, "first": first, "end": first + count}


def kept_nodes(tree: str, wanted: Sequence[Nodes]) -> tuple[str, dict[str, str | int]]:
    """Return the statement, and its values, over what tiles hold of nodes.

    Its rows are the place in ``wanted``, the number of a tile, and its hashes or its root.
    """
    parts = []
    values: dict[str, str | int] = {"tree": tree}
    for part, nodes in enumerate(wanted):
        # Those of a whole tile are kept there together, all others as roots of tiles below.
        if nodes.are_a_tile:
            column, place = "hashes", f"tile = :first_{part}"
            values |= {f"level_{part}": nodes.level, f"first_{part}": nodes.first // TILE_WIDTH}
        else:
            column, place = "root", f"tile >= :first_{part} AND tile < :end_{part}"
            values |= {f"level_{part}": nodes.level - 1, f"first_{part}": nodes.first}
            values[f"end_{part}"] = nodes.first + nodes.count
        parts.append(
            f"SELECT {part} AS part, tile, {column} FROM log_tile"
            f" WHERE tree = :tree AND level = :level_{part} AND {place}"
        )
    return " UNION ALL ".join(parts), values


def hashed(tree: str, rows: list[tuple[Any, ...]], first: int, count: int) -> bytes:
    """Hash consecutive rows; raises StoreError when one of them is not there."""
    if len(rows) != count:
        raise StoreError(
            f"only {len(rows)} of {count} rows are there",
            code="store_corrupt",
            where=f"{tree}[{first}:{first + count}]",
        )
    return native.log_leaf_hashes(leaf_tag(tree), rows)


def together(tree: str, roots: list[tuple[bytes]], count: int) -> bytes:
    """Join the roots of tiles; raises StoreError when one of them is not there."""
    if len(roots) != count:
        raise StoreError("a tile is missing", code="store_corrupt", where=f"log_tile[{tree}]")
    return b"".join(root for (root,) in roots)
