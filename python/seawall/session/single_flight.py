"""Work that several ask for at once is done once."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Made = TypeVar("Made")


def then(before: Future[Any], make: Callable[[], Made]) -> Future[Made]:
    """Return a future of what is made once another is done; it fails as the other does.

    Once that is done, the other knows neither what makes nor what was made: it may be known there.
    """
    after: Future[Made] = Future()
    waiting = [(after, make)]

    def pass_on(done: Future[Any]) -> None:
        after, make = waiting.pop()
        if not after.set_running_or_notify_cancel():
            return
        # A failure is handed on as it is: raised here it would know this call, and so itself.
        if (failure := done.exception()) is not None:
            after.set_exception(failure)
            return
        try:
            after.set_result(make())
        except BaseException as error:
            after.set_exception(error)
            del after

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
