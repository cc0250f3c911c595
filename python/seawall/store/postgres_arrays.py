"""Columns of texts or of bytes, written as arrays of PostgreSQL a whole column at once.

psycopg asks for each cell how it is written, which takes twice as long.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from struct import Struct
from typing import Any

from psycopg import postgres
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

_TEXT, _BYTEA, _INT8 = postgres.types["text"], postgres.types["bytea"], postgres.types["int8"]
_HEADER = Struct(">iiIii")  # dimensions, whether a cell is null, their type, how many, the first
_SIZE = Struct(">i")


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
    oid = _TEXT.array_oid

    def dump(self, obj: Texts) -> bytes:
        encoding = self.connection.info.encoding if self.connection else "utf-8"
        if takes_utf8(encoding):
            return text_array(obj.cells)
        return _array(_TEXT.oid, [cell.encode(encoding) for cell in obj.cells])


class _BlobsDumper(Dumper):
    format = Format.BINARY
    oid = _BYTEA.array_oid

    def dump(self, obj: Blobs) -> bytes:
        return bytea_array(obj.cells)


def takes_utf8(encoding: str) -> bool:
    """Tell whether a session of that encoding takes texts as UTF-8."""
    return encoding in ("utf-8", "ascii")  # a database without an encoding takes any


def text_array(cells: Iterable[str]) -> bytes:
    """Write texts as the server reads them in UTF-8."""
    return _array(_TEXT.oid, list(map(str.encode, cells)))


def bytea_array(cells: Sequence[bytes]) -> bytes:
    """Write bytes as the server reads them."""
    return _array(_BYTEA.oid, cells)


def int8_array(cells: Iterable[int]) -> bytes:
    """Write integers as the server reads them."""
    return _array(_INT8.oid, list(map(int8, cells)))


int8 = Struct(">q").pack
"""Writes one integer as the server reads it."""


def _array(kind: int, cells: Sequence[bytes]) -> bytes:
    header = _HEADER.pack(1, 0, kind, len(cells), 1)
    sizes = set(map(len, cells))
    if len(sizes) == 1:  # as of identifiers, and of what all rows have in common
        size = _SIZE.pack(sizes.pop())
        return header + size + size.join(cells)
    each = zip(map(_SIZE.pack, map(len, cells)), cells, strict=True)
    return header + b"".join(chain.from_iterable(each))
