"""Work that several ask for at once is done once."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")
Made = TypeVar("Made")


def then(before: Future[Value], make: Callable[[Value], Made]) -> Future[Made]:
    """Return a future of what ``make`` makes of another's value; it fails as the other does."""
    after: Future[Made] = Future()

    def pass_on(done: Future[Value]) -> None:
        if not after.set_running_or_notify_cancel():
            return
        try:
            after.set_result(make(done.result()))
        except BaseException as error:
            after.set_exception(error)

    before.add_done_callback(pass_on)
    return after


class SingleFlight(Generic[Value]):
    """Futures under way, by key."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, Future[Value]] = {}
        self._lock = Lock()

    def begin(self, key: Hashable) -> tuple[Future[Value], bool]:
        """Return the future under way, else a new one; and whether it is new.

        Who begins one lands it, whatever happens.
        """
        with self._lock:
            under_way = self._under_way.get(key)
            if under_way is not None:
                return under_way, False
            # Nobody is given it to cancel: all who joined wait for it.
            future: Future[Value] = Future()
            self._under_way[key] = future
            return future, True

    def land(self, key: Hashable, value: Value) -> None:
        """Give its value to all who wait."""
        self._ended(key).set_result(value)

    def fail(self, key: Hashable, error: BaseException) -> None:
        """Have all who wait fail."""
        self._ended(key).set_exception(error)

    def _ended(self, key: Hashable) -> Future[Value]:
        with self._lock:
            return self._under_way.pop(key)
