"""A cache that is bounded by bytes: what was used least lately goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ByteBoundedCache(Generic[Value]):
    """Values by key; safe for several threads.

    Parameters
    ----------
    max_bytes : int
        What all values together may weigh. A heavier value is made and not kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], tuple[Value, int]]) -> Value:
        """Return the value, made by ``make`` (value, bytes) when it is not there."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key][0]
        value, weight = make()
        with self._lock:
            if key not in self._entries and weight <= self._max_bytes:
                self._entries[key] = (value, weight)
                self._bytes += weight
                while self._bytes > self._max_bytes:
                    self._bytes -= self._entries.popitem(last=False)[1][1]
        return value
