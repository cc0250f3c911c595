"""A cache that is bounded by bytes: what was used least lately goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

import msgspec

Value = TypeVar("Value")


class CacheUse(msgspec.Struct, frozen=True):
    """How a cache was used so far, and what it holds now."""

    hits: int
    misses: int
    entries: int
    bytes: int
    max_bytes: int


class ByteBoundedCache(Generic[Value]):
    """Values by key; safe for several threads.

    Parameters
    ----------
    max_bytes : int
        What all values together may weigh. A heavier value is made and not kept.
    max_entries : int, optional
        How many are kept at most, where each is many objects that the collector walks.
    """

    def __init__(self, max_bytes: int, *, max_entries: int | None = None) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._bytes = 0
        self._hits = 0
        self._misses = 0
        self._entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._making: dict[Hashable, Future[Value] | None] = {}  # None: nobody waits for it
        self._lock = Lock()

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether a value is there; that is no use of it."""
        with self._lock:
            return key in self._entries

    def find(self, key: Hashable) -> Value | None:
        """Return the value; None when it is not there."""
        with self._lock:
            return self._found(key)

    def get(self, key: Hashable, make: Callable[[], tuple[Value, int]]) -> Value:
        """Return the value, made by ``make`` (value, bytes) when it is not there.

        Who asks while it is being made waits for it, and fails as its maker does.
        """
        with self._lock:
            held = self._found(key)
            if held is not None:
                return held
            making = None
            if key in self._making:
                making = self._making[key] = self._making[key] or Future()
            else:
                self._making[key] = None
        if making is not None:
            return making.result()
        try:
            value, weight = make()
        except BaseException as error:
            if (awaited := self._made(key)) is not None:
                awaited.set_exception(error)
            del awaited  # the error knows this frame, and all that its callers hold
            raise
        self.put(key, value, weight)
        if (awaited := self._made(key)) is not None:
            awaited.set_result(value)
        return value

    def put(self, key: Hashable, value: Value, weight: int) -> None:
        """Keep a value of so many bytes, unless one is there or it is too heavy."""
        with self._lock:
            if key in self._entries or weight > self._max_bytes:
                return
            self._entries[key] = (value, weight)
            self._bytes += weight
            while self._is_too_much():
                self._bytes -= self._entries.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def use(self) -> CacheUse:
        """Tell how it was used."""
        with self._lock:
            return CacheUse(
                self._hits, self._misses, len(self._entries), self._bytes, self._max_bytes
            )

    def _is_too_much(self) -> bool:
        most = self._max_entries
        return self._bytes > self._max_bytes or (most is not None and len(self._entries) > most)

    def _found(self, key: Hashable) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            self._misses += 1
            return None
        self._hits += 1
        self._entries.move_to_end(key)
        return entry[0]

    def _made(self, key: Hashable) -> Future[Value] | None:
        with self._lock:
            return self._making.pop(key)
