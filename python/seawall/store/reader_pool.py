"""Connections that only read, one for each thread that reads at this moment."""

import threading
from contextlib import AbstractContextManager
from typing import Generic, NamedTuple, Protocol, TypeVar

from seawall.store.fair_turns import MAX_WAITING, FairTurns
from seawall.store.refusals import CLOSED


class _Closable(Protocol):
    def close(self) -> None:
        """Close it for good."""


C = TypeVar("C", bound=_Closable)


class ReaderUse(NamedTuple):
    """How a pool is used at this moment."""

    in_use: int
    most: int  # at once
    waiting: int  # threads


class ReaderPool(Generic[C]):
    """A small pool, of connections that are opened when they are needed and then kept.

    Parameters
    ----------
    most : int
        Connections at once.
    wait_s : float
        How long a thread waits for one that is out.
    most_waiting : int
        Threads that wait; one more is refused at once.
    """

    def __init__(self, *, most: int, wait_s: float, most_waiting: int = MAX_WAITING) -> None:
        self._turns = FairTurns(most, most_waiting=most_waiting, wait_s=wait_s)
        self._lock = threading.Lock()
        self._idle: list[C] = []
        self._closed = False

    def use(self) -> ReaderUse:
        """Tell how many connections are out, and how many threads wait for one."""
        turns = self._turns
        return ReaderUse(turns.taken, turns.at_once, turns.waiting)

    def turn(self) -> AbstractContextManager[None]:
        """Wait until one more connection may be out.

        Raises
        ------
        StoreError
            ``store_busy`` when none came back in time, or too many threads wait already.
        """
        return self._turns.one()

    def borrow(self) -> C | None:
        """Take an idle connection; None when a new one must be opened.

        Raises
        ------
        StoreError
            ``store_closed`` after `close`.
        """
        with self._lock:
            if self._closed:
                raise CLOSED.error()
            return self._idle.pop() if self._idle else None

    def give_back(self, connection: C, *, dead: bool = False) -> None:
        """Keep a connection for the next, unless it is dead or the pool was closed meanwhile."""
        with self._lock:
            if not self._closed and not dead:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close idle connections now, and borrowed ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
