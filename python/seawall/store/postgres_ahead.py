"""A group of small requests that goes to the server in one message, its COMMIT with it.

The rows are numbered, and the log grown, as if all of them were new and nobody else had written
since this writer did. The server does nothing of it where that is not so: then the group is sent as
any other, which first asks. So a group is written down while the one before it is under way, as if
that were kept.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from seawall import native
from seawall.store.fresh_leaves import PUT_AS_LEAVES, FreshLeaves
from seawall.store.postgres_arrays import (
    bytea_array,
    int8,
    int8_array,
    text_array,
)
from seawall.store.postgres_batch import Sent
from seawall.store.postgres_group import TURN_LOCK
from seawall.store.postgres_log import Growth, PostgresLogExtension, Tails
from seawall.store.postgres_tables import Table

LONGEST_PATIENCE = 64
"""So many groups at most are sent as others are, after some that were sent ahead in vain."""

_Rows = list[tuple[Any, ...]]

_TAKE_TURN = f"SELECT pg_advisory_xact_lock({TURN_LOCK})"
_PUT_TILES = (
    "INSERT INTO log_tile (tree, level, tile, root, hashes)"
    " SELECT * FROM unnest($1::text[], $2::int8[], $3::int8[], $4::bytea[], $5::bytea[])"
)
_END = (
    "WITH marked AS ("
    "UPDATE writer_mark SET group_number = $1, marked_at = clock_timestamp()"
    " WHERE writer = $2 RETURNING 1"
    "), grown AS ("
    "UPDATE log_tree SET size = wanted.size, peaks = wanted.peaks"
    " FROM unnest($3::text[], $4::int8[], $5::int8[], $6::bytea[])"
    " AS wanted (tree, former_size, size, peaks)"
    " WHERE log_tree.tree = wanted.tree AND log_tree.size = wanted.former_size RETURNING 1"
    ") SELECT 1 / ((SELECT count(*) FROM marked) = 1"
    " AND (SELECT count(*) FROM grown) = cardinality($3))::int"
)
"""Divides by zero unless the writer has its mark and the trees are as it knows them."""


class Patience:
    """For how many groups it is not worth trying: twice as many each time it was in vain."""

    def __init__(self) -> None:
        self._left = 0
        self._next = 1

    def allows(self) -> bool:
        """Tell whether to try now; count the group if not."""
        if self._left == 0:
            return True
        self._left -= 1
        return False

    def was_in_vain(self) -> None:
        """Wait longer."""
        self._left = self._next
        self._next = min(2 * self._next, LONGEST_PATIENCE)

    def was_worth_it(self) -> None:
        """Begin anew."""
        self._next = 1


class Ahead(NamedTuple):
    """A group that is ready to be sent."""

    statements: list[Sent]
    tails: Tails  # of the log, once it is kept


def ahead(
    gathered: Mapping[Table, _Rows], log: PostgresLogExtension, *, writer: str, number: int
) -> Ahead | None:
    """Write the statements of a whole group.

    Parameters
    ----------
    gathered : mapping
        Its rows.
    log : PostgresLogExtension
        Grows by them; must be told if they are not kept.
    writer, number
        The writer's name, and that of its group.

    Returns
    -------
    Ahead or None
        None where something must be asked first.
    """
    tables = list(gathered)
    if not all(table.name in PUT_AS_LEAVES for table in tables):
        return None
    columns = {}
    for table, rows in gathered.items():
        if len(set(map(table.identity, rows))) < len(rows):
            return None
        try:
            columns[table] = native.binary_columns(rows, table.binary_types)
        except (TypeError, UnicodeEncodeError):
            return None
    fresh = FreshLeaves()
    for table, rows in gathered.items():
        fresh.add(table.name, rows)
    growth = log.extend_ahead(fresh, [table.name for table in tables])
    if growth is None:
        return None
    statements: list[Sent] = [
        ("BEGIN", None),
        (_TAKE_TURN, ()),
        *_tiles(growth),
        *(
            (table.insert_new, (int8(first), *columns[table]))
            for table, first in zip(tables, growth.former_sizes, strict=True)
        ),
        (_END, (int8(number), writer.encode(), *_states(growth))),
        ("COMMIT", None),
    ]
    return Ahead(statements, growth.tails)


def _tiles(growth: Growth) -> list[Sent]:
    if not growth.tiles:
        return []
    trees, levels, tiles, roots, hashes = zip(*growth.tiles, strict=True)
    values = (
        text_array(trees),
        int8_array(levels),
        int8_array(tiles),
        bytea_array(roots),
        bytea_array(hashes),
    )
    return [(_PUT_TILES, values)]


def _states(growth: Growth) -> tuple[bytes, ...]:
    trees, sizes, peaks = zip(*growth.states, strict=True)
    return (
        text_array(trees),
        int8_array(growth.former_sizes),
        int8_array(sizes),
        bytea_array(peaks),
    )
