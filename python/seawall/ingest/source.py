"""Where bytes come from: a file, or bytes that the caller holds."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from seawall.errors import InvalidInput, NotFound, SourceUnreadable
from seawall.ingest.container import open_container
from seawall.ingest.source_stream import SourceStream
from seawall.native import RunControl

WINDOW_BYTES = 16 << 20
"""How much of a source is read at a time: its threads wait for each other once a window."""


class SourceFormat(StrEnum):
    """How a source's bytes are laid out."""

    JSON = "json"  # a list of records, or an object with the key "records"
    NDJSON = "ndjson"  # one record a line
    CSV = "csv"
    XML = "xml"
    PARQUET = "parquet"


_FORMATS = {
    ".json": SourceFormat.JSON,
    ".ndjson": SourceFormat.NDJSON,
    ".jsonl": SourceFormat.NDJSON,
    ".csv": SourceFormat.CSV,
    ".tsv": SourceFormat.CSV,
    ".xml": SourceFormat.XML,
    ".parquet": SourceFormat.PARQUET,
    ".pq": SourceFormat.PARQUET,
}
_KNOWN = ", ".join(list(SourceFormat)[:-1]) + f" or {SourceFormat.PARQUET}"


class Source:
    """Bytes to ingest, read as often as somebody opens it and never held whole.

    Attributes
    ----------
    name : str
        Of the file as given; empty for bytes.
    inner_name : str
        Of what is read: the member's where the file is a container.
    format : SourceFormat
        Of what is read.
    """

    def __init__(
        self,
        opener: Callable[[], BinaryIO],
        *,
        name: str,
        format: SourceFormat,
        container: dict[str, str] | None = None,
    ) -> None:
        self._opener = opener
        self._container = container
        self.name = name
        self.inner_name = name if container is None else container["member"]
        self.format = format

    def open(self) -> BinaryIO:
        """Open the bytes, expanded where they are compressed, from their beginning.

        Raises
        ------
        SourceUnreadable
            When the file cannot be opened.
        """
        try:
            return self._opener()
        except OSError as error:
            raise SourceUnreadable(error.strerror or str(error), where=self.name) from error

    def stream(self, control: RunControl, *, hashed: bool = True) -> SourceStream:
        """Open the bytes to read them once; the stream then knows their number and hash."""
        where = self.name or self.format.value
        return SourceStream(self.open(), where=where, control=control, hashed=hashed)

    def read_through(self, control: RunControl) -> SourceStream:
        """Read all bytes for their number and hash alone."""
        with self.stream(control) as stream:
            stream.read_to_end()
        return stream

    def sha256(self) -> str:
        """SHA-256 of all bytes, hexadecimal."""
        return self.read_through(RunControl()).sha256()

    def described(self, read: SourceStream) -> dict[str, Any]:
        """Tell what was read, as it is stored with the dataset."""
        described: dict[str, Any] = {
            "name": self.name,
            "format": self.format.value,
            "bytes": read.size_bytes,
        }
        if digest := read.sha256():
            described["sha256"] = digest
        if self._container is not None:
            described["container"] = self._container
        return described


def open_source(source: str | Path | bytes, *, format: str | None) -> Source:
    """Open a file, or take bytes as they are.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When the format is unknown.
    SourceUnreadable
        When the file cannot be read, is empty, or is a container of anything but one file.
    """
    if isinstance(source, bytes):
        if format is None:
            raise InvalidInput(f"bytes need a format: {_KNOWN}", where="format")
        return Source(partial(BytesIO, source), name="", format=_format(format))
    path = Path(source)
    if not path.is_file():
        raise NotFound("there is no such file", where=str(path))
    if path.stat().st_size == 0:
        raise SourceUnreadable("the file is empty", where=str(path))
    container = open_container(path)
    suffix = Path(container.inner_name).suffix.lower()
    chosen = _format(format or suffix, where=str(path))
    packed = Source(partial(_open_file, path), name=path.name, format=chosen)
    if not container.kind:
        return packed
    described = {
        "kind": container.kind,
        "member": container.inner_name,
        "sha256": packed.sha256(),
    }
    return Source(container.open, name=path.name, format=chosen, container=described)


def _open_file(path: Path) -> BinaryIO:
    # Not a memory map: a file that is cut off while it is mapped kills the process.
    return path.open("rb", buffering=0)  # what reads it reads megabytes


def _format(text: str, *, where: str = "format") -> SourceFormat:
    try:
        return _FORMATS[text] if text.startswith(".") else SourceFormat(text)
    except (KeyError, ValueError):
        raise InvalidInput(
            f'"{text}" is no format that can be read: {_KNOWN}', where=where
        ) from None
