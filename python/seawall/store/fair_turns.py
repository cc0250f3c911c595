"""Turns at something scarce: whoever came first is next, and nobody waits for long."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from seawall.store.refusals import READS_WAIT

MAX_WAITING = 100
"""Threads that wait; one more is refused at once."""

WAIT_S = 0.9
"""How long each does: within a second everybody is told, and can ask elsewhere, or later."""


class FairTurns:
    """Lets so many threads in at once, the others in the order in which they came.

    A semaphore would let a thread that comes back at once overtake those that wait.

    Parameters
    ----------
    at_once : int
        Threads that are let in.
    most_waiting, wait_s : int, float
        See ``MAX_WAITING`` and ``WAIT_S``.
    """

    def __init__(
        self, at_once: int, *, most_waiting: int = MAX_WAITING, wait_s: float = WAIT_S
    ) -> None:
        self.at_once = at_once
        self._free = at_once
        self._most_waiting = most_waiting
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()  # each is held until its turn

    @property
    def taken(self) -> int:
        """How many threads have a turn."""
        return self.at_once - self._free

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have a turn for the length of the block.

        Raises
        ------
        StoreError
            ``store_busy`` when too many wait, or the turn did not come in time.
        """
        self._take()
        try:
            yield
        finally:
            self._hand_on()

    def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._waiting) >= self._most_waiting:
                raise READS_WAIT.error()
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            came = mine.acquire(timeout=self._wait_s)
        except BaseException:  # an interrupt
            if not self._withdrew(mine):
                self._hand_on()
            raise
        if not came and self._withdrew(mine):
            raise READS_WAIT.error()

    def _withdrew(self, mine: threading.Lock) -> bool:
        """Wait no longer; False where the turn has come meanwhile."""
        with self._lock:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True

    def _hand_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
