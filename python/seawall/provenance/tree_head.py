"""Tree heads: how long the ledger's log is and which roots it has, stated and signed."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated

import msgspec

from seawall.errors import ProofInvalid
from seawall.provenance.json_form import canonical_json
from seawall.provenance.log_leaf import LOG_TREES
from seawall.provenance.merkle import DigestHex
from seawall.provenance.signature import is_signed, key_id_of

BEFORE_THE_FIRST_HEAD = bytes(32).hex()
"""What the first head has for the hash of the one before."""


class TreeState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tree of the log at one moment."""

    size: Annotated[int, msgspec.Meta(ge=0)]  # leaves
    root: DigestHex


class TreeHead(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.tree_head/1",
):
    """What the log of a ledger held at one moment, continuing the head before."""

    ledger: str
    number: Annotated[int, msgspec.Meta(ge=1)]  # 1, 2, 3, … without a gap
    at: str  # ISO 8601
    key_id: str
    previous_sha256: DigestHex  # of the head before, as canonical JSON; zeros of the first
    trees: dict[str, TreeState]

    def signed_bytes(self) -> bytes:
        """Return what is signed and hashed: canonical JSON."""
        return canonical_json(self)

    def digest(self) -> str:
        """Return the SHA-256 that the next head names, in hexadecimal."""
        return sha256(self.signed_bytes()).hexdigest()


class SignedTreeHead(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.signed_tree_head/1",
):
    """A tree head, for anyone who trusts the key."""

    head: TreeHead
    signature: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}$")]  # Ed25519


def check_head(signed: SignedTreeHead, public_keys: Mapping[str, bytes], *, where: str) -> None:
    """Refuse a head that none of the keys signed.

    Parameters
    ----------
    signed : SignedTreeHead
        Of any ledger.
    public_keys : mapping
        Ed25519 public keys, 32 bytes each, by their key id.
    where : str
        Its place, for the error.

    Raises
    ------
    ProofInvalid
        ``key_unknown``, ``signature_invalid``, or ``proof_invalid`` when it has other trees.
    """
    key = public_keys.get(signed.head.key_id)
    if key is None or key_id_of(key) != signed.head.key_id:
        raise ProofInvalid(
            "is signed by a key that was not given",
            where=f"{where}.head.key_id",
            code="key_unknown",
        )
    if not is_signed(signed.head.signed_bytes(), bytes.fromhex(signed.signature), public_key=key):
        raise ProofInvalid(
            "is not the signature of this head by its key",
            where=f"{where}.signature",
            code="signature_invalid",
        )
    if signed.head.trees.keys() != LOG_TREES.keys():
        raise ProofInvalid(f"are not {', '.join(LOG_TREES)}", where=f"{where}.head.trees")
