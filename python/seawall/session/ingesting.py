"""The ingest side of a session: from a source to a dataset version that is in the store."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from seawall.errors import InvalidInput, NotFound
from seawall.ingest import (
    IngestedTape,
    TapeProfile,
    ingest_source,
    load_profile,
    open_source,
    read_again,
)
from seawall.native import RunControl
from seawall.registry import PROFILE_PACKAGES
from seawall.session.asker import Asker
from seawall.session.books import read_summary, read_tables
from seawall.session.codec import decompress
from seawall.session.dataset import Dataset
from seawall.session.raw_chunks import RawChunks
from seawall.session.refusal import refusal
from seawall.session.writing import Derived, dataset_row, derive
from seawall.store.interface import Transaction
from seawall.store.types import AuditDraft, DatasetVersion, RawChunk

Audited = Callable[[str, str], AuditDraft]
"""Makes an audit entry of an action and of the identifier of what it is done to."""


def chosen_profile(profile: str | TapeProfile) -> TapeProfile:
    """Return a profile by its name or path, or as it is given."""
    if isinstance(profile, TapeProfile):
        return profile
    return load_profile(profile, packages=PROFILE_PACKAGES)


def ingest_dataset(
    asker: Asker,
    source: str | Path | bytes,
    *,
    profile: str | TapeProfile,
    format: str | None,
    strict: bool,
    whole_keys: bool,
    normalise: bool,
    control: RunControl | None,
    audited: Audited | None,
) -> Dataset:
    """Read a source and write it as a dataset version; as `Session.ingest`."""
    if strict and not normalise:
        raise InvalidInput("a strict ingest has to read the columns", where="normalise")
    with RawChunks(threads=asker.threads) as chunks:
        # The columns are not kept: they would stand in memory beside what is written.
        row, derived, known = _prepare(
            asker,
            ingest_source(
                open_source(source, format=format),
                chosen_profile(profile),
                normalise=normalise or whole_keys,
                whole_keys=whole_keys,
                on_blocks=chunks.add,
                threads=asker.threads,
                control=control,
            ),
            strict=strict,
            normalise=normalise,
        )
        created = not known and _write(asker, row, chunks.finish(), derived, audited)
    if created:
        return hold_dataset(asker, row, created=True)
    # What an earlier ingest of the same records wrote; its source rows are kept.
    version = asker.version(row.dataset_version_id)
    if normalise:
        normalise_dataset(asker, version, control=None, audited=audited)
    return hold_dataset(asker, version)


def normalise_dataset(
    asker: Asker,
    version: DatasetVersion,
    *,
    control: RunControl | None,
    audited: Audited | None,
) -> None:
    """Read the columns of a dataset that was ingested without; repeating changes nothing."""
    if read_summary(asker.store, version) is not None:
        return
    tape = read_stored(asker, version, control)
    derived = derive(tape, created_at=asker.now(), threads=asker.threads)
    entry = audited and audited("dataset.normalise", version.dataset_version_id)

    def commit(tx: Transaction) -> None:
        created = _put_derived(tx, version.tenant, version.dataset_version_id, derived)
        if created and entry is not None:
            tx.append_audit(entry)

    asker.store.submit(commit).result()


def hold_dataset(asker: Asker, version: DatasetVersion, *, created: bool = False) -> Dataset:
    """Return a dataset version as a user holds it."""
    return Dataset(
        version,
        summary=read_summary(asker.store, version),
        tables=lambda: read_tables(asker.store, version),
        created=created,
    )


def _prepare(
    asker: Asker, tape: IngestedTape, *, strict: bool, normalise: bool
) -> tuple[DatasetVersion, Derived | None, bool]:
    """Make the rows of a dataset version, its tables only if it is not known."""
    if tape.record_count == 0:
        raise InvalidInput("there is no record", where="records", code="records_required")
    refused = tape.reject_count - tape.rejects_by_part.get("set_aside", 0)
    too_much = len(tape.records) == 0 or (strict and refused > 0)
    if normalise and tape.reject_count > 0 and too_much:
        raise refusal(tape, refused, strict=strict)
    row = dataset_row(tape, tenant=asker.tenant, created_at=asker.now(), created_by=asker.actor)
    try:
        asker.version(row.dataset_version_id)
    except NotFound:
        pass
    else:
        return row, None, True
    if not normalise:
        return row, None, False
    return row, derive(tape, created_at=row.created_at, threads=asker.threads), False


def _write(
    asker: Asker,
    row: DatasetVersion,
    chunks: Sequence[RawChunk],
    derived: Derived | None,
    audited: Audited | None,
) -> bool:
    entry = audited and audited("dataset.ingest", row.dataset_version_id)

    def commit(tx: Transaction) -> bool:
        created = tx.put_dataset(row, chunks)
        if created and derived is not None:
            _put_derived(tx, row.tenant, row.dataset_version_id, derived)
        if created and entry is not None:
            tx.append_audit(entry)
        return created

    return asker.store.submit(commit).result()


def _put_derived(tx: Transaction, tenant: str, dataset_version_id: str, derived: Derived) -> bool:
    return tx.put_derivation(tenant, dataset_version_id, derived.derivation, derived.tables)


def read_stored(asker: Asker, version: DatasetVersion, control: RunControl | None) -> IngestedTape:
    """Read and normalise the records of a dataset again; nothing is written."""
    blocks = (
        decompress(chunk.payload, size=chunk.payload_size, codec=chunk.codec)
        for chunk in asker.store.raw_chunks(version.tenant, version.dataset_version_id)
    )
    source = msgspec.json.decode(version.source)
    return read_again(
        blocks,
        msgspec.json.decode(version.profile, type=TapeProfile),
        table_rows=source["table_rows"],
        source=source,
        threads=asker.threads,
        control=control,
    )
