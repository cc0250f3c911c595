"""Columns of texts or of bytes, written as arrays of PostgreSQL a whole column at once.

psycopg asks for each cell how it is written, which takes twice as long.
"""

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any

from psycopg import postgres
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

from seawall import native

TYPES = {name: postgres.types[name].oid for name in ("text", "bytea", "int8")}
"""The numbers of the types that columns of the ledger have."""

_TYPE = Struct(">I")


class Texts:
    """A column of texts."""

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = cells


class Blobs:
    """A column of bytes."""

    def __init__(self, cells: Sequence[bytes]) -> None:
        self.cells = cells


def array_of(column: Sequence[Any]) -> Texts | Blobs | list[Any]:
    """Tell what a column is, if all its cells are of one kind; the others are left to psycopg."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return Texts(column)
    return Blobs(column) if kinds == {bytes} else list(column)


def register_arrays(adapters: AdaptersMap) -> None:
    """Let a session send such columns."""
    adapters.register_dumper(Texts, _TextsDumper)
    adapters.register_dumper(Blobs, _BlobsDumper)


class _TextsDumper(Dumper):
    format = Format.BINARY
    oid = postgres.types["text"].array_oid

    def dump(self, obj: Texts) -> bytes:
        encoding = self.connection.info.encoding if self.connection else "utf-8"
        if takes_utf8(encoding):
            return text_array(obj.cells)
        written = bytea_array([cell.encode(encoding) for cell in obj.cells])
        return written.replace(_TYPE.pack(TYPES["bytea"]), _TYPE.pack(TYPES["text"]), 1)


class _BlobsDumper(Dumper):
    format = Format.BINARY
    oid = postgres.types["bytea"].array_oid

    def dump(self, obj: Blobs) -> bytes:
        return bytea_array(obj.cells)


def takes_utf8(encoding: str) -> bool:
    """Tell whether a session of that encoding takes texts as UTF-8."""
    return encoding in ("utf-8", "ascii")  # a database without an encoding takes any


def text_array(cells: Iterable[str]) -> bytes:
    """Write texts as the server reads them in UTF-8."""
    return _array(TYPES["text"], cells)


def bytea_array(cells: Iterable[bytes]) -> bytes:
    """Write bytes as the server reads them."""
    return _array(TYPES["bytea"], cells)


def int8_array(cells: Iterable[int]) -> bytes:
    """Write integers as the server reads them."""
    return _array(TYPES["int8"], map(int8, cells))


def _array(kind: int, cells: Iterable[str | bytes]) -> bytes:
    return native.binary_columns(list(zip(cells, strict=True)), [kind])[0]


int8 = Struct(">q").pack
"""Writes one integer as the server reads it."""
