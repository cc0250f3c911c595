"""A proposed profile for a source: its layout from the first bytes, its fields from the cells."""

from collections.abc import Iterable

from seawall.errors import InvalidInput
from seawall.ingest.profile import FieldRules, TapeProfile
from seawall.ingest.source import Source, SourceFormat
from seawall.ingest.suggest import Suggestion, suggest_profile
from seawall.ingest.tape import read_rows
from seawall.ingest.tape_layout import PEEKED_BYTES, peeked_profile


def suggest_source_profile(
    source: Source,
    *,
    name: str,
    canonical_fields: Iterable[FieldRules],
    currency: str | None = None,
) -> Suggestion:
    """Propose a profile for a source that none describes.

    Parameters
    ----------
    source : Source
        What `open_source` gives.
    name, canonical_fields, currency
        As of `suggest_profile`.

    Raises
    ------
    InvalidInput
        For JSON, whose records are no rows.
    SourceUnreadable, LimitExceeded, InvalidProfile
        As `ingest_source` and `suggest_profile`.
    """
    if source.format in (SourceFormat.JSON, SourceFormat.NDJSON):
        raise InvalidInput(
            "a profile is proposed for tables: CSV, XML or Parquet", where=source.name or "format"
        )
    with source.open() as stream:
        head = stream.read(PEEKED_BYTES)
    layout = peeked_profile(
        TapeProfile(name=name, fields=[]), head, format=source.format, where=source.name
    )
    with source.open() as stream:
        return suggest_profile(
            read_rows(stream, source, layout),
            name=name,
            canonical_fields=canonical_fields,
            currency=currency,
            layout=layout,
        )
