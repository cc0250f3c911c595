"""The chain of audit entries: each is hashed together with the hash of the one before it.

The bytes, with golden vectors, are in ``docs/reference/stored_bytes.md``.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import msgspec

from seawall.errors import StoreError
from seawall.store.types import AuditDraft, AuditEntry

BEFORE_THE_FIRST = bytes(32)
"""What the first entry has for the hash of the one before."""


class _Content(msgspec.Struct, frozen=True, tag_field="schema", tag="seawall.audit_entry/1"):
    sequence: int
    tenant: str
    at: str
    actor: str
    action: str
    outcome: str
    subject: str
    request_id: str
    detail: msgspec.Raw


class _Exported(_Content, frozen=True, tag_field="schema", tag="seawall.audit_entry/1"):
    previous_sha256: str
    entry_sha256: str


# Of texts, small integers and a detail that is canonical itself, this makes canonical JSON in a
# fifteenth of the time of `canonical_json`; it runs while the write lock is held.
_CANONICAL = msgspec.json.Encoder(order="sorted")


def chained(draft: AuditDraft, *, sequence: int, previous_sha256: bytes) -> AuditEntry:
    """Give a draft its place in the chain."""
    said = (draft.tenant, draft.at, draft.actor, draft.action, draft.outcome, draft.subject)
    content = _Content(sequence, *said, draft.request_id, msgspec.Raw(draft.detail))
    digest = sha256(previous_sha256 + _CANONICAL.encode(content)).digest()
    return AuditEntry(sequence, *said, draft.request_id, draft.detail, previous_sha256, digest)


def entry_digest(entry: AuditEntry) -> bytes:
    """Compute what ``entry_sha256`` must be: SHA-256(previous_sha256 || canonical JSON)."""
    content = _CANONICAL.encode(_Content(**_content(entry)))
    return sha256(entry.previous_sha256 + content).digest()


def exported(entry: AuditEntry) -> bytes:
    """Write an entry as one line of canonical JSON, with its hashes.

    Raises
    ------
    StoreError
        ``store_corrupt`` when its content is not what was hashed.
    """
    if entry_digest(entry) != entry.entry_sha256:
        raise StoreError(
            "the content of an entry was changed",
            code="store_corrupt",
            where=f"audit_entry[{entry.sequence}]",
        )
    return _CANONICAL.encode(
        _Exported(
            **_content(entry),
            previous_sha256=entry.previous_sha256.hex(),
            entry_sha256=entry.entry_sha256.hex(),
        )
    )


def chain_problems(entries: Iterable[AuditEntry]) -> Iterator[tuple[int, str]]:
    """Find where the whole chain, in order, is broken: the sequence, and what is wrong there.

    Entries missing at the end leave no trace in the others.
    """
    previous, expected = BEFORE_THE_FIRST, 1
    for entry in entries:
        if entry.sequence < expected:
            yield entry.sequence, "it has a place before the first"
        elif entry.sequence > expected:
            missing = entry.sequence - expected
            yield expected, f"{missing} {'entry is' if missing == 1 else 'entries are'} missing"
        elif entry.previous_sha256 != previous:
            yield entry.sequence, "it does not continue the entry before it"
        if entry_digest(entry) != entry.entry_sha256:
            yield entry.sequence, "its content was changed"
        previous, expected = entry.entry_sha256, entry.sequence + 1


def _content(entry: AuditEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in _Content.__struct_fields__}
    values["detail"] = msgspec.Raw(entry.detail)
    return values
