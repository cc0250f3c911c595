"""The rows of the ledger and of the service, in the order of their columns.

Times are ISO 8601 strings and identifiers are text, both made by the caller. Times of one column
have one form (UTC, with as many digits), so that their order is that of the text.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Literal

import msgspec

from seawall.canonical import canonical_json
from seawall.errors import InvalidInput, LimitExceeded

MAX_AUDIT_TEXT_CHARACTERS = 2_048
MAX_AUDIT_DETAIL_BYTES = 16_384


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


class NewRun(msgspec.Struct, frozen=True, gc=False):
    """A run with everything that it leaves behind, to be written as one."""

    run: Run
    evidence: tuple[Evidence, ...]
    findings: tuple[Finding, ...]
    links: tuple[Link, ...]
    audit: "AuditDraft | None"  # enters the chain when the run is new


class ApiKey(msgspec.Struct, frozen=True, gc=False):
    """Says what the holder of a key may do; of the key itself only a keyed hash is kept."""

    key_id: str
    tenant: str
    name: str
    roles: tuple[str, ...]  # stored as canonical JSON
    key_hash: bytes  # 32 bytes
    created_at: str
    created_by: str
    expires_at: str | None
    revoked_at: str | None

    def told(self) -> dict[str, object]:
        """What the audit says of it when it is made: all that must never change."""
        return {
            "name": self.name,
            "roles": list(self.roles),
            "expires_at": self.expires_at,
            "hash_sha256": sha256(self.key_hash).hexdigest(),
        }


class RevokedToken(msgspec.Struct, frozen=True, gc=False):
    """A token that is refused although it has not expired."""

    token_id: str
    expires_at: str


class EngineSwitch(msgspec.Struct, frozen=True, gc=False):
    """Whether an engine answers; an engine without a switch does."""

    engine: str
    enabled: bool
    reason: str
    changed_at: str
    changed_by: str


class AuditDraft(msgspec.Struct, frozen=True, gc=False):
    """What happened, before it has its place in the audit chain.

    Raises
    ------
    InvalidInput
        With the field: a text or detail that is too long (``limit_exceeded``) or not Unicode, an
        action or outcome that is empty, a detail that is not a canonical JSON object.
    """

    tenant: str  # empty when nobody knows whose it is, as of a refused login
    at: str
    actor: str
    action: str  # such as api_key.create
    outcome: str  # such as done or refused
    subject: str  # the identifier of what it was done to; may be empty
    request_id: str
    detail: bytes = b"{}"  # canonical JSON of an object

    def __post_init__(self) -> None:
        # Here, because an entry is appended while the write lock is held.
        for name in self.__struct_fields__[:-1]:
            text = getattr(self, name)
            if len(text) > MAX_AUDIT_TEXT_CHARACTERS:
                raise LimitExceeded(
                    f"has more than {MAX_AUDIT_TEXT_CHARACTERS} characters", where=name
                )
            if not text and name in ("action", "outcome"):
                raise InvalidInput("is empty", where=name)
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise InvalidInput("is not Unicode", where=name) from error
        if len(self.detail) > MAX_AUDIT_DETAIL_BYTES:
            raise LimitExceeded(f"has more than {MAX_AUDIT_DETAIL_BYTES} bytes", where="detail")
        _check_detail(self.detail)


@lru_cache(256)  # most entries say the same
def _check_detail(detail: bytes) -> None:
    try:
        canonical = canonical_json(msgspec.json.decode(detail, type=dict))
    except (msgspec.MsgspecError, UnicodeDecodeError, InvalidInput) as error:
        raise InvalidInput(str(error), where="detail") from error
    if canonical != detail:
        raise InvalidInput("is not canonical JSON", where="detail")


class AuditEntry(msgspec.Struct, frozen=True, gc=False):
    """One link of the audit chain, which all tenants share."""

    sequence: int  # 1, 2, 3, … without a gap
    tenant: str
    at: str
    actor: str
    action: str
    outcome: str
    subject: str
    request_id: str
    detail: bytes  # canonical JSON
    previous_sha256: bytes  # 32 bytes: the entry before; zeros of the first
    entry_sha256: bytes  # 32 bytes


JobStatus = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]


class Job(msgspec.Struct, frozen=True, gc=False):
    """Work that takes longer than its request; ends done, failed, cancelled or interrupted.

    ``worker`` names the process that works on it, or did, and is None where nobody does;
    ``attempts`` counts how often the work was begun.
    """

    job_id: str
    tenant: str
    kind: str
    request: bytes
    status: JobStatus
    done: int
    total: int
    result: bytes | None
    error: bytes | None
    created_at: str
    created_by: str
    updated_at: str
    worker: str | None = None
    attempts: int = 0


class JobChange(msgspec.Struct, frozen=True, gc=False):
    """What changes of a job; what is unset stays."""

    updated_at: str
    status: JobStatus | msgspec.UnsetType = msgspec.UNSET
    done: int | msgspec.UnsetType = msgspec.UNSET
    total: int | msgspec.UnsetType = msgspec.UNSET
    result: bytes | msgspec.UnsetType = msgspec.UNSET
    error: bytes | msgspec.UnsetType = msgspec.UNSET
    worker: str | msgspec.UnsetType | None = msgspec.UNSET
    attempts: int | msgspec.UnsetType = msgspec.UNSET
