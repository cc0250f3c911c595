"""The way back of a figure: finding, evidence, dataset version, record, source bytes."""

from typing import Any

import msgspec

from seawall import native
from seawall.errors import NotFound
from seawall.ingest import explain
from seawall.provenance import InclusionProof
from seawall.session.codec import decompress
from seawall.session.record_path import record_path
from seawall.store import Store
from seawall.store.types import DatasetVersion
from seawall.table import Table


class TracedCell(msgspec.Struct, frozen=True):
    """How one cell of a record was read."""

    field: str
    raw: str
    value: str
    state: str  # present, absent or refused
    rules: list[str]
    reason: str


class TracedRecord(msgspec.Struct, frozen=True):
    """One record with its source row, its bytes and the proof that they are the dataset's."""

    record: int
    record_count: int
    source_row: int
    source_bytes: bytes
    refused: list[str]  # why it is not in the book: rule and reason; empty for a kept record
    cells: list[TracedCell]
    proof: InclusionProof
    proved: bool


class Trace(msgspec.Struct, frozen=True):
    """A finding and all that it rests on."""

    finding_id: str
    finding: dict[str, Any]
    evidence: list[dict[str, Any]]  # each with its ``evidence_id``
    dataset_version_id: str
    merkle_root: str
    profile_name: str
    source: dict[str, Any]
    record: TracedRecord | None  # None when no record contributes


class _Named(msgspec.Struct):
    """What is shown of a profile: no other field is decoded."""

    name: str


def trace_record(
    store: Store, dataset: DatasetVersion, record: int, *, refused: list[str]
) -> TracedRecord:
    """Bring back one record from its stored block and prove that it is the dataset's.

    Parameters
    ----------
    refused : list of str
        What the caller knows of the record's refusal; records that findings name are kept ones.

    Raises
    ------
    NotFound
        When the dataset has no such record.
    """
    check_record(dataset, record)
    chunk_index, index = divmod(record, native.LEAVES_PER_CHUNK)
    chunk = store.raw_chunk(dataset.tenant, dataset.dataset_version_id, chunk_index)
    block = decompress(chunk.payload, size=chunk.payload_size, codec=chunk.codec)
    stored = native.stored_record(block, index)
    proof = InclusionProof(
        leaf_index=record,
        leaf_count=dataset.record_count,
        path=tuple(record_path(stored["chunk_leaves"], dataset.chunk_roots, record)),
        root=dataset.merkle_root.hex(),
    )
    table_rows = msgspec.json.decode(dataset.source)["table_rows"]
    cells = explain(stored["bytes"], dataset.profile, table_rows=table_rows)
    return TracedRecord(
        record=record,
        record_count=dataset.record_count,
        source_row=stored["source_row"],
        source_bytes=stored["bytes"],
        refused=refused,
        cells=msgspec.convert(cells, list[TracedCell]),
        proof=proof,
        proved=proof.verify(stored["bytes"]),
    )


def check_record(dataset: DatasetVersion, record: int) -> None:
    """Refuse the number of a record that the dataset does not have; raises NotFound."""
    if not 0 <= record < dataset.record_count:
        raise NotFound(
            f"the dataset has records 0 to {dataset.record_count - 1}", where=f"records[{record}]"
        )


def refusals(rejects: Table, record: int) -> list[str]:
    """Say why a record was refused, from its dataset's rejects; empty when it was kept."""
    import pyarrow
    from pyarrow import compute

    rows = rejects.to_arrow()
    own = compute.and_(
        compute.equal(rows["record"], record),
        compute.is_in(rows["refused"], value_set=pyarrow.array(["record", "set_aside"])),
    )
    return [f"{row['rule']}: {row['reason']}" for row in rows.filter(own).to_pylist()]


def trace_finding(
    store: Store, tenant: str, finding_id: str, *, record: TracedRecord | None
) -> Trace:
    """Walk back from a finding.

    Parameters
    ----------
    record : TracedRecord, optional
        The record to show; by default the one that contributes most is brought back.

    Raises
    ------
    NotFound
        When there is no such finding, or no such record.
    """
    row = store.finding(tenant, finding_id)
    finding: dict[str, Any] = msgspec.json.decode(row.payload)
    evidence = []
    for link in store.links_of_finding(tenant, finding_id):
        found = store.evidence(tenant, link.evidence_id)
        evidence.append({"evidence_id": found.evidence_id, **msgspec.json.decode(found.payload)})
    dataset = store.dataset(tenant, row.dataset_version_id)
    largest = finding["raw_record_hint"]
    if record is None and largest is not None:
        record = trace_record(store, dataset, largest, refused=[])
    return Trace(
        finding_id=finding_id,
        finding=finding,
        evidence=evidence,
        dataset_version_id=dataset.dataset_version_id,
        merkle_root=dataset.merkle_root.hex(),
        profile_name=msgspec.json.decode(dataset.profile, type=_Named).name,
        source=msgspec.json.decode(dataset.source),
        record=record,
    )
