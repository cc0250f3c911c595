"""Rate limits in memory: a token bucket for each name, kept as one number.

The bucket is the generic cell rate algorithm (ITU-T I.371): of each name only the time is kept at
which its bucket will be full again. That is a look-up, where a window of past requests keeps as
many entries as it admits.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Annotated

import msgspec

MAX_NAMES = 65_536


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many requests a second in the long run, and so many at once."""

    per_second: Annotated[float, msgspec.Meta(gt=0, le=1e6)]
    burst: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class RateLimiter:
    """Token buckets of one rate. For one thread, the event loop's.

    Parameters
    ----------
    rate : Rate
        Of each name.
    clock : callable
        Returns seconds that never go back.
    max_names : int
        Names that are kept. The one not seen for longest is forgotten, and its bucket is full
        when it comes again: whoever has more addresses than that is for the proxy in front.
    """

    def __init__(
        self, rate: Rate, *, clock: Callable[[], float], max_names: int = MAX_NAMES
    ) -> None:
        self._interval = 1.0 / rate.per_second
        self._tolerance = self._interval * (rate.burst - 1)
        self._clock = clock
        self._max_names = max_names
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def take(self, name: Hashable) -> float:
        """Take one; return 0, or take nothing and return the seconds until there is one again."""
        now = self._clock()
        full_at = self._full_at.get(name, now)
        if full_at < now:
            full_at = now
        wait = full_at - now - self._tolerance
        if wait > 1e-9:  # rounding of the sums is no wait
            return wait
        self._full_at[name] = full_at + self._interval
        self._full_at.move_to_end(name)
        if len(self._full_at) > self._max_names:
            self._full_at.popitem(last=False)
        return 0.0
