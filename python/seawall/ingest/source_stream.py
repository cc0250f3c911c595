"""A source's bytes on their way in: counted, hashed, and stopped when asked."""

from hashlib import sha256
from io import RawIOBase
from typing import BinaryIO

from seawall.errors import Cancelled, SourceUnreadable
from seawall.native import RunControl

_PASSED_OVER_BYTES = 1 << 20


class SourceStream(RawIOBase):
    """Reads another stream once from its beginning to its end.

    Parameters
    ----------
    stream : BinaryIO
        Closed with this one.
    where : str
        Names the source in errors.
    control : RunControl
        Stops the reading.
    hashed : bool
        Whether the hash is wanted.
    """

    def __init__(
        self, stream: BinaryIO, *, where: str, control: RunControl, hashed: bool = True
    ) -> None:
        self._stream = stream
        self._where = where
        self._control = control
        self._hash = sha256() if hashed else None
        self.size_bytes = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes; none at the end.

        Raises
        ------
        Cancelled
            When the control asked to stop.
        SourceUnreadable
            When the system cannot read on.
        """
        if self._control.cancelled:
            raise Cancelled("the ingest was stopped")
        try:
            piece = self._stream.read(size)
        except OSError as error:
            raise SourceUnreadable(error.strerror or str(error), where=self._where) from error
        if self._hash is not None:
            self._hash.update(piece)
        self.size_bytes += len(piece)
        return piece

    def read_to_end(self) -> None:
        """Read what is left for its number and hash alone."""
        while self.read(_PASSED_OVER_BYTES):
            pass

    def readall(self) -> bytes:
        """Read to the end."""
        return self.read()

    def sha256(self) -> str:
        """SHA-256 of what was read so far, hexadecimal; empty when it was not wanted."""
        return "" if self._hash is None else self._hash.hexdigest()

    def close(self) -> None:
        """Close both streams."""
        self._stream.close()
        super().close()
