"""Where bytes come from: a file, or bytes that the caller holds."""

from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from seawall.errors import InvalidInput, NotFound, SourceUnreadable


class SourceFormat(StrEnum):
    """How a source's bytes are laid out."""

    JSON = "json"  # a list of records, or an object with the key "records"
    NDJSON = "ndjson"  # one record a line
    CSV = "csv"


_FORMATS = {
    ".json": SourceFormat.JSON,
    ".ndjson": SourceFormat.NDJSON,
    ".jsonl": SourceFormat.NDJSON,
    ".csv": SourceFormat.CSV,
    ".tsv": SourceFormat.CSV,
}


class Source:
    """Bytes to ingest."""

    def __init__(self, data: bytes, *, name: str, format: SourceFormat) -> None:
        self.data = data
        self.name = name
        self.format = format

    def sha256(self) -> str:
        """SHA-256 of all bytes, hexadecimal."""
        return sha256(self.data).hexdigest()


def open_source(source: str | Path | bytes, *, format: str | None) -> Source:
    """Open a file, or take bytes as they are.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When the format is unknown.
    SourceUnreadable
        When the file cannot be read or is empty.
    """
    if isinstance(source, bytes):
        if format is None:
            raise InvalidInput("bytes need a format: json, ndjson or csv", where="format")
        return Source(source, name="", format=_format(format))
    path = Path(source)
    if not path.is_file():
        raise NotFound("there is no such file", where=str(path))
    chosen = _format(format or path.suffix.lower(), where=str(path))
    try:
        # Not a memory map: a file that is cut off while it is mapped kills the process, and one
        # that is rewritten would not have the bytes that were hashed.
        data = path.read_bytes()
    except OSError as error:
        raise SourceUnreadable(error.strerror or str(error), where=str(path)) from error
    if not data:
        raise SourceUnreadable("the file is empty", where=str(path))
    return Source(data, name=path.name, format=chosen)


def _format(text: str, *, where: str = "format") -> SourceFormat:
    try:
        return _FORMATS[text] if text.startswith(".") else SourceFormat(text)
    except (KeyError, ValueError):
        raise InvalidInput(
            f'"{text}" is no format that can be read: json, ndjson or csv', where=where
        ) from None
