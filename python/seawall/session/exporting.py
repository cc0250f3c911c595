"""Documents for others: a row, or a run with all it left behind, proved under a signed head."""

from collections.abc import Mapping
from typing import Any

import msgspec

from seawall.errors import Conflict, InvalidInput, StoreError
from seawall.provenance import leaf_hash, merkle_root_from_path
from seawall.provenance.log_leaf import LOG_TREES, leaf_bytes, shown_cells
from seawall.provenance.proof_documents import Bundle, BundledRecord, LoggedRow, RowProof
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session.trace import trace_record
from seawall.store import Store
from seawall.store.log_proofs import TreeProofs
from seawall.store.types import DatasetVersion

_BY_PREFIX = {
    "dv": ("dataset_version", "dataset_version_id"),
    "ev": ("evidence", "evidence_id"),
    "fi": ("finding", "finding_id"),
    "ln": ("link", "link_id"),
    "run": ("run", "run_id"),
}


class Prover:
    """Proves rows of one tenant under one head.

    Parameters
    ----------
    store : Store
        The ledger.
    tenant : str
        Whose rows.
    head : SignedTreeHead
        Of this ledger.
    """

    def __init__(self, store: Store, tenant: str, head: SignedTreeHead) -> None:
        self._store = store
        self._tenant = tenant
        self._head = head
        present = store.log_states()
        self._proofs = {}
        for tree in LOG_TREES:
            size = head.head.trees[tree].size
            state = present.get(tree)
            # Wrong ones would be found: each path must lead to the root that was signed.
            peaks = state.peaks if state is not None and state.size == size else b""
            self._proofs[tree] = TreeProofs(store, tree, size, peaks=peaks)

    def row(self, tree: str, **key: str | int) -> LoggedRow:
        """Prove the row whose columns have these values.

        Raises
        ------
        NotFound
            When the tenant has no such row.
        Conflict
            ``head_required`` when it was kept after the head was signed.
        StoreError
            ``store_corrupt`` when the row is not the one that the head was signed over.
        """
        index, cells = self._store.log_row(tree, {"tenant": self._tenant, **key})
        state = self._head.head.trees[tree]
        if index >= state.size:
            raise Conflict(
                "was kept after the head was signed: seawall log sign",
                where=f"{tree}[{index}]",
                code="head_required",
            )
        path = self._proofs[tree].inclusion(index)
        root = merkle_root_from_path(
            leaf_hash(leaf_bytes(tree, cells)), leaf_index=index, leaf_count=state.size, path=path
        )
        if root.hex() != state.root:
            raise StoreError(
                "is not the row that the head was signed over",
                code="store_corrupt",
                where=f"{tree}[{index}]",
            )
        return LoggedRow(index, tuple(node.hex() for node in path), shown_cells(tree, cells))

    def rows(self, tree: str, keys: list[dict[str, str | int]]) -> tuple[LoggedRow, ...]:
        """Prove several rows, in the order of the log."""
        proved = [self.row(tree, **key) for key in keys]
        return tuple(sorted(proved, key=lambda row: row.index))


def prove_row(store: Store, tenant: str, head: SignedTreeHead, name: str) -> RowProof:
    """Prove that a row is in the ledger of a head.

    Parameters
    ----------
    name : str
        Its identifier (``dv_…``, ``ev_…``, ``fi_…``, ``ln_…``, ``run_…``), or the sequence of an
        entry of the audit.
    """
    prover = Prover(store, tenant, head)
    if name.isdecimal():
        return RowProof(head, "audit_entry", prover.row("audit_entry", sequence=int(name)))
    prefix = name.partition("_")[0]
    if prefix not in _BY_PREFIX:
        raise InvalidInput("is no dv_…, ev_…, fi_…, ln_…, run_… nor a sequence", where=name)
    tree, column = _BY_PREFIX[prefix]
    return RowProof(head, tree, prover.row(tree, **{column: name}))


def export_run(store: Store, tenant: str, head: SignedTreeHead, run_id: str) -> Bundle:
    """Gather a run and all it left behind, each row proved.

    Raises
    ------
    NotFound, Conflict, StoreError
        As of `Prover.row`.
    """
    prover = Prover(store, tenant, head)
    run = store.run(tenant, run_id)
    members = store.run_members(tenant, run_id)
    versions = [run.dataset_version_id]
    rates = msgspec.json.decode(run.parameters).get("currency_rates")
    if rates is not None and rates["dataset_version_id"] not in versions:
        versions.append(rates["dataset_version_id"])
    findings = [
        msgspec.json.decode(store.finding(tenant, finding_id).payload)
        for finding_id in members.finding_ids
    ]
    named: list[dict[str, str | int]] = [{"dataset_version_id": version} for version in versions]
    return Bundle(
        head=head,
        run=prover.row("run", run_id=run_id),
        dataset_versions=prover.rows("dataset_version", named),
        derivations=prover.rows("derivation", named),
        evidence=prover.rows("evidence", [{"evidence_id": e} for e in members.evidence_ids]),
        findings=prover.rows("finding", [{"finding_id": f} for f in members.finding_ids]),
        links=prover.rows(
            "link",
            [
                {"finding_id": finding_id, "evidence_id": body["evidence_id"]}
                for finding_id, body in zip(members.finding_ids, findings, strict=True)
            ],
        ),
        records=_records(store, tenant, findings),
    )


def _records(
    store: Store, tenant: str, findings: list[Mapping[str, Any]]
) -> tuple[BundledRecord, ...]:
    named = {
        (body["dataset_version_id"], body["raw_record_hint"])
        for body in findings
        if body["raw_record_hint"] is not None
    }
    datasets = {version: store.dataset(tenant, version) for version, _ in named}
    return tuple(_record(store, datasets[version], record) for version, record in sorted(named))


def _record(store: Store, dataset: DatasetVersion, record: int) -> BundledRecord:
    traced = trace_record(store, dataset, record, refused=[])
    version, content = dataset.dataset_version_id, traced.source_bytes
    try:
        return BundledRecord(version, record, "text", content.decode(), traced.proof.path)
    except UnicodeDecodeError:
        return BundledRecord(version, record, "hexadecimal", content.hex(), traced.proof.path)
