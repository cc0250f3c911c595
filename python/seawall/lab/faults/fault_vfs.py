"""A file system for SQLite that notes all that is asked of it, and fails where it is told to."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Literal

import apsw

from seawall.lab.faults.disk_image import Operation

Failure = Literal["ENOSPC", "EIO", "short"]
FAILURES: tuple[Failure, ...] = ("ENOSPC", "EIO", "short")
_numbers = count(1)


class FaultVfs(apsw.VFS):
    """Hands everything on to the system's files.

    Attributes
    ----------
    operations : list of Operation
        What was asked of the files, in order.
    asked : list of str
        The operations since `fail_at` that can fail.
    fails_at : int
        The operation that fails, counted from 1; 0 for none. It fails once.
    failure : str
        How it fails: no space left, an error of the device, or an error after half of it was done.
    retries_syncs : bool
        Of a negative control: a failed synchronisation is tried again, and what that says believed.
    """

    def __init__(self) -> None:
        self.name = f"seawall-fault-{next(_numbers)}"
        self.operations: list[Operation] = []
        self.asked: list[str] = []
        self.fails_at = 0
        self.failure: Failure = "EIO"
        self.retries_syncs = False
        self._lock = threading.Lock()
        self._inodes: dict[str, int] = {}
        self._inode_numbers = count()
        super().__init__(self.name, base="")

    def mark(self, name: str) -> None:
        """Note something between the operations, such as an acknowledgement."""
        self.note(Operation("mark", name=name))

    def note(self, operation: Operation) -> None:
        """Append an operation; any thread may."""
        with self._lock:
            self.operations.append(operation)

    def fail_at(self, point: int, failure: Failure) -> None:
        """Count from here, and have one operation fail."""
        self.asked, self.fails_at, self.failure = [], point, failure

    def fails_now(self, operation: str) -> bool:
        """Count an operation, and tell whether it is the one that fails."""
        with self._lock:
            self.asked.append(operation)
            return len(self.asked) == self.fails_at

    def error(self) -> apsw.Error:
        """Make the failure that SQLite is told."""
        if self.failure == "ENOSPC":
            return apsw.FullError("injected: no space left on the device")
        return apsw.IOError("injected: input/output error")

    def excepthook(self, *_: object) -> bool:
        """Say nothing of a failure that SQLite does not pass on: it was asked for."""
        return True

    def xOpen(  # noqa: N802  (SQLite's name)
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        """Open a file; its first use of a name makes an inode."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:  # a temporary file, of which nothing has to survive
            return apsw.VFSFile("", name, flags)
        fresh = not Path(path).exists()
        if self.fails_now("open"):
            raise apsw.CantOpenError("injected: cannot be opened")
        file = _FaultFile(self, name, flags)
        base = Path(path).name
        with self._lock:
            if fresh or base not in self._inodes:
                self._inodes[base] = next(self._inode_numbers)
                self.operations += _found(base, self._inodes[base], Path(path), fresh=fresh)
        file.inode = self._inodes[base]
        file.name_unsynced = fresh and bool(flags[0] & _NEW_NAME_IS_SYNCED)
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete a file; its name is gone from the disk once the folder was synchronised."""
        if self.fails_now("delete"):
            raise apsw.IOError("injected: cannot be deleted")
        super().xDelete(filename, syncdir)
        self.note(Operation("delete", name=Path(filename).name))
        if syncdir:
            self.note(Operation("sync_names"))


# SQLite synchronises the folder with the first synchronisation of these files.
_NEW_NAME_IS_SYNCED = (
    apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL
)


def _found(name: str, inode: int, path: Path, *, fresh: bool) -> Iterable[Operation]:
    yield Operation("create", inode, name)
    if not fresh:  # it was there before, and rests on the disk
        yield Operation("write", inode, data=path.read_bytes())
        yield Operation("sync", inode)
        yield Operation("sync_names")


class _FaultFile(apsw.VFSFile):
    def __init__(
        self, vfs: FaultVfs, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        self.vfs = vfs
        self.inode = -1
        self.name_unsynced = False
        super().__init__("", name, flags)

    def excepthook(self, *_: object) -> bool:
        return True

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        if self.vfs.fails_now("read"):
            raise apsw.IOError("injected: input/output error")  # a read needs no space
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        failing = self.vfs.fails_now("write")
        if failing and self.vfs.failure == "short":
            data = bytes(data[: len(data) // 2])
        if not failing or self.vfs.failure == "short":
            super().xWrite(data, offset)
            self.vfs.note(Operation("write", self.inode, offset=offset, data=bytes(data)))
        if failing:
            raise self.vfs.error()

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        failing = self.vfs.fails_now("truncate")
        if not failing or self.vfs.failure == "short":
            super().xTruncate(newsize)
            self.vfs.note(Operation("truncate", self.inode, offset=newsize))
        if failing:
            raise self.vfs.error()

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self.vfs.fails_now("sync"):
            self.vfs.note(Operation("failed_sync", self.inode))
            if not self.vfs.retries_syncs:
                raise self.vfs.error()
        super().xSync(flags)
        self.vfs.note(Operation("sync", self.inode))
        if self.name_unsynced:
            self.name_unsynced = False
            self.vfs.note(Operation("sync_names"))


@contextmanager
def fault_vfs() -> Iterator[FaultVfs]:
    """Lend a file system to SQLite."""
    vfs = FaultVfs()
    try:
        yield vfs
    finally:
        vfs.unregister()


@contextmanager
def weakened(vfs: FaultVfs, synchronous: Literal["NORMAL", "OFF"]) -> Iterator[None]:
    """Open stores of a file system without their durability, for negative controls.

    The store has no setting for it: what it asks of SQLite is ignored by an authorizer.
    """

    def authorize(action: int, what: str | None, value: str | None, *_: str | None) -> int:
        if action == apsw.SQLITE_PRAGMA and what == "synchronous" and value is not None:
            return apsw.SQLITE_IGNORE
        return apsw.SQLITE_OK

    def weaken(connection: apsw.Connection) -> None:
        if connection.open_vfs == vfs.name:
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            connection.authorizer = authorize

    apsw.connection_hooks.append(weaken)
    try:
        yield
    finally:
        apsw.connection_hooks.remove(weaken)
