"""Failures to log in, counted by address and by key id.

Only failures are counted and only they are slowed down: a valid key passes whatever others did from
its address or with its id, so that nobody can shut a user out by failing in their name.
"""

from collections.abc import Callable

from seawall.service.access.rate_limit import MAX_NAMES, Rate, RateLimiter


class Throttle:
    """Says how long who failed too often must wait. For one thread, the event loop's.

    Parameters
    ----------
    rate : Rate
        Failures of an address, and of a key id.
    clock : callable
        Returns seconds that never go back.
    """

    def __init__(
        self, rate: Rate, *, clock: Callable[[], float], max_names: int = MAX_NAMES
    ) -> None:
        self._clock = clock
        self._failures = {
            kind: RateLimiter(rate, clock=clock, max_names=max_names)
            for kind in ("address", "key_id")
        }
        self._until: dict[str, float] = {}
        self._max_names = max_names

    def blocked(self, address: str) -> float:
        """Return the seconds that an address has still to wait, 0 when it may try."""
        until = self._until.get(address)
        if until is None:
            return 0.0
        wait = until - self._clock()
        if wait <= 0:
            del self._until[address]
            return 0.0
        return wait

    def failed(self, address: str, key_id: str | None) -> float:
        """Count a failure; return 0, or the seconds to wait when it was one too many."""
        wait = self._failures["address"].take(address)
        if wait:
            if len(self._until) >= self._max_names:
                self._until.clear()
            self._until[address] = self._clock() + wait
        if key_id is not None:
            wait = max(wait, self._failures["key_id"].take(key_id))
        return wait
