"""Whether the log is what its rows give, and its heads are what was signed over it."""

from collections.abc import Iterator, Mapping

import msgspec

from seawall import native
from seawall.errors import Cancelled, ProofInvalid, SeawallError, StoreError
from seawall.native import RunControl
from seawall.provenance.log_leaf import LOG_TREES
from seawall.provenance.signature import key_id_of
from seawall.provenance.tree_head import (
    BEFORE_THE_FIRST_HEAD,
    SignedTreeHead,
    TreeHead,
    check_head,
)
from seawall.session.tree_heads import continuing_problems, signed_head, tree_state
from seawall.store import Store
from seawall.store.log_growth import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, LogState

_ROWS_TOGETHER = 16 * TILE_WIDTH


class LogProblem(msgspec.Struct, frozen=True):
    """One place where the log, its rows and its heads do not agree."""

    tree: str  # or head 3
    message: str


class LogVerification(msgspec.Struct, frozen=True):
    """How much was logged and signed, and what does not agree."""

    leaves: int  # of all trees
    heads: int
    problems: list[LogProblem]

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.problems


def verify_log(
    store: Store,
    *,
    public_keys: Mapping[str, bytes] | None = None,
    known_head: SignedTreeHead | None = None,
    control: RunControl | None = None,
) -> LogVerification:
    """Hash every row again and compare the trees, their tiles and every signed head.

    Parameters
    ----------
    store : Store
        All tenants of it: they share the log.
    public_keys : mapping, optional
        The keys that are trusted, by key id. Without them a head must be signed by the key that is
        kept beside it, which only shows that the two belong together.
    known_head : SignedTreeHead, optional
        A head that was kept elsewhere. Rows and heads removed from the end leave no trace but this.
    control : RunControl, optional
        Ends it early.
    """
    problems: list[LogProblem] = []
    try:
        ledger = store.ledger_id()
    except StoreError as error:
        problems.append(LogProblem("ledger", str(error)))
        ledger = ""
    heads = _heads(store, ledger, public_keys, problems)
    for tree in LOG_TREES:
        problems += _guarded(tree, _tree_problems(store, tree, heads, control))
    if known_head is not None:
        if public_keys is not None:
            try:
                check_head(known_head, public_keys, where="known head")
            except ProofInvalid as error:
                problems.append(LogProblem("known head", str(error)))
        problems += _guarded("known head", continuing_problems(store, known_head))
    return LogVerification(_leaves(store), len(heads), problems)


def _leaves(store: Store) -> int:
    """Count the leaves of all trees; none where these cannot be read, which each has told."""
    try:
        return sum(state.size for state in store.log_states().values())
    except StoreError as error:
        if error.code != "store_corrupt":
            raise
        return 0


def _guarded(tree: str, messages: Iterator[str]) -> list[LogProblem]:
    found = []
    try:
        for message in messages:
            found.append(LogProblem(tree, message))  # noqa: PERF401 (kept if it breaks off)
    except Cancelled:
        raise
    except SeawallError as error:
        found.append(LogProblem(tree, str(error)))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        found.append(LogProblem(tree, f"unreadable: {error}"))
    return found


def _tree_problems(
    store: Store,
    tree: str,
    heads: list[TreeHead],
    control: RunControl | None,
) -> Iterator[str]:
    tiles = _Tiles(store, tree)
    # Read after its heads and its tiles: what is written meanwhile makes it larger only.
    state = store.log_states().get(tree)
    if state is None:
        yield "its tree is missing"
        return
    if unlogged := store.log_unlogged(tree):
        yield f"{unlogged} rows are outside the log"
    signed: dict[int, list[TreeHead]] = {}
    for head in heads:
        if head.trees[tree].size > state.size:
            yield f"it has fewer rows than head {head.number} was signed over"
        signed.setdefault(head.trees[tree].size, []).append(head)
    stops = sorted(
        {size for size in signed if size <= state.size}
        | {*range(_ROWS_TOGETHER, state.size, _ROWS_TOGETHER), state.size}
    )
    now = LogState(0, b"")
    for stop in stops:
        if control is not None and control.cancelled:
            raise Cancelled("the verification was cancelled")
        hashes = _leaf_hashes(store, tree, now.size, stop - now.size)
        now = LogState(stop, native.extend_peaks(now.size, now.peaks, hashes))
        yield from tiles.compare(hashes)
        root = tree_state(now).root
        for head in signed.get(stop, []):
            if head.trees[tree].root != root:
                yield f"its rows are not those that head {head.number} was signed over"
    if now.peaks != state.peaks:
        yield "its rows are not those that were logged"
    yield from tiles.rest()


