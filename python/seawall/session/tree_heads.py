"""Signed heads of the ledger's log: made, read, and compared with those that others keep."""

from collections.abc import Iterator

import msgspec

from seawall.errors import NotFound, StoreError
from seawall.provenance import merkle_root_of_peaks
from seawall.provenance.proof_documents import ConsistencyProof
from seawall.provenance.signature import key_id_of, public_key_of, sign
from seawall.provenance.tree_head import (
    BEFORE_THE_FIRST_HEAD,
    SignedTreeHead,
    TreeHead,
    TreeState,
)
from seawall.store import Store, Transaction
from seawall.store.log import KeptHead
from seawall.store.log_growth import HASH_SIZE, LogState
from seawall.store.log_proofs import TreeProofs


def sign_head(store: Store, *, private_key: bytes, at: str) -> SignedTreeHead:
    """Sign what the log holds now, and keep the head.

    Raises
    ------
    Conflict
        When another head was signed meanwhile.
    """
    public_key = public_key_of(private_key)
    heads = store.log_heads()
    head = TreeHead(
        ledger=store.ledger_id(),
        number=len(heads) + 1,
        at=at,
        key_id=key_id_of(public_key),
        previous_sha256=signed_head(heads[-1]).head.digest() if heads else BEFORE_THE_FIRST_HEAD,
        trees={tree: tree_state(state) for tree, state in sorted(store.log_states().items())},
    )
    content = head.signed_bytes()
    signature = sign(content, private_key=private_key)
    kept = KeptHead(head.number, content, signature, public_key)

    def keep(transaction: Transaction) -> None:
        transaction.append_log_head(kept)

    store.submit(keep).result()
    return SignedTreeHead(head, signature.hex())


def tree_state(state: LogState) -> TreeState:
    """Return the size and the root of a tree."""
    peaks = [
        state.peaks[begin : begin + HASH_SIZE] for begin in range(0, len(state.peaks), HASH_SIZE)
    ]
    return TreeState(state.size, merkle_root_of_peaks(peaks).hex())


def signed_head(kept: KeptHead) -> SignedTreeHead:
    """Read a head that is kept.

    Raises
    ------
    StoreError
        ``store_corrupt`` when it is not as it was written.
    """
    try:
        head = msgspec.json.decode(kept.head, type=TreeHead)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _changed(kept) from error
    if head.signed_bytes() != kept.head or head.number != kept.number:
        raise _changed(kept)
    return SignedTreeHead(head, kept.signature.hex())


def _changed(kept: KeptHead) -> StoreError:
    return StoreError("it was changed", code="store_corrupt", where=f"log_head[{kept.number}]")


def find_head(store: Store, number: int | None) -> SignedTreeHead:
    """Return a signed head by its number, the last one without.

    Raises
    ------
    NotFound
        ``head_required`` when none was signed yet.
    """
    heads = store.log_heads()
    if not heads:
        raise NotFound("no head was signed yet: seawall log sign", code="head_required")
    if number is None:
        return signed_head(heads[-1])
    for kept in heads:
        if kept.number == number:
            return signed_head(kept)
    raise NotFound(f"there are heads 1 to {heads[-1].number}", where=f"head {number}")


def prove_consistency(store: Store, old: SignedTreeHead, new: SignedTreeHead) -> ConsistencyProof:
    """Prove that one head continues another: nothing between them was changed or removed."""
    paths: dict[str, tuple[str, ...]] = {}
    for tree, state in old.head.trees.items():
        size = new.head.trees[tree].size
        path = (
            TreeProofs(store, tree, size).consistency(state.size) if 0 < state.size <= size else []
        )
        paths[tree] = tuple(node.hex() for node in path)
    return ConsistencyProof(old, new, paths)


def continuing_problems(store: Store, known: SignedTreeHead) -> Iterator[str]:
    """Compare the ledger with a head that was kept elsewhere; tell what does not agree."""
    if known.head.ledger != store.ledger_id():
        yield "the known head is of another ledger"
        return
    states = store.log_states()
    for tree, state in known.head.trees.items():
        if tree not in states or states[tree].size < state.size:
            yield f"{tree}: the ledger has fewer rows than the known head"
            continue
        try:
            root = TreeProofs(store, tree, state.size).root()
        except StoreError as error:
            yield f"{tree}: {error}"
            continue
        if root.hex() != state.root:
            yield f"{tree}: the ledger does not continue the known head"
    kept = {head.number: head for head in store.log_heads()}
    same = kept.get(known.head.number)
    if same is None:
        yield "the known head is missing"
    elif same.head != known.head.signed_bytes():
        yield "another head stands in the place of the known one"
