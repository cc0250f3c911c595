"""Clients that write through a fault, ask again what was refused, and note what they are told."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count as numbers
from random import Random
from types import TracebackType
from typing import Protocol, Self

from seawall.errors import SeawallError
from seawall.lab.faults.requests import TIMEOUT_S, UNAUDITED, outcome, put_request
from seawall.lab.faults.row import Tally
from seawall.store import Transaction

CLIENTS = 4
_LONGEST_PAUSE_S = 0.01  # of a client, between an answer and what it asks next
_MANY = 40  # requests at once: the next group is made ready while one is under way
_OFTEN = 0.2  # a client asks for many
_UNAUDITED = 0.7  # of the requests, so that groups of nothing else are common
_LONGEST_WAIT_S = 0.02  # before a refused request is asked again
_ASKED_AGAIN = frozenset({"store_unavailable", "store_busy"})
_UNKNOWN = "outcome_unknown"


class Writes(Protocol):
    """What takes the clients' requests: a store, or its group commit alone."""

    def submit(self, work: Callable[[Transaction], None], /) -> Future[None]:
        """Queue a request; its future resolves once its rows are durable."""


class Clients:
    """Some clients, from the beginning of a ``with`` block to its end.

    A request that was refused is asked again as it is, audit entry included: a refusal says that
    nothing of it is kept, so if that is not true it is there twice. Of one whose outcome nobody
    knows nothing is expected but that it is there whole or not at all.

    Parameters
    ----------
    store : Writes
        Who is asked.
    name : str
        The requests begin with it.
    seed : int
        Of the pauses.
    deadline_s : float
        An answer that takes longer is late, whatever it says.
    """

    def __init__(
        self,
        store: Writes,
        *,
        name: str,
        seed: int,
        deadline_s: float = TIMEOUT_S,
    ) -> None:
        self._store = store
        self._name = name
        self._seed = seed
        self._deadline_s = deadline_s
        self._over = threading.Event()
        self._told = threading.Condition()
        self._last = 0.0  # when something was acknowledged
        self.acknowledged: set[str] = set()
        self.refusals: Counter[str] = Counter()
        self.slowest_s = 0.0
        self.late = 0
        self.without_code = 0
        self._threads = [
            threading.Thread(target=self._write, args=(client,)) for client in range(CLIENTS)
        ]

    def next_acknowledgement(self) -> float | None:
        """Wait for one; return how long that took, or None when none came for a minute."""
        before = time.monotonic()
        with self._told:
            known = len(self.acknowledged)
            if not self._told.wait_for(lambda: len(self.acknowledged) > known, TIMEOUT_S):
                return None
            return max(0.0, self._last - before)

    def recovers(self, tally: Tally) -> bool:
        """Count a fault that was tried; False when they were told nothing for a minute after it."""
        recovery_s = self.next_acknowledgement()
        tally.tried += 1
        if recovery_s is None:
            tally.unexpected += 1
            return False
        tally.recoveries_s.append(recovery_s)
        return True

    def count(self, tally: Tally) -> None:
        """Add what they were told to the counts."""
        tally.acknowledged += len(self.acknowledged)
        tally.unexpected += self.late + self.without_code

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End, once each has the answer that it waits for."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _write(self, client: int) -> None:
        random = Random(f"{self._seed}-{client}")  # noqa: S311  (a schedule, not a secret)
        for number in numbers():
            ending = UNAUDITED if random.random() < _UNAUDITED else ""
            count = _MANY if random.random() < _OFTEN else 1
            asked = f"{self._name}.{client}.{number}"
            self._ask([f"{asked}.{place}{ending}" for place in range(count)], random)
            if self._over.wait(random.uniform(0, _LONGEST_PAUSE_S)):
                return

    def _ask(self, names: list[str], random: Random) -> None:
        """Ask until each is acknowledged, or nothing can be known of it."""
        while names:
            before = time.monotonic()
            futures = [self._submitted(name) for name in names]
            again = []
            for name, future in zip(names, futures, strict=True):
                try:
                    told = outcome(future)
                except Exception:  # without a code, or no answer at all
                    self.without_code += 1
                    continue
                took = time.monotonic() - before
                self.slowest_s = max(self.slowest_s, took)
                self.late += took > self._deadline_s
                if self._is_to_be_asked_again(name, told):
                    again.append(name)
            names = again
            if names and self._over.wait(random.uniform(0, _LONGEST_WAIT_S)):
                return

    def _submitted(self, name: str) -> Future[None]:
        try:
            return self._store.submit(put_request(name))
        except SeawallError as error:
            refused: Future[None] = Future()
            refused.set_exception(error)
            return refused

    def _is_to_be_asked_again(self, name: str, told: str) -> bool:
        with self._told:
            if told == "done":
                self.acknowledged.add(name)
                self._last = time.monotonic()
                self._told.notify_all()
                return False
            self.refusals[told] += 1
        if told in _ASKED_AGAIN:
            return True
        self.without_code += told != _UNKNOWN
        return False


def added(tallies: list[Tally]) -> Tally:
    """Add up the counts of parts that were tried side by side."""
    whole = Tally()
    for tally in tallies:
        for name in ("tried", "acknowledged", "lost", "torn", "duplicated", "unexpected"):
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
        whole.recoveries_s += tally.recoveries_s
    return whole


def shown(refusals: Counter[str]) -> str:
    """Tell refusals in the order of their codes."""
    return ", ".join(f"{count} {code}" for code, count in sorted(refusals.items())) or "none"