def _leaf_hashes(store: Store, tree: str, first: int, count: int) -> bytes:
    """Hash consecutive rows; name the first of them that cannot be read."""
    try:
        return store.log_leaf_hashes(tree, first, count)
    except StoreError as error:
        if error.code != "store_corrupt" or error.where:
            raise
        if count == 1:
            raise StoreError(error.message, code=error.code, where=f"leaf {first}") from error
    half = count // 2
    left = _leaf_hashes(store, tree, first, half)
    return left + _leaf_hashes(store, tree, first + half, count - half)


class _Tiles:
    """Compares kept tiles with those that the hashes give, as these come in."""

    def __init__(self, store: Store, tree: str) -> None:
        self._store = store
        self._tree = tree
        self._kept = {(level, tile): root for level, tile, root in store.log_tiles(tree)}
        self._waiting: list[bytearray] = []
        self._done: list[int] = []

    def compare(self, hashes: bytes, level: int = 0) -> Iterator[str]:
        if level == len(self._waiting):
            self._waiting.append(bytearray())
            self._done.append(0)
        waiting = self._waiting[level]
        waiting += hashes
        while len(waiting) >= TILE_WIDTH * HASH_SIZE:
            tile, self._done[level] = self._done[level], self._done[level] + 1
            whole = bytes(waiting[: TILE_WIDTH * HASH_SIZE])
            del waiting[: TILE_WIDTH * HASH_SIZE]
            root = native.merkle_root(whole)
            kept = self._store.log_tile(self._tree, level, tile)
            first = (tile * TILE_WIDTH) << (level * TILE_HEIGHT)
            if kept is None:
                yield f"the tile of level {level} from leaf {first} is missing"
            elif kept != whole:
                yield f"the tile of level {level} from leaf {first} is not that of its rows"
            elif self._kept[level, tile] != root:
                yield f"the root of the tile of level {level} from leaf {first} was changed"
            self._kept.pop((level, tile), None)
            yield from self.compare(root, level + 1)

    def rest(self) -> Iterator[str]:
        for level, tile in self._kept:
            yield f"there is a tile {tile} of level {level} that no rows give"


def _heads(
    store: Store,
    ledger: str,
    public_keys: Mapping[str, bytes] | None,
    problems: list[LogProblem],
) -> list[TreeHead]:
    """Check every head by itself and against the one before; return those that can be read."""
    previous, heads = BEFORE_THE_FIRST_HEAD, []
    try:
        stored = store.log_heads()
    except StoreError as error:
        if error.code != "store_corrupt":
            raise
        problems.append(LogProblem("heads", str(error)))
        stored = []
    for expected, kept in enumerate(stored, 1):
        name = f"head {kept.number}"
        try:
            signed = signed_head(kept)
            own = {key_id_of(kept.public_key): kept.public_key}
            check_head(signed, own, where="it")
            if public_keys is not None:
                check_head(signed, public_keys, where="it")
        except SeawallError as error:
            problems.append(LogProblem(name, str(error)))
            previous = ""
            continue
        head = signed.head
        if kept.number != expected:
            problems.append(LogProblem(name, "a head before it is missing"))
        elif previous and head.previous_sha256 != previous:
            problems.append(LogProblem(name, "it does not continue the head before it"))
        if head.ledger != ledger:
            problems.append(LogProblem(name, "it is of another ledger"))
        previous = head.digest()
        heads.append(head)
    return heads
