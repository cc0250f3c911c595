"""One pass over a source: columns, rejects and digests, from bytes or from what was stored."""

from collections.abc import Sequence
from typing import Any

from seawall import native
from seawall.ingest.csv_table import read_csv
from seawall.ingest.profile import TapeProfile
from seawall.ingest.source import Source, SourceFormat
from seawall.table import Table


class IngestedTape:
    """A source after ingest; nothing of it is stored yet."""

    def __init__(
        self,
        native_source: native.IngestedSource,
        *,
        profile: TapeProfile,
        table_rows: bool,
        source: dict[str, Any],
        normalised: bool,
    ) -> None:
        self._native = native_source
        self.profile = profile
        self.table_rows = table_rows  # records are rows of a table, not JSON objects
        self.source = source  # what the source was: name, format, SHA-256
        self.normalised = normalised
        self.records = Table(native_source.records)
        self.lists = {name: Table(table) for name, table in native_source.lists.items()}
        self.rejects = Table(native_source.rejects)

    @property
    def record_count(self) -> int:
        """Records of the source, the refused ones included."""
        return self._native.record_count

    @property
    def duplicate_key_count(self) -> int:
        """Records refused because an earlier one has their key."""
        return self._native.duplicate_keys

    @property
    def merkle_root(self) -> bytes:
        """Root over every record as read (32 bytes)."""
        return self._native.merkle_root

    @property
    def chunk_roots(self) -> bytes:
        """Roots of the stored blocks, 32 bytes each."""
        return self._native.chunk_roots

    @property
    def chunk_count(self) -> int:
        """How many blocks the records are stored in."""
        return self._native.chunk_count

    @property
    def rule_uses(self) -> dict[str, dict[str, int]]:
        """How often each rule touched each field: {field: {rule: count}}."""
        return self._native.rule_uses

    @property
    def rejects_by_part(self) -> dict[str, int]:
        """Refusals of a ``record``, an ``element`` or a ``cell``."""
        return self._native.rejects_by_part

    @property
    def rejects_by_rule(self) -> dict[str, int]:
        """Refusals by rule."""
        return self._native.rejects_by_rule

    @property
    def unread_fields(self) -> list[str]:
        """Keys and columns that the profile does not name; the first hundred."""
        return self._native.unread_fields[:100]

    @property
    def currencies(self) -> dict[str, int]:
        """Kept records by currency; empty before they are normalised."""
        return self._native.currencies

    def chunk(self, index: int) -> bytes:
        """The raw block of one chunk's records."""
        return self._native.chunk(index)

    def tables(self) -> dict[str, Table]:
        """The normalised tables by name, the rejects last."""
        return {"records": self.records, **self.lists, "rejects": self.rejects}

    def columns_digest(self) -> bytes:
        """SHA-256 over the content of all tables (32 bytes)."""
        return native.table_digest([table.native for table in self.tables().values()])


def ingest_source(
    source: Source,
    profile: TapeProfile,
    *,
    normalise: bool = True,
    threads: int = 0,
    control: native.RunControl | None = None,
) -> IngestedTape:
    """Read, normalise and hash a source.

    Parameters
    ----------
    source : Source
        What `open_source` gives.
    profile : TapeProfile
        What its columns mean.
    normalise : bool
        Whether to read more than each record's key.
    threads : int
        0 for all cores. The result's bits do not depend on it.
    control : RunControl, optional
        Counts records, and stops the work.

    Raises
    ------
    SourceUnreadable
        When the bytes are not the format they claim to be, with the place.
    Cancelled
        When the control asked to stop.
    """
    table_rows = source.format is SourceFormat.CSV
    described: dict[str, Any] = {
        "name": source.name,
        "format": source.format.value,
        "bytes": len(source.data),
    }
    if source.name or table_rows:  # records that arrive without a file are hashed as leaves only
        described["sha256"] = source.sha256()
    if table_rows:
        table, ragged = read_csv(source, profile)
        ingested = native.ingest_table(
            table,
            file_sha256=described["sha256"],
            ragged_rows=ragged,
            multiline=profile.multiline,
            profile=profile.canonical(),
            normalise=normalise,
            threads=threads,
            control=control,
        )
    else:
        ingested = native.ingest_json(
            source.data,
            lines=source.format is SourceFormat.NDJSON,
            profile=profile.canonical(),
            normalise=normalise,
            threads=threads,
            control=control,
        )
    return IngestedTape(
        ingested,
        profile=profile,
        table_rows=table_rows,
        source=described,
        normalised=normalise,
    )


def read_again(
    blocks: Sequence[bytes],
    profile: TapeProfile,
    *,
    table_rows: bool,
    source: dict[str, Any],
    threads: int = 0,
    control: native.RunControl | None = None,
) -> IngestedTape:
    """Normalise and hash stored blocks as if their source were read for the first time."""
    ingested = native.ingest_stored(
        blocks,
        table_rows=table_rows,
        profile=profile.canonical(),
        threads=threads,
        control=control,
    )
    return IngestedTape(
        ingested, profile=profile, table_rows=table_rows, source=source, normalised=True
    )


def explain(record: bytes, profile: bytes, *, table_rows: bool) -> list[dict[str, Any]]:
    """Tell how each cell of one record was read: field, raw, value, state, rules, reason.

    The profile is given as its canonical JSON.
    """
    return native.explain_record(record, table_row=table_rows, profile=profile)
