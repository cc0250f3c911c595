"""One pass over a source: columns, rejects and digests, from bytes or from what was stored."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from functools import cached_property, lru_cache
from typing import Any, BinaryIO, cast

from seawall import native
from seawall.errors import SourceUnreadable
from seawall.ingest.profile import TapeProfile
from seawall.ingest.source import WINDOW_BYTES, Source, SourceFormat
from seawall.ingest.source_stream import SourceStream
from seawall.ingest.text_rows import TextRows
from seawall.ingest.whole_keys import keyless_refusal
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

    @property
    def record_count(self) -> int:
        """Records of the source, the refused ones included."""
        return self._native.record_count

    @cached_property
    def rejects(self) -> Table:
        """A row for each refused record, element and cell, and for each record that is set aside.

        Made when it is first asked for: it weighs several times what is held of it till then.
        """
        return Table(self._native.rejects())

    @property
    def reject_count(self) -> int:
        """How many rows `rejects` has."""
        return self._native.reject_count

    def first_rejects(self, count: int, *, with_set_aside: bool = True) -> Table:
        """Return the first rows of `rejects`, without the others."""
        return Table(self._native.rejects(count=count, with_set_aside=with_set_aside))

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
    whole_keys: bool = False,
    on_blocks: Callable[[list[bytes]], None] | None = None,
    threads: int = 0,
    control: native.RunControl | None = None,
) -> IngestedTape:
    """Read, normalise and hash a source, some megabytes at a time.

    Parameters
    ----------
    source : Source
        What `open_source` gives.
    profile : TapeProfile
        What its columns mean.
    normalise : bool
        Whether to read more than each record's key.
    whole_keys : bool
        Refuse the whole source at its first record that is no object or lacks its key; what follows
        is not read.
    on_blocks : callable, optional
        Takes the raw blocks to store, in order, as they are completed.
    threads : int
        0 for all cores. The result's bits do not depend on it.
    control : RunControl, optional
        Counts records, and stops the work.

    Raises
    ------
    SourceUnreadable
        When the bytes are not the format they claim to be, with the place, or change meanwhile.
    InvalidInput, LimitExceeded
        With ``whole_keys``, as of `keyless_refusal`.
    Cancelled
        When the control asked to stop.
    """
    observed = native.RunControl() if control is None else control
    table_rows = source.format not in (SourceFormat.JSON, SourceFormat.NDJSON)
    reading = native.TapeIngest(
        profile.canonical(),
        table_rows=table_rows,
        normalise=normalise,
        keep_blocks=on_blocks is not None,
        whole_keys=whole_keys,
        threads=threads,
        control=observed,
    )

    def hand_out() -> None:
        if on_blocks is not None:
            on_blocks(reading.take_blocks())

    read = (
        _add_rows(reading, source, profile, observed, hand_out)
        if table_rows
        else _add_text(reading, source, observed, hand_out)
    )
    ingested = reading.finish()
    hand_out()
    if ingested.keyless is not None:
        raise keyless_refusal(ingested.keyless)
    return IngestedTape(
        ingested,
        profile=profile,
        table_rows=table_rows,
        source=source.described(read),
        normalised=normalise,
    )


def _add_text(
    reading: native.TapeIngest,
    source: Source,
    control: native.RunControl,
    hand_out: Callable[[], None],
) -> SourceStream:
    add = reading.add_lines if source.format is SourceFormat.NDJSON else reading.add_json
    # Records that arrive without a file are hashed as leaves only.
    with source.stream(control, hashed=source.name != "") as stream:
        piece = None
        while piece != b"":
            piece = stream.read(WINDOW_BYTES)
            add(piece)
            hand_out()
    return stream


def _add_rows(
    reading: native.TapeIngest,
    source: Source,
    profile: TapeProfile,
    control: native.RunControl,
    hand_out: Callable[[], None],
) -> SourceStream:
    # Each row holds the hash of its file, so the file is read through before its first row.
    read = source.read_through(control)
    with closing(_unchanged_rows(source, profile, control, expected=read.sha256())) as runs:
        for rows in runs:
            reading.add_rows(
                rows.columns,
                first_row=rows.first_row,
                ragged=list(rows.ragged),
                file_sha256=read.sha256(),
                multiline=profile.multiline or source.format is not SourceFormat.CSV,
                unique_columns=source.format is not SourceFormat.XML,
            )
            hand_out()
    return read


def _unchanged_rows(
    source: Source, profile: TapeProfile, control: native.RunControl, *, expected: str
) -> Generator[TextRows]:
    """Read the rows; raises SourceUnreadable when their bytes are not those ``expected``."""
    if source.format is SourceFormat.PARQUET:  # its bytes are not read in their order
        with source.open() as file:
            yield from read_rows(file, source, profile)
        again = source.read_through(control)
    else:
        with source.stream(control) as again:
            yield from read_rows(cast("BinaryIO", again), source, profile)
            again.read_to_end()
    if again.sha256() != expected:
        raise SourceUnreadable("changed while it was read", where=source.name)


def read_rows(stream: BinaryIO, source: Source, profile: TapeProfile) -> Iterator[TextRows]:
    """Read the rows of a source that is a table, every cell as text, by its format's reader."""
    name = source.inner_name
    if source.format is SourceFormat.PARQUET:
        from seawall.ingest.parquet_columns import read_parquet

        return read_parquet(stream, profile, name=name)
    if source.format is SourceFormat.XML:
        from seawall.ingest.xml_records import read_xml

        return read_xml(stream, profile, name=name)
    from seawall.ingest.csv_table import read_csv

    return read_csv(stream, profile, name=name)


def read_again(
    blocks: Iterable[bytes],
    profile: TapeProfile,
    *,
    table_rows: bool,
    source: dict[str, Any],
    threads: int = 0,
    control: native.RunControl | None = None,
) -> IngestedTape:
    """Normalise and hash stored blocks as if their source were read for the first time."""
    reading = native.TapeIngest(
        profile.canonical(), table_rows=table_rows, threads=threads, control=control
    )
    waiting: list[bytes] = []
    for block in blocks:
        waiting.append(block)
        if sum(map(len, waiting)) >= WINDOW_BYTES:
            reading.add_blocks(waiting)
            waiting = []
    reading.add_blocks(waiting)
    return IngestedTape(
        reading.finish(), profile=profile, table_rows=table_rows, source=source, normalised=True
    )


def explain(record: bytes, profile: bytes, *, table_rows: bool) -> list[dict[str, Any]]:
    """Tell how each cell of one record was read: field, raw, value, state, rules, reason.

    The profile is given as its canonical JSON.
    """
    return _explainer(profile, table_rows).explain(record)


@lru_cache(8)  # a trace seldom comes alone, and to read the profile takes longer than its record
def _explainer(profile: bytes, table_rows: bool) -> native.RecordExplainer:
    return native.RecordExplainer(profile, table_row=table_rows)
