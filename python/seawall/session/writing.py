"""From an ingested tape to the rows of a dataset version, all prepared before the lock."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from os import cpu_count

import msgspec

from seawall.canonical import canonical_json
from seawall.ingest import IngestedTape
from seawall.session.codec import encode_table
from seawall.session.dataset import DatasetSummary
from seawall.session.identity import content_hash, dataset_version_id
from seawall.store.types import DatasetVersion, Derivation, DerivedTable


def summarise(tape: IngestedTape) -> DatasetSummary:
    """Count what was kept, set aside, refused and changed."""
    set_aside = tape.rejects_by_part.get("set_aside", 0)
    return DatasetSummary(
        record_count=tape.record_count,
        kept_count=len(tape.records),
        refused_record_count=tape.record_count - len(tape.records) - set_aside,
        refused_element_count=tape.rejects_by_part.get("element", 0),
        refused_cell_count=tape.rejects_by_part.get("cell", 0),
        duplicate_key_count=tape.duplicate_key_count,
        currencies=tape.currencies,
        refused_by_rule={r: n for r, n in tape.rejects_by_rule.items() if r != "other_kind"},
        rule_uses=tape.rule_uses,
        unread_fields=tape.unread_fields,
        set_aside_count=set_aside,
    )


def dataset_row(
    tape: IngestedTape, *, tenant: str, created_at: str, created_by: str
) -> DatasetVersion:
    """The row of a dataset version, with its identity."""
    profile_sha256 = tape.profile.sha256()
    content = content_hash(
        merkle_root=tape.merkle_root,
        profile_sha256=profile_sha256,
        record_count=tape.record_count,
        table_rows=tape.table_rows,
    )
    source = canonical_json({**tape.source, "table_rows": tape.table_rows})
    return DatasetVersion(
        tenant=tenant,
        dataset_version_id=dataset_version_id(tenant, content),
        content_hash=content,
        merkle_root=tape.merkle_root,
        profile_sha256=profile_sha256,
        profile=tape.profile.canonical(),
        source=source,
        source_sha256=sha256(source).digest(),
        record_count=tape.record_count,
        chunk_roots=tape.chunk_roots,
        created_at=created_at,
        created_by=created_by,
    )


class Derived(msgspec.Struct, frozen=True):
    """The normalised tables as rows, with the digest and counts that describe them."""

    derivation: Derivation
    tables: list[DerivedTable]


def derive(tape: IngestedTape, *, created_at: str, threads: int) -> Derived:
    """Make the rows of the normalised tables.

    Compressing and hashing run without the GIL, on ``threads`` threads (0: all cores).
    """
    with ThreadPoolExecutor(threads or cpu_count() or 1) as pool:
        digest = pool.submit(tape.columns_digest)
        payloads = pool.map(encode_table, tape.tables().values())
        tables = [
            DerivedTable(name=name, chunk_index=index, payload=part)
            for name, parts in zip(tape.tables(), payloads, strict=True)
            for index, part in enumerate(parts)
        ]
        derivation = Derivation(
            digest=digest.result(),
            summary=canonical_json(msgspec.to_builtins(summarise(tape))),
            created_at=created_at,
        )
    return Derived(derivation, tables)
