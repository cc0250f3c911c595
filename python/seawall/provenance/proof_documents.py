"""Documents for others: rows with their proofs, and the head that they are proved under."""

from typing import Annotated, Literal

import msgspec

from seawall.provenance.merkle import DigestHex
from seawall.provenance.tree_head import SignedTreeHead

_Whole = Annotated[int, msgspec.Meta(ge=0)]


class LoggedRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the ledger, and the siblings that lead from it to the root of its tree."""

    index: _Whole  # of its leaf, from 0
    path: tuple[DigestHex, ...]
    row: dict[str, str | int]  # as of seawall.provenance.log_leaf.shown_cells


class BundledRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record as it was read, and the siblings that lead to the root of its dataset."""

    dataset_version_id: str
    record: _Whole  # from 0
    form: Literal["text", "hexadecimal"]  # text where the bytes are UTF-8
    content: str
    path: tuple[DigestHex, ...]


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="schema"):
    pass


class RowProof(_Document, frozen=True, tag="seawall.row_proof/1"):
    """One row of the ledger, under a signed head."""

    head: SignedTreeHead
    tree: str
    proved: LoggedRow


class ConsistencyProof(_Document, frozen=True, tag="seawall.consistency_proof/1"):
    """That a later head holds all that an earlier one held, in the same places."""

    old: SignedTreeHead
    new: SignedTreeHead
    paths: dict[str, tuple[DigestHex, ...]]  # by tree


class Bundle(_Document, frozen=True, tag="seawall.bundle/1"):
    """A run with everything it left behind, under a signed head."""

    head: SignedTreeHead
    run: LoggedRow
    dataset_versions: tuple[LoggedRow, ...]  # the book's, and that of its currency rates
    derivations: tuple[LoggedRow, ...]
    evidence: tuple[LoggedRow, ...]
    findings: tuple[LoggedRow, ...]
    links: tuple[LoggedRow, ...]
    records: tuple[BundledRecord, ...]  # the one that each finding names


Document = SignedTreeHead | RowProof | ConsistencyProof | Bundle
