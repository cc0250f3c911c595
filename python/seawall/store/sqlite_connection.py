"""Connections to one SQLite file: how they are set up, shared by readers, and how they fail."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from seawall.errors import Conflict, InvalidInput, NotFound, SeawallError, StoreError

BUSY_TIMEOUT_MS = 10_000
MODE_RETRY_MS = 5
MAX_READERS = 16
WRITER_CACHE_KIB = 65_536
WRITER_STATEMENTS = 400  # kept prepared: of each table one for each number of rows
READER_STATEMENTS = 100
WAL_KEPT_BYTES = 64 * 1024 * 1024

_FAILURES: tuple[tuple[type[apsw.Error], str, str], ...] = (
    (apsw.FullError, "store_full", "There is no space left for the store."),
    (apsw.BusyError, "store_busy", "Another process is writing; try again."),
    (apsw.LockedError, "store_busy", "Another process is writing; try again."),
    (apsw.CorruptError, "store_corrupt", "The database file is damaged."),
    (apsw.NotADBError, "store_corrupt", "The file is not a database."),
    (apsw.ConnectionClosedError, "store_closed", "The store is closed."),
    (apsw.Error, "store_unavailable", "The database cannot be opened, read or written."),
)
_IMMUTABLE = re.compile(r"\bIMMUTABLE_([A-Z_]+)")


@contextmanager
def translated() -> Iterator[None]:
    """Turn failures of SQLite into failures of seawall, without its SQL."""
    try:
        yield
    except apsw.Error as error:
        raise _failure(error) from error


def _failure(error: apsw.Error) -> SeawallError:
    if isinstance(error, apsw.ConstraintError):
        return _refusal(error)
    code, message = next(row[1:] for row in _FAILURES if isinstance(error, row[0]))
    return StoreError(message, code=code)


def _refusal(error: apsw.ConstraintError) -> SeawallError:
    if match := _IMMUTABLE.search(str(error)):
        table = match[1].lower()
        return Conflict(f"A kept {table} cannot be changed.", code=f"immutable_{table}")
    if getattr(error, "extendedresult", 0) == apsw.SQLITE_CONSTRAINT_FOREIGNKEY:
        return NotFound("A row refers to something that this tenant does not have.")
    return InvalidInput("A row has a value that its column does not accept.")


def open_writer(path: str, *, vfs: str | None = None) -> apsw.Connection:
    """Open the file for writing, creating it when absent; every commit is durable."""
    with translated():
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        connection = _opened(path, flags, vfs, statements=WRITER_STATEMENTS)
        try:
            _use_write_ahead_log(connection)
            connection.execute("PRAGMA synchronous = FULL")
            # References are looked up by `require_references`, many at a time.
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA recursive_triggers = ON")
            # What a savepoint would undo is kept in memory, not in a file.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
            connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
        except BaseException:
            connection.close()
            raise
        return connection


def _use_write_ahead_log(connection: apsw.Connection) -> None:
    # SQLite asks no busy handler while it changes the mode, so processes that create one file
    # together must repeat it themselves.
    for _ in range(BUSY_TIMEOUT_MS // MODE_RETRY_MS):
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").get
        except apsw.BusyError:
            time.sleep(MODE_RETRY_MS / 1000)
        else:
            if mode != "wal":  # what it failed with SQLite does not say here
                raise apsw.CantOpenError(f"journal mode {mode}")
            return
    raise apsw.BusyError


def _opened(
    path: str, flags: int, vfs: str | None, *, statements: int = READER_STATEMENTS
) -> apsw.Connection:
    connection = apsw.Connection(path, flags=flags, vfs=vfs, statementcachesize=statements)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    return connection


class Readers:
    """Read-only connections, one for each thread that reads at this moment."""

    def __init__(self, path: str, *, vfs: str | None = None) -> None:
        self._path = path
        self._vfs = vfs
        self._free = threading.BoundedSemaphore(MAX_READERS)
        self._lock = threading.Lock()
        self._idle: list[apsw.Connection] = []
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[apsw.Connection]:
        """Lend a connection, waiting while all of them are out.

        Raises
        ------
        StoreError
            ``store_busy`` when none came back in time, ``store_closed`` after `close`, or what
            SQLite failed with.
        """
        if not self._free.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise StoreError("Too many reads are under way; try again.", code="store_busy")
        try:
            with translated():
                connection = self._borrow()
                try:
                    yield connection
                finally:
                    self._return(connection)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close idle connections now, and borrowed ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _borrow(self) -> apsw.Connection:
        with self._lock:
            if self._closed:
                raise StoreError("The store is closed.", code="store_closed")
            if self._idle:
                return self._idle.pop()
        return _opened(self._path, apsw.SQLITE_OPEN_READONLY, self._vfs)

    def _return(self, connection: apsw.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()
