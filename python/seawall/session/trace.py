"""The way back of a figure: finding, evidence, dataset version, record, source bytes."""

from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from seawall import native
from seawall.errors import NotFound
from seawall.ingest import explain
from seawall.provenance import InclusionProof
from seawall.session.asker import Asker
from seawall.session.books import read_tables
from seawall.session.codec import decompress
from seawall.session.record_path import record_path
from seawall.store import Store
from seawall.store.types import DatasetVersion
from seawall.table import Table


class TracedCell(msgspec.Struct, frozen=True):
    """How one cell of a record was read."""

    field: Annotated[str, Meta(description="The column of the book.")]
    raw: Annotated[str, Meta(description="As it stood in the source.")]
    value: Annotated[str, Meta(description="As it is in the book.")]
    state: Annotated[str, Meta(description="present, absent or refused.")]
    rules: Annotated[list[str], Meta(description="Rules that read it, in their order.")]
    reason: Annotated[str, Meta(description="Why it was refused; else empty.")]


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
    _check_record(dataset, record)
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


def show_record(store: Store, dataset: DatasetVersion, record: int) -> TracedRecord:
    """Bring back any record as `trace_record` does, and say why it was refused, if it was."""
    _check_record(dataset, record)
    rejects = read_tables(store, dataset, name="rejects").get("rejects")
    why = [] if rejects is None else _refusals(rejects, record)
    return trace_record(store, dataset, record, refused=why)


def _check_record(dataset: DatasetVersion, record: int) -> None:
    if not 0 <= record < dataset.record_count:
        raise NotFound(
            f"the dataset has records 0 to {dataset.record_count - 1}", where=f"records[{record}]"
        )


def _refusals(rejects: Table, record: int) -> list[str]:
    import pyarrow
    from pyarrow import compute

    rows = rejects.to_arrow()
    own = compute.and_(
        compute.equal(rows["record"], record),
        compute.is_in(rows["refused"], value_set=pyarrow.array(["record", "set_aside"])),
    )
    return [f"{row['rule']}: {row['reason']}" for row in rows.filter(own).to_pylist()]


def trace_finding(asker: Asker, finding_id: str, *, record: int | None) -> Trace:
    """Walk back from a finding.

    Its evidence is read with it, as of one moment; what else is read can never change.

    Parameters
    ----------
    record : int, optional
        The record to show; by default the one that contributes most.

    Raises
    ------
    NotFound
        When there is no such finding, or no such record.
    """
    row, grounds = asker.store.finding_with_evidence(asker.tenant, finding_id)
    finding: dict[str, Any] = msgspec.json.decode(row.payload)
    dataset = asker.version(row.dataset_version_id)
    largest = finding["raw_record_hint"]
    shown = None
    if record is not None:
        shown = show_record(asker.store, dataset, record)
    elif largest is not None:
        shown = trace_record(asker.store, dataset, largest, refused=[])
    return Trace(
        finding_id=finding_id,
        finding=finding,
        evidence=[
            {"evidence_id": found.evidence_id, **msgspec.json.decode(found.payload)}
            for found in grounds
        ],
        dataset_version_id=dataset.dataset_version_id,
        merkle_root=dataset.merkle_root.hex(),
        profile_name=_profile_name(dataset.profile),
        source=msgspec.json.decode(dataset.source),
        record=shown,
    )


@lru_cache(8)  # as with its explainer: a trace seldom comes alone
def _profile_name(profile: bytes) -> str:
    return msgspec.json.decode(profile, type=_Named).name
