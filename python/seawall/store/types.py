"""The rows of the ledger, in the order of their columns.

Times are ISO 8601 strings and identifiers are text, both made by the caller.
"""

import msgspec


class DatasetVersion(msgspec.Struct, frozen=True, gc=False):
    """One immutable set of records, known by the hash of its content."""

    tenant: str
    dataset_version_id: str
    content_hash: bytes  # 32 bytes
    merkle_root: bytes  # 32 bytes, over the records
    profile_sha256: bytes  # 32 bytes
    profile: bytes  # canonical JSON
    record_count: int
    chunk_roots: bytes  # 32 bytes a raw chunk, in chunk order
    # What brought the records first; not part of the identity, so the first writer's stays.
    source: bytes  # canonical JSON
    source_sha256: bytes  # 32 bytes
    created_at: str
    created_by: str


class RawChunk(msgspec.Struct, frozen=True, gc=False):
    """Consecutive records of a dataset version, exactly as they were read."""

    chunk_index: int
    first_record: int
    record_count: int
    payload: bytes  # a block of records, compressed by ``codec``
    codec: str
    payload_size: int  # bytes, before compression


class Derivation(msgspec.Struct, frozen=True, gc=False):
    """What normalising made of a dataset version; its tables are ``DerivedTable``."""

    digest: bytes  # fixes the content of all derived tables
    summary: bytes  # canonical JSON
    created_at: str


class DerivedTable(msgspec.Struct, frozen=True, gc=False):
    """One chunk of one normalised table."""

    name: str
    chunk_index: int
    payload: bytes


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """A figure with everything needed to compute it again."""

    evidence_id: str
    dataset_version_id: str
    engine: str
    kind: str
    payload: bytes


class Finding(msgspec.Struct, frozen=True, gc=False):
    """A statement about a dataset version that evidence supports."""

    finding_id: str
    dataset_version_id: str
    payload: bytes


class Link(msgspec.Struct, frozen=True, gc=False):
    """Says that a finding rests on an evidence."""

    link_id: str
    finding_id: str
    evidence_id: str


class Run(msgspec.Struct, frozen=True, gc=False):
    """One answer of one engine for one set of parameters."""

    tenant: str
    run_id: str
    dataset_version_id: str
    engine: str
    engine_version: str
    parameters: bytes  # canonical JSON
    started_at: str
    result: bytes  # canonical JSON
    manifest_sha256: bytes  # 32 bytes
    created_at: str
    created_by: str


class RunMembers(msgspec.Struct, frozen=True, gc=False):
    """The identifiers of what a run left behind, each in ascending order."""

    evidence_ids: tuple[str, ...]
    finding_ids: tuple[str, ...]
