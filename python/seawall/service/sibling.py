"""One of several processes of a service, and what it shares with the others."""

from pathlib import Path

import msgspec


class Sibling(msgspec.Struct, frozen=True):
    """One of the processes of a service."""

    number: int  # from 1
    count: int
    folder: Path  # which they share

    @property
    def turns_file(self) -> Path:
        """Where they queue to write."""
        return self.folder / "write-turns"

    def socket_of(self, number: int) -> Path:
        """Return where a process tells its metrics."""
        return self.folder / f"metrics-{number}"
