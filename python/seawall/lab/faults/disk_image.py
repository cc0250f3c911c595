"""What a disk holds after a power cut, computed from what a program asked of its files.

The model is that of POSIX: what was written is on the disk for certain only once its file was
synchronised, and a name only once its folder was. Until then each write is kept, dropped or torn at
the boundaries of sectors, in any order; of names, the first few changes. What a failed
synchronisation was to write is dropped: the kernel calls those pages clean, and no later
synchronisation writes them.
"""

from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import Literal, NamedTuple

SECTOR_BYTES = 512

Kind = Literal["create", "delete", "write", "truncate", "sync", "failed_sync", "sync_names", "mark"]


class Operation(NamedTuple):
    """One thing that was asked of a file, or a mark between such things."""

    kind: Kind
    inode: int = -1
    name: str = ""  # of create, delete and mark
    offset: int = 0  # of write; the new size of truncate
    data: bytes = b""


class DiskImage:
    """The files of a folder, as far as the disk is certain to hold them, and what is on its way."""

    def __init__(self) -> None:
        self._contents: dict[int, bytearray] = defaultdict(bytearray)
        self._names: dict[str, int] = {}
        self._unsynced: dict[int, list[Operation]] = defaultdict(list)
        self._unsynced_names: list[Operation] = []

    def take(self, operation: Operation) -> None:
        """Let the program do one thing more."""
        match operation.kind:
            case "write" | "truncate":
                self._unsynced[operation.inode].append(operation)
            case "create" | "delete":
                self._unsynced_names.append(operation)
            case "sync":
                for unsynced in self._unsynced.pop(operation.inode, []):
                    _apply(self._contents[operation.inode], unsynced)
            case "failed_sync":
                self._unsynced.pop(operation.inode, None)
            case "sync_names":
                _rename(self._names, self._unsynced_names)
                self._unsynced_names = []
            case "mark":
                pass

    def after_cut(self, random: Random) -> dict[str, bytes]:
        """Return what the files may hold when the power is cut now, by name."""
        names = dict(self._names)
        _rename(names, self._unsynced_names[: random.randint(0, len(self._unsynced_names))])
        return {name: bytes(self._cut(inode, random)) for name, inode in names.items()}

    def after_kill(self) -> dict[str, bytes]:
        """Return what the files hold when only the program is killed: all it was told is done."""
        names = dict(self._names)
        _rename(names, self._unsynced_names)
        files = {}
        for name, inode in names.items():
            content = bytearray(self._contents[inode])
            for operation in self._unsynced[inode]:
                _apply(content, operation)
            files[name] = bytes(content)
        return files

    def _cut(self, inode: int, random: Random) -> bytearray:
        content = bytearray(self._contents[inode])
        for operation in self._unsynced[inode]:
            fate = random.random()
            if fate < 0.4:
                _apply(content, operation)
            elif fate < 0.7 and operation.kind == "write":
                _tear(content, operation, random)
        return content


def _rename(names: dict[str, int], operations: Iterable[Operation]) -> None:
    for operation in operations:
        if operation.kind == "create":
            names[operation.name] = operation.inode
        else:
            names.pop(operation.name, None)


def _apply(content: bytearray, operation: Operation) -> None:
    if operation.kind == "truncate":
        del content[operation.offset :]
        return
    end = operation.offset + len(operation.data)
    _extend(content, end)
    content[operation.offset : end] = operation.data


def _tear(content: bytearray, operation: Operation, random: Random) -> None:
    """Write some sectors, leave some, and spoil some; never a byte outside of what was written."""
    start, end = operation.offset, operation.offset + len(operation.data)
    _extend(content, end)
    while start < end:
        stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        fate = random.random()
        if fate < 0.45:
            content[start:stop] = operation.data[start - operation.offset : stop - operation.offset]
        elif fate < 0.55:
            content[start:stop] = random.randbytes(stop - start)
        start = stop


def _extend(content: bytearray, size: int) -> None:
    content.extend(bytes(max(0, size - len(content))))
