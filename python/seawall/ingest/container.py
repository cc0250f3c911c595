"""Files that come packed: gzip, or a zip of one member. Expanded while they are read, with caps."""

import gzip
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

# What the decoders of the standard library raise on damaged bytes. NotImplementedError is a method
# of compression that they do not know.
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)


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
    if members[0].flag_bits & 1:
        raise SourceUnreadable(
            f"{members[0].filename} is encrypted: give the file unpacked", where=path.name
        )
    return members[0].filename


def _is_litter(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is a folder, or what a file manager leaves behind."""
    inside = PurePosixPath(member.filename)
    return member.is_dir() or "__MACOSX" in inside.parts or inside.name.startswith(".")


def _unreadable(error: Exception, name: str) -> SourceUnreadable:
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
        self._check_size()
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()

    def _check_size(self) -> None:
        size = self._expanded_bytes
        if size > MAX_EXPANDED_BYTES:
            raise LimitExceeded(
                f"expands to more than {MAX_EXPANDED_BYTES >> 30} GiB", where=self._name
            )
        if size > FREE_EXPANDED_BYTES and size > MAX_EXPANSION_RATIO * self._packed_bytes:
            raise LimitExceeded(
                f"expands to more than {MAX_EXPANSION_RATIO} times its size", where=self._name
            )
