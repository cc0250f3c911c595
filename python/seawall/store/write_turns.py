"""Turns at a file's one write lock, for the processes of one service.

SQLite has whoever finds the lock taken look again after a while, up to a tenth of a second: beside
a process that always has something to write, another would hardly ever find it free. Here they
queue, and who has written goes behind who waits.
"""

import fcntl
import os
from pathlib import Path

_NEXT, _NOW = 0, 1  # bytes of the file, which need not be there to be locked


class WriteTurns:
    """The queue as one process sees it; used by its writer thread alone.

    The system ends a turn with its process, however that ends.

    Parameters
    ----------
    file : Path
        The same for all that queue, made if it is not there; nothing is written to it.
    """

    def __init__(self, file: Path) -> None:
        # Kept open: closing any descriptor of the file would end the turn.
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> None:
        """Wait for the turn."""
        # One waits for the present turn to end, the others wait to be the one. Who ends a turn and
        # wants another finds somebody there.
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, _NEXT)
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, _NOW)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _NEXT)

    def end(self) -> None:
        """Let the next one write; harmless without a turn."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _NOW)

    def close(self) -> None:
        """End the turn, and queue no more."""
        os.close(self._file)
