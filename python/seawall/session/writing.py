"""From an ingested tape to the rows of a dataset version, all prepared before the lock."""

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

import msgspec

from seawall import native
from seawall.ingest import IngestedTape
from seawall.provenance import canonical_json
from seawall.session.codec import CODEC, compress, encode_table
from seawall.session.dataset import DatasetSummary
from seawall.session.identity import content_hash, dataset_version_id
from seawall.store.types import DatasetVersion, Derivation, DerivedTable, RawChunk

_CHUNKS_PER_TASK = 16


def summarise(tape: IngestedTape) -> DatasetSummary:
    """Count what was kept, refused and changed."""
    return DatasetSummary(
        record_count=tape.record_count,
        kept_count=len(tape.records),
        refused_record_count=tape.record_count - len(tape.records),
        refused_element_count=tape.rejects_by_part.get("element", 0),
        refused_cell_count=tape.rejects_by_part.get("cell", 0),
        duplicate_key_count=tape.duplicate_key_count,
        currencies=tape.currencies,
        refused_by_rule=tape.rejects_by_rule,
        rule_uses=tape.rule_uses,
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
    return DatasetVersion(
        tenant=tenant,
        dataset_version_id=dataset_version_id(tenant, content),
        content_hash=content,
        merkle_root=tape.merkle_root,
        profile_sha256=profile_sha256,
        profile=tape.profile.canonical(),
        source=canonical_json({**tape.source, "table_rows": tape.table_rows}),
        record_count=tape.record_count,
        chunk_roots=tape.chunk_roots,
        created_at=created_at,
        created_by=created_by,
    )


def raw_chunks(tape: IngestedTape) -> list[RawChunk]:
    """Compress the raw blocks, on all cores."""

    def one(index: int) -> RawChunk:
        block = tape.chunk(index)
        first = index * native.LEAVES_PER_CHUNK
        return RawChunk(
            chunk_index=index,
            first_record=first,
            record_count=min(native.LEAVES_PER_CHUNK, tape.record_count - first),
            payload=compress(block),
            codec=CODEC,
            payload_size=len(block),
        )

    def several(begin: int) -> list[RawChunk]:
        end = min(begin + _CHUNKS_PER_TASK, tape.chunk_count)
        return [one(index) for index in range(begin, end)]

    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        parts = pool.map(several, range(0, tape.chunk_count, _CHUNKS_PER_TASK))
        return [chunk for part in parts for chunk in part]


def derivation_rows(
    tape: IngestedTape, *, created_at: str
) -> tuple[Derivation, list[DerivedTable], DatasetSummary]:
    """The normalised tables as rows, with the digest and the counts that describe them."""
    summary = summarise(tape)
    derivation = Derivation(
        digest=tape.columns_digest(),
        summary=canonical_json(msgspec.to_builtins(summary)),
        created_at=created_at,
    )
    tables = [
        DerivedTable(name=name, chunk_index=0, payload=encode_table(table))
        for name, table in tape.tables().items()
    ]
    return derivation, tables, summary
