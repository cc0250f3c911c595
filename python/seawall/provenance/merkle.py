"""The Merkle tree of RFC 6962: what its proofs lead to."""

from binascii import unhexlify
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated

import msgspec

from seawall.errors import InvalidInput

DigestHex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""A SHA-256 as 64 lower-case hexadecimal digits."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf of the Merkle tree: SHA-256(0x00 || leaf), RFC 6962, section 2.1."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash a node of the Merkle tree: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def merkle_root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """Return the root of a tree that is made of complete subtrees, whose roots are given.

    Parameters
    ----------
    peaks : sequence of bytes
        One for each set bit of the number of leaves, the largest subtree's first.
    """
    if not peaks:
        return sha256(b"").digest()
    *others, root = peaks
    for left in reversed(others):
        root = node_hash(left, root)
    return root


def merkle_root_from_path(
    leaf: bytes, *, leaf_index: int, leaf_count: int, path: Sequence[bytes]
) -> bytes:
    """Compute the root that a path leads to (RFC 9162, section 2.1.3.2).

    Parameters
    ----------
    leaf : bytes
        The leaf's hash, as of `leaf_hash`.
    leaf_index : int
        Counted from 0.
    leaf_count : int
        Of the whole tree.
    path : sequence of bytes
        The siblings' hashes, from the leaf up.

    Returns
    -------
    bytes
        The leaf is in the tree if this is the tree's root.

    Raises
    ------
    InvalidInput
        If no tree has that leaf, a hash has not 32 bytes, or the path is not as long as the tree
        is high.
    """
    if not 0 <= leaf_index < leaf_count:
        raise InvalidInput(f"a tree of {leaf_count} has no such leaf", where="leaf_index")
    if len(leaf) != 32 or any(len(sibling) != 32 for sibling in path):
        raise InvalidInput("a hash has 32 bytes", where="path")
    root, node, last = leaf, leaf_index, leaf_count - 1
    for sibling in path:
        if last == 0:
            raise InvalidInput("is longer than the tree is high", where="path")
        if node % 2 == 1 or node == last:
            root = node_hash(sibling, root)
            while node % 2 == 0:  # a last node without a sibling rises until it has one
                node, last = node // 2, last // 2
        else:
            root = node_hash(root, sibling)
        node, last = node // 2, last // 2
    if last > 0:
        raise InvalidInput("is shorter than the tree is high", where="path")
    return root


def merkle_root_after(
    old_root: bytes, *, old_count: int, new_count: int, path: Sequence[bytes]
) -> bytes:
    """Compute the root of a tree that continues another (RFC 9162, section 2.1.4.2).

    Parameters
    ----------
    old_root : bytes
        Of the tree of the first ``old_count`` leaves.
    old_count, new_count : int
        Leaves of both trees.
    path : sequence of bytes
        The consistency proof of RFC 6962, section 2.1.2.

    Returns
    -------
    bytes
        The new tree holds all leaves of the old one, in the same places, if this is its root.

    Raises
    ------
    InvalidInput
        If the counts are none of such trees, a hash has not 32 bytes, the path is not as long as it
        must be, or it leads to another old root.
    """
    if not 0 < old_count <= new_count:
        raise InvalidInput(f"no tree of {new_count} continues one of {old_count}", where="counts")
    if len(old_root) != 32 or any(len(sibling) != 32 for sibling in path):
        raise InvalidInput("a hash has 32 bytes", where="path")
    if old_count == new_count:
        if path:
            raise InvalidInput("is longer than the tree is high", where="path")
        return old_root
    # A complete old tree is itself the first node that both roots are made from.
    steps = list(path) if old_count & (old_count - 1) else [old_root, *path]
    if not steps:
        raise InvalidInput("is shorter than the tree is high", where="path")
    node, last = old_count - 1, new_count - 1
    while node % 2 == 1:
        node, last = node // 2, last // 2
    old, new = steps[0], steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise InvalidInput("is longer than the tree is high", where="path")
        if node % 2 == 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node % 2 == 0 and node > 0:
                node, last = node // 2, last // 2
        else:
            new = node_hash(new, sibling)
        node, last = node // 2, last // 2
    if last > 0:
        raise InvalidInput("is shorter than the tree is high", where="path")
    if old != old_root:
        raise InvalidInput("leads to another root of the old tree", where="path")
    return new


class InclusionProof(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.inclusion_proof/1",
):
    """That a leaf is in a Merkle tree, for anyone who trusts the root."""

    leaf_index: Annotated[
        Annotated[int, msgspec.Meta(ge=0)], msgspec.Meta(description="Its place, counted from 0.")
    ]
    leaf_count: Annotated[
        Annotated[int, msgspec.Meta(ge=1)], msgspec.Meta(description="Of the whole tree.")
    ]
    path: Annotated[
        tuple[DigestHex, ...],
        msgspec.Meta(description="The siblings' hashes, hexadecimal, from the leaf up."),
    ]
    root: Annotated[DigestHex, msgspec.Meta(description="The tree's root, hexadecimal.")]

    def verify(self, leaf: bytes) -> bool:
        """Return whether this proves that the leaf's own bytes are in the tree of `root`."""
        try:
            found = merkle_root_from_path(
                leaf_hash(leaf),
                leaf_index=self.leaf_index,
                leaf_count=self.leaf_count,
                path=[unhexlify(sibling) for sibling in self.path],
            )
        except (ValueError, InvalidInput):
            return False
        return found.hex() == self.root
