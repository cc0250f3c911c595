"""Connections to one PostgreSQL database: how they are set up, and how they fail."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors

from seawall.errors import SeawallError, StoreError
from seawall.store.postgres_arrays import register_arrays
from seawall.store.postgres_deadlines import Deadlines, Session
from seawall.store.postgres_url import read_url
from seawall.store.refusals import (
    BUSY,
    DAMAGED,
    FULL,
    GARBLED_TEXT,
    Failure,
    refused_row,
    refused_value,
)

LEAST_VERSION = 15
"""Of PostgreSQL."""

CONNECT_S = 3
"""How long one attempt to connect may take, unless the URL says it."""

FIRST_PAUSE_S, PAUSE_GROWTH, LONGEST_PAUSE_S = 0.05, 1.3, 0.25
"""While the server is away nobody knocks more often than this; the others fail at once. Pauses are
shortened at random by up to a half: services that lost a server together do not knock together."""

# Of every session, unless its URL says otherwise: who holds locks and is gone must not hold them
# for long, and a peer that went without a word is noticed.
_ASIDE = {
    "application_name": "seawall",
    "connect_timeout": CONNECT_S,
    "tcp_user_timeout": 3_000,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
_SESSION = (
    "SET lock_timeout = {lock_ms:.0f}; SET statement_timeout = '120s';"
    " SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = 'error';"
    " SET default_transaction_isolation = 'read committed';"
    " SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3;"
)
_LOCK_S = 10.0
_LOCK_SHARE = 2 / 3  # of the time of an answer, at most: the server tells before it is cut off

# Where a server acknowledges before it has written, an acknowledgement would be worth nothing.
# How the writer's rows are put does not depend on their number: planned anew for each group of a
# few rows, as the server would, a lone request took half as long again.
_WRITING = (
    "SET default_transaction_read_only = off; SET work_mem = '64MB';"
    " SET plan_cache_mode = force_generic_plan;"
    " SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'"
)
# A plan is kept: one made while its tables are small would go through them row by row, and would
# still do so once they are large, until the server has counted them again. Where it has not counted
# yet it would rather collect and sort all that follows than walk an index for one page. Each
# statement has an index in its order, so its plan does not depend on its values, and is made once.
_READING = (
    "SET default_transaction_read_only = on; SET enable_seqscan = off;"
    " SET enable_bitmapscan = off; SET enable_sort = off; SET plan_cache_mode = force_generic_plan"
)
_READ_ONCE = 1
"""What is read again is prepared: the server would take as long to plan it as to answer it."""

_AWAY = Failure("store_unavailable", "The database cannot be reached, read or written.")
_CROWDED = Failure("store_busy", "The database has too many connections; try again.")
_FAILURES: tuple[tuple[type[psycopg.Error], Failure], ...] = (
    (errors.DiskFull, FULL),
    (errors.LockNotAvailable, BUSY),
    (errors.QueryCanceled, BUSY),
    (errors.DeadlockDetected, BUSY),
    (errors.SerializationFailure, BUSY),
    (errors.TooManyConnections, _CROWDED),
    (errors.DataCorrupted, DAMAGED),
    (errors.IndexCorrupted, DAMAGED),
    (psycopg.Error, _AWAY),
)


def failure(error: psycopg.Error | UnicodeEncodeError) -> SeawallError:
    """Turn a failure of PostgreSQL into one of seawall, without its SQL and without its place."""
    if isinstance(error, UnicodeEncodeError):  # half of a surrogate pair is no text
        return refused_value()
    if isinstance(error, psycopg.IntegrityError):
        is_reference = isinstance(error, errors.ForeignKeyViolation)
        return refused_row(error.diag.message_primary or "", is_reference=is_reference)
    # An index has no place for a row: an identifier to which nothing can refer.
    if isinstance(error, psycopg.DataError | errors.ProgramLimitExceeded):
        return refused_value()
    return next(failure for kind, failure in _FAILURES if isinstance(error, kind)).error()


@contextmanager
def translated() -> Iterator[None]:
    """Turn failures of PostgreSQL into failures of seawall."""
    try:
        yield
    except psycopg.Error as error:
        raise failure(error) from error
    except UnicodeDecodeError as error:
        raise GARBLED_TEXT.error() from error


def unavailable() -> StoreError:
    """Make the failure of a server that does not answer."""
    return _AWAY.error()


def _require_version(session: Session) -> None:
    """End a session of a server that is too old, before anything is asked of it."""
    major = session.info.server_version // 10_000
    if major < LEAST_VERSION:
        session.close()
        raise StoreError(
            f"The server is PostgreSQL {major}; {LEAST_VERSION} or later is needed.",
            code="server_too_old",
        )


class Server:
    """The database of a URL; knows for a moment that it is away.

    Parameters
    ----------
    url : str
        ``postgresql://user:password@host:port/database?parameter=value``: see `read_url`.

    Raises
    ------
    InvalidInput
        As `read_url`.
    """

    def __init__(self, url: str) -> None:
        place = read_url(url)
        self._parameters: dict[str, Any] = {**_ASIDE, **place.parameters}
        lock_s = min(_LOCK_S, place.answer_s * _LOCK_SHARE)
        self._session = _SESSION.format(lock_ms=1_000 * lock_s)
        self.resolve_s = place.resolve_s
        self.deadlines = Deadlines(place.answer_s)
        self._lock = threading.Lock()
        self._pause_s = 0.0  # 0 while the server is there
        self._knock_at = 0.0
        self._knocking = False

    def connect(self, *, writing: bool) -> Session:
        """Open a session in which each statement is its own transaction.

        Raises
        ------
        StoreError
            ``store_unavailable``; at once where an attempt has just failed. ``server_too_old``
            before ``LEAST_VERSION``.
        """
        self._enter()
        try:
            session = psycopg.connect(**self._parameters, autocommit=True)
            _require_version(session)
            register_arrays(session.adapters)
            if not writing:
                session.prepare_threshold = _READ_ONCE
            with self.deadlines.answering(session):
                session.execute((self._session + (_WRITING if writing else _READING)).encode())
        except psycopg.Error as error:
            self._leave(failed=True)
            raise failure(error) from error
        except BaseException:
            self._leave(failed=True)
            raise
        self._leave(failed=False)
        return session

    def close(self) -> None:
        """Stop watching over its sessions, which are closed already."""
        self.deadlines.close()

    def _enter(self) -> None:
        with self._lock:
            if self._pause_s and (self._knocking or time.monotonic() < self._knock_at):
                raise unavailable()
            self._knocking = True

    def _leave(self, *, failed: bool) -> None:
        with self._lock:
            self._knocking = False
            if failed:
                longer = max(FIRST_PAUSE_S, self._pause_s * PAUSE_GROWTH)
                self._pause_s = min(longer, LONGEST_PAUSE_S)
                shortened = random.uniform(0.5, 1.0)  # noqa: S311  (not a secret)
                self._knock_at = time.monotonic() + shortened * self._pause_s
            else:
                self._pause_s = 0.0
