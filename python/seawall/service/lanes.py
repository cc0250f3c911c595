"""Threads in lanes: heavy work never takes a light request's thread, nor one tenant all of them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from queue import SimpleQueue
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar

import msgspec

from seawall.service.precedence import Precedence
from seawall.service.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")

LaneName: TypeAlias = Literal["light", "heavy"]


class Turn(msgspec.Struct, frozen=True):
    """Whose work it is, and of which kind."""

    tenant: str = ""
    lane: LaneName = "light"


_TURN: ContextVar[Turn | None] = ContextVar("seawall_turn", default=None)
_NOBODY = Turn()


def take_turn(turn: Turn) -> None:
    """Say whose work it is that the rest of this task submits."""
    _TURN.set(turn)


@contextmanager
def in_turn(turn: Turn) -> Iterator[None]:
    """Submit what is submitted meanwhile as the work of a turn."""
    token = _TURN.set(turn)
    try:
        yield
    finally:
        _TURN.reset(token)


def present_turn() -> Turn:
    """Return whose work is submitted at present."""
    return _TURN.get() or _NOBODY


class _Work:
    __slots__ = ("future", "run")

    def __init__(self, future: Future[Any], run: Callable[[], Any]) -> None:
        self.future = future
        self.run = run

    def do(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            answer = self.run()
        except BaseException as error:
            self.future.set_exception(error)
            del self  # the error knows this frame: nothing is to know the error
        else:
            self.future.set_result(answer)


class Lane(Executor):
    """Threads that tenants take turns at (see `Turns`).

    Parameters
    ----------
    threads : int
        How many.
    name : str
        Of the threads.
    """

    def __init__(self, threads: int, *, name: str) -> None:
        self.turns: Turns[_Work] = Turns(threads)
        self._lock = threading.Lock()
        self._begun: SimpleQueue[tuple[str, _Work] | None] = SimpleQueue()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue work for the tenant of the present turn."""
        future: Future[T] = Future()
        work = _Work(future, partial(fn, *args, **kwargs))
        tenant = present_turn().tenant
        with self._lock:
            if self._closed:
                raise RuntimeError("the lane is closed")
            if self.turns.ask(tenant, work):
                self._begun.put((tenant, work))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more; what is queued is done first unless it is to be cancelled."""
        with self._lock:
            is_first, self._closed = not self._closed, True
            dropped = self.turns.clear() if cancel_futures else []
        for work in dropped:
            work.future.cancel()
            work.future.set_running_or_notify_cancel()
        if is_first:
            for _ in self._threads:
                self._begun.put(None)  # after all that has begun; what waits follows on it
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        while (following := self._begun.get()) is not None:
            while following is not None:
                tenant, work = following
                work.do()
                del work  # nothing is kept while the thread waits
                with self._lock:
                    following = self.turns.end(tenant)


class Lanes(Executor):
    """Two lanes as one executor: the turn says which.

    Work in parts heeds ``precedence`` between any two of them.
    """

    def __init__(self, *, light: int, heavy: int) -> None:
        self.precedence = Precedence()
        self.by_name: dict[LaneName, Lane] = {
            "light": Lane(light, name="seawall-request"),
            "heavy": Lane(heavy, name="seawall-heavy"),
        }

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue work in the lane of the present turn."""
        return self.by_name[present_turn().lane].submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close both."""
        for lane in self.by_name.values():
            lane.shutdown(wait, cancel_futures=cancel_futures)
