"""The offline verifier: what a document from a ledger shows to whoever has the public key.

Nothing here reads a ledger, and no native code is needed.
"""

from base64 import b16decode
from collections.abc import Mapping

import msgspec

from seawall.errors import InvalidInput, ProofInvalid
from seawall.provenance.bundle_check import Logged, check_bundle
from seawall.provenance.json_form import canonical_json
from seawall.provenance.log_leaf import LOG_TREES, cells_of, leaf_bytes
from seawall.provenance.merkle import leaf_hash, merkle_root_after, merkle_root_from_path
from seawall.provenance.proof_documents import (
    Bundle,
    ConsistencyProof,
    Document,
    LoggedRow,
    RowProof,
)
from seawall.provenance.tree_head import SignedTreeHead, TreeState, check_head


class Checked(msgspec.Struct, frozen=True):
    """What a document was found to show."""

    schema: str
    head: SignedTreeHead  # the later one of two
    rows: int  # proved to be in the ledger of the head
    records: int  # proved to be in their dataset
    run_id: str | None = None


def check_document(data: bytes, public_keys: Mapping[str, bytes]) -> Checked:
    """Check a signed head, a proof or a bundle.

    Parameters
    ----------
    data : bytes
        The file as it was written: canonical JSON, which a line feed may follow.
    public_keys : mapping
        The Ed25519 public keys that are trusted, 32 bytes each, by their key id.

    Returns
    -------
    Checked
        Everything in the document holds.

    Raises
    ------
    ProofInvalid
        With the place and a code: ``document_unreadable``, ``key_unknown``,
        ``signature_invalid``, ``proof_invalid``, ``identity_differs`` or ``bundle_incomplete``.
    """
    document = read_document(data)
    tag = str(type(document).__struct_config__.tag)
    if isinstance(document, SignedTreeHead):
        check_head(document, public_keys, where="document")
        return Checked(tag, document, 0, 0)
    if isinstance(document, ConsistencyProof):
        check_consistency(document, public_keys)
        return Checked(tag, document.new, 0, 0)
    check_head(document.head, public_keys, where="head")
    if isinstance(document, RowProof):
        if document.tree not in LOG_TREES:
            raise ProofInvalid(f"is none of {', '.join(LOG_TREES)}", where="tree")
        _logged(document.tree, document.proved, document.head, where="proved")
        return Checked(tag, document.head, 1, 0)
    rows = proved_rows(document)
    check_bundle(rows, document.records)
    return Checked(
        tag,
        document.head,
        sum(map(len, rows.values())),
        len(document.records),
        run_id=str(rows["run"][0]["run_id"]),
    )


def read_document(data: bytes) -> Document:
    """Read a document; raises ProofInvalid(document_unreadable) unless it is canonical JSON."""
    content = data.removesuffix(b"\n")
    try:
        document: Document = msgspec.json.decode(content, type=Document)
        canonical = canonical_json(document)
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidInput) as error:
        raise ProofInvalid(str(error), where="document", code="document_unreadable") from error
    if canonical != content:
        raise ProofInvalid("is not canonical JSON", where="document", code="document_unreadable")
    return document


def check_consistency(proof: ConsistencyProof, public_keys: Mapping[str, bytes]) -> None:
    """Refuse two heads of which the later does not continue the earlier; raises ProofInvalid."""
    check_head(proof.old, public_keys, where="old")
    check_head(proof.new, public_keys, where="new")
    old, new = proof.old.head, proof.new.head
    if old.ledger != new.ledger:
        raise ProofInvalid("is of another ledger", where="new.head.ledger")
    if old.number > new.number:
        raise ProofInvalid("comes before the old one", where="new.head.number")
    if old.number == new.number and old != new:
        raise ProofInvalid("is another head of the same number: a fork", where="new.head")
    if old.number + 1 == new.number and new.previous_sha256 != old.digest():
        raise ProofInvalid("is not the old head's", where="new.head.previous_sha256")
    if proof.paths.keys() != LOG_TREES.keys():
        raise ProofInvalid(f"are not those of {', '.join(LOG_TREES)}", where="paths")
    for tree, path in proof.paths.items():
        _continues(old.trees[tree], new.trees[tree], path, where=f"paths.{tree}")


def _continues(old: TreeState, new: TreeState, path: tuple[str, ...], *, where: str) -> None:
    if old.size == 0:  # which every tree continues
        if path:
            raise ProofInvalid("is longer than the tree is high", where=where)
        return
    try:
        root = merkle_root_after(
            _digest(old.root), old_count=old.size, new_count=new.size, path=[*map(_digest, path)]
        )
    except InvalidInput as error:
        raise ProofInvalid(error.message, where=where) from error
    if root.hex() != new.root:
        raise ProofInvalid("does not lead to the new root", where=where)


def proved_rows(bundle: Bundle) -> dict[str, list[Logged]]:
    """Prove every row of a bundle, in the order of the log; raises ProofInvalid."""
    found: dict[str, list[Logged]] = {}
    for tree, field, rows in (
        ("run", "run", (bundle.run,)),
        ("dataset_version", "dataset_versions", bundle.dataset_versions),
        ("derivation", "derivations", bundle.derivations),
        ("evidence", "evidence", bundle.evidence),
        ("finding", "findings", bundle.findings),
        ("link", "links", bundle.links),
    ):
        found[tree] = []
        last = -1
        for number, row in enumerate(rows):
            where = field if field == "run" else f"{field}[{number}]"
            if row.index <= last:
                raise ProofInvalid("is not in the order of the log", where=where)
            last = row.index
            found[tree].append(_logged(tree, row, bundle.head, where=where))
    return found


def _logged(tree: str, proved: LoggedRow, head: SignedTreeHead, *, where: str) -> Logged:
    """Prove a row; return its cells by column, bytes as bytes."""
    state = head.head.trees[tree]
    try:
        cells = cells_of(tree, proved.row)
    except InvalidInput as error:
        raise ProofInvalid(error.message, where=f"{where}.row {error.where}".strip()) from error
    try:
        root = merkle_root_from_path(
            leaf_hash(leaf_bytes(tree, cells)),
            leaf_index=proved.index,
            leaf_count=state.size,
            path=[*map(_digest, proved.path)],
        )
    except InvalidInput as error:
        raise ProofInvalid(error.message, where=f"{where}.{error.where}") from error
    if root.hex() != state.root:
        raise ProofInvalid("is not in the ledger of the head", where=where)
    return dict(zip(LOG_TREES[tree], cells, strict=True))


def _digest(text: str) -> bytes:
    return b16decode(text, casefold=True)
