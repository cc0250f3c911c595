"""Files that come packed: gzip, or a zip of one member. Expanded while they are read, with caps."""

import gzip
import struct
import zipfile
import zlib
from io import BufferedReader, RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Literal

from seawall.errors import LimitExceeded, SourceUnreadable

MAX_EXPANDED_BYTES = 64 << 30
"""What a packed file may expand to."""

MAX_EXPANSION_RATIO = 200
"""How many times the packed size that may be, from `FREE_EXPANDED_BYTES` on."""

FREE_EXPANDED_BYTES = 64 << 20
"""Up to here any ratio is accepted: small files of one repeated line do expand a thousand times."""

_READ_BYTES = 1 << 20
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")  # the second is a zip without members
_NAMED_MEMBERS = 10

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# What the standard library raises on damaged bytes: ValueError is a name that is no UTF-8 or an
# offset below zero, RuntimeError a member that is encrypted or newer than it knows, KeyError one
# that has gone since the file was looked at.
_DAMAGED = (
    *(OSError, EOFError, zlib.error, zipfile.BadZipFile),
    *(ValueError, OverflowError, struct.error, RuntimeError, KeyError),
)


class Container:
    """A file as it lies on disk, and what is inside it.

    Attributes
    ----------
    kind : str
        ``gzip``, ``zip``, or empty when the file is not packed.
    inner_name : str
        The name of what is inside: of the zip's member, or the file's own without ``.gz``.
    """

    def __init__(self, path: Path, *, kind: Literal["", "gzip", "zip"], inner_name: str) -> None:
        self._path = path
        self.kind = kind
        self.inner_name = inner_name

    def open(self) -> BinaryIO:
        """Return the expanded bytes from the beginning.

        Reading them raises SourceUnreadable when they are damaged or cut off, and LimitExceeded
        past `MAX_EXPANDED_BYTES` or `MAX_EXPANSION_RATIO`, whatever size the file declares.
        """
        try:
            if not self.kind:
                return self._path.open("rb")
            inner = self._open_gzip() if self.kind == "gzip" else self._open_member()
            packed_bytes = self._path.stat().st_size
        except _DAMAGED as error:
            raise _unreadable(error, self._path.name) from error
        expanding = _Expanding(inner, packed_bytes=packed_bytes, name=self._path.name)
        return BufferedReader(expanding, _READ_BYTES)

    def _open_gzip(self) -> gzip.GzipFile:
        return gzip.GzipFile(self._path)

    def _open_member(self) -> IO[bytes]:
        # The member keeps the file open for itself.
        with zipfile.ZipFile(self._path) as archive:
            return archive.open(self.inner_name)


def open_container(path: Path) -> Container:
    """Tell by a file's first bytes, and not by its name, how it is packed.

    Raises
    ------
    SourceUnreadable
        When the file cannot be read, or is a zip that does not hold exactly one readable member.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise _unreadable(error, path.name) from error
    if start.startswith(_GZIP):
        is_named = path.name.lower().endswith(".gz") and len(path.name) > len(".gz")
        inner_name = path.name[: -len(".gz")] if is_named else path.name
        return Container(path, kind="gzip", inner_name=inner_name)
    if start in _ZIP:
        return Container(path, kind="zip", inner_name=_only_member(path))
    return Container(path, kind="", inner_name=path.name)


def check_expansion(expanded_bytes: int, *, packed_bytes: int, name: str) -> None:
    """Refuse what has expanded too far, by what has come out of it and not by what it declares.

    Raises
    ------
    LimitExceeded
        Past `MAX_EXPANDED_BYTES` or `MAX_EXPANSION_RATIO`.
    """
    if expanded_bytes > MAX_EXPANDED_BYTES:
        raise LimitExceeded(f"expands to more than {MAX_EXPANDED_BYTES >> 30} GiB", where=name)
    if expanded_bytes > max(FREE_EXPANDED_BYTES, MAX_EXPANSION_RATIO * packed_bytes):
        raise LimitExceeded(
            f"expands to more than {MAX_EXPANSION_RATIO} times its size", where=name
        )


def _only_member(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not _is_litter(member)]
    except _DAMAGED as error:
        raise _unreadable(error, path.name) from error
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:_NAMED_MEMBERS])
        more = ", …" if len(members) > _NAMED_MEMBERS else ""
        found = f"{len(members)}: {names}{more}" if members else "none"
        raise SourceUnreadable(f"a zip must hold one file, this one holds {found}", where=path.name)
    member = members[0]
    if member.flag_bits & 1:
        raise SourceUnreadable(
            f"{member.filename} is encrypted: give the file unpacked", where=path.name
        )
    if member.compress_type not in _METHODS:
        raise SourceUnreadable(
            f"{member.filename} is compressed by method {member.compress_type}, which is neither "
            "stored (0) nor deflate (8): give the file unpacked",
            where=path.name,
        )
    return member.filename


def _is_litter(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is a folder, or what a file manager leaves behind."""
    inside = PurePosixPath(member.filename)
    return member.is_dir() or "__MACOSX" in inside.parts or inside.name.startswith(".")


def _unreadable(error: Exception, name: str) -> SourceUnreadable:
    if isinstance(error, UnicodeDecodeError):
        return SourceUnreadable("a member's name is not the UTF-8 it says it is", where=name)
    reason = getattr(error, "strerror", None) or str(error) or "the file is damaged"
    return SourceUnreadable(reason, where=name)


class _Expanding(RawIOBase):
    """The expanded bytes, counted as they come."""

    def __init__(self, inner: IO[bytes] | gzip.GzipFile, *, packed_bytes: int, name: str) -> None:
        self._inner = inner
        self._packed_bytes = packed_bytes
        self._name = name
        self._expanded_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._inner.read(len(buffer))
        except _DAMAGED as error:
            raise _unreadable(error, self._name) from error
        self._expanded_bytes += len(data)
        check_expansion(self._expanded_bytes, packed_bytes=self._packed_bytes, name=self._name)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()
