"""Connections to one SQLite file: how they are set up, shared by readers, and how they fail."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from seawall.errors import SeawallError
from seawall.store.reader_pool import ReaderPool
from seawall.store.refusals import (
    BUSY,
    CLOSED,
    DAMAGED,
    FULL,
    GARBLED_LIST,
    GARBLED_TEXT,
    OTHER_SCHEMA,
    Failure,
    refused_row,
    refused_value,
)

BUSY_TIMEOUT_MS = 10_000
MODE_RETRY_MS = 5
MAX_READERS = 16
WRITER_CACHE_KIB = 65_536
WRITER_STATEMENTS = 400  # kept prepared: of each table one for each number of rows
READER_STATEMENTS = 100
WAL_KEPT_BYTES = 64 * 1024 * 1024

_FAILURES: tuple[tuple[type[apsw.Error], Failure], ...] = (
    (apsw.FullError, FULL),
    (apsw.BusyError, BUSY),
    (apsw.LockedError, BUSY),
    (apsw.CorruptError, DAMAGED),
    (apsw.NotADBError, Failure("store_corrupt", "The file is not a database.")),
    (apsw.ConnectionClosedError, CLOSED),
    (
        apsw.Error,
        Failure("store_unavailable", "The database cannot be opened, read or written."),
    ),
)


# All statements are the store's own: what they do not find was there when the tables were made.
_GARBLED: tuple[tuple[re.Pattern[str], Failure], ...] = (
    (re.compile(r"^malformed JSON"), GARBLED_LIST),
    (
        re.compile(
            r"^(no such (table|column|index|view)\b|near \"|unrecognized token|ambiguous column"
            r"|table \S+ (has no column|already exists)|unsupported file format|error in )"
        ),
        OTHER_SCHEMA,
    ),
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn failures of SQLite into failures of seawall, without its SQL."""
    try:
        yield
    except apsw.Error as error:
        raise _failure(error) from error
    except UnicodeEncodeError as error:  # half of a surrogate pair is no text
        raise refused_value() from error
    except UnicodeDecodeError as error:
        raise GARBLED_TEXT.error() from error


def _failure(error: apsw.Error) -> SeawallError:
    if isinstance(error, apsw.ConstraintError):
        result = getattr(error, "extendedresult", 0)
        is_reference = result == apsw.SQLITE_CONSTRAINT_FOREIGNKEY
        return refused_row(str(error), is_reference=is_reference)
    if isinstance(error, apsw.SQLError):
        for said, failure in _GARBLED:
            if said.search(str(error)):
                return failure.error()
    return next(failure for kind, failure in _FAILURES if isinstance(error, kind)).error()


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


class Readers(ReaderPool[apsw.Connection]):
    """Connections to one file that only read."""

    def __init__(self, path: str, *, vfs: str | None = None) -> None:
        super().__init__(most=MAX_READERS, wait_s=BUSY_TIMEOUT_MS / 1000)
        self._path = path
        self._vfs = vfs

    @contextmanager
    def connection(self) -> Iterator[apsw.Connection]:
        """Lend a connection, waiting while all of them are out.

        Raises
        ------
        StoreError
            As the pool does, or what SQLite failed with.
        """
        with self.turn(), translated():
            connection = self.borrow() or _opened(self._path, apsw.SQLITE_OPEN_READONLY, self._vfs)
            try:
                yield connection
            finally:
                self.give_back(connection)
