"""Whether a ledger, or a restored copy of it, has the roots of a head that was signed before."""

import msgspec

from seawall import native
from seawall.errors import Cancelled, StoreError
from seawall.native import RunControl
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session.tree_heads import tree_state
from seawall.store import Store
from seawall.store.log_growth import TILE_WIDTH, LogState

_ROWS_TOGETHER = 16 * TILE_WIDTH


class TreeCheck(msgspec.Struct, frozen=True):
    """One tree of the log beside what was signed over it."""

    tree: str
    signed_rows: int
    rows: int
    problem: str  # empty where the first ``signed_rows`` have the signed root


class HeadCheck(msgspec.Struct, frozen=True):
    """A ledger beside a head."""

    ledger: str
    head: SignedTreeHead
    trees: list[TreeCheck]

    @property
    def ok(self) -> bool:
        """Whether every tree has the root that was signed."""
        return not any(tree.problem for tree in self.trees)

    @property
    def is_copy(self) -> bool:
        """Whether the head is of another ledger, of which this one can only be a copy."""
        return self.ledger != self.head.head.ledger

    @property
    def rows_since(self) -> int:
        """How many rows came after those that were signed; 0 is the very ledger of the head."""
        return sum(max(tree.rows - tree.signed_rows, 0) for tree in self.trees)


def check_against(
    store: Store, head: SignedTreeHead, *, control: RunControl | None = None
) -> HeadCheck:
    """Hash the rows that a head was signed over again, and compare the roots.

    Parameters
    ----------
    store : Store
        The ledger, a backup of it, what was restored from one, or a copy in another database.
    head : SignedTreeHead
        Whose signature was checked by the caller.
    control : RunControl, optional
        Ends it early.
    """
    states = store.log_states()
    checks = []
    for tree, signed in sorted(head.head.trees.items()):
        state = states.get(tree, LogState(0, b""))
        if state.size < signed.size:
            problem = f"{signed.size - state.size} of its rows are missing"
        else:
            problem = _problem(store, tree, signed.size, signed.root, control)
        checks.append(TreeCheck(tree, signed.size, state.size, problem))
    return HeadCheck(store.ledger_id(), head, checks)


def _problem(store: Store, tree: str, size: int, root: str, control: RunControl | None) -> str:
    now = LogState(0, b"")
    while now.size < size:
        count = min(_ROWS_TOGETHER, size - now.size)
        if control is not None:
            if control.cancelled:
                raise Cancelled("the check was cancelled")
            control.advance(count)
        try:
            hashes = store.log_leaf_hashes(tree, now.size, count)
        except StoreError as error:
            if error.code != "store_corrupt":
                raise
            return str(error)
        now = LogState(now.size + count, native.extend_peaks(now.size, now.peaks, hashes))
    return "" if tree_state(now).root == root else "its rows are not those that were signed over"
