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

    def join(self, key: Hashable, start: Callable[[], Future[Value]]) -> tuple[Future[Value], bool]:
        """Return the future under way, else start one; and whether this call started it.

        A future is under way until it is done: ``start`` finds for itself what was done before.
        """
        with self._lock:
            under_way = self._under_way.get(key)
            if under_way is not None:
                return under_way, False
            # Nobody is given it to cancel: all who joined wait for it.
            future: Future[Value] = Future()
            self._under_way[key] = future
        try:
            start().add_done_callback(lambda done: self._land(key, done))
        except BaseException as error:
            failed: Future[Value] = Future()
            failed.set_exception(error)
            self._land(key, failed)
        return future, True

    def _land(self, key: Hashable, done: Future[Value]) -> None:
        with self._lock:
            future = self._under_way.pop(key)
        error = done.exception()
        if error is None:
            future.set_result(done.result())
        else:
            future.set_exception(error)
