"""One writer thread that commits everything queued during its last commit as one transaction.

There is no timer: an idle store commits a lone request at once, and a busy one finds its group
waiting when the previous commit returns. Where that answered many, they come back in a moment, and
the next group goes on once they have: half as many groups of twice the size cost a database less.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import groupby, repeat
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from seawall.errors import SeawallError
from seawall.store.refusals import CLOSED, WRITES_WAIT

T = TypeVar("T")
Tx = TypeVar("Tx")
TxOut = TypeVar("TxOut", covariant=True)

MAX_GROUP = 256
MAX_QUEUED = 4_096
BRISK = 16
"""Those who were answered are waited for while at least one in so many comes back in a moment."""

MOMENT_S = 1e-5
"""How long a moment is at least: other threads have their turn."""

MAX_RUNS = 4
"""Times that a group runs at most, where the driver asks to run it again."""


class RunAgain(BaseException):  # what a request's work catches is never this
    """Raised by a driver: nothing of the group was kept, and it may run again.

    Parameters
    ----------
    cause : SeawallError
        What the requests fail with when the group has run too often.
    """

    def __init__(self, cause: SeawallError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class CommitDriver(Protocol[TxOut]):
    """The few statements that differ between databases; called by the writer thread only."""

    def begin(self) -> TxOut:
        """Start a transaction that already holds the right to write."""

    def savepoint(self) -> None:
        """Mark the start of one request, or of several that are done together."""

    def release(self) -> None:
        """Keep what was done since the mark."""

    def rollback_to_savepoint(self) -> None:
        """Undo what was done since the mark, and the mark itself."""

    def commit(self) -> None:
        """Return once the transaction is durable."""

    def rollback(self) -> None:
        """Undo the transaction; harmless when there is none."""

    def tidy(self) -> None:
        """Do housekeeping after the group was answered; never fails."""


CommitWatch = Callable[[int], Callable[[], None]]
"""Called with a group's size when its commit begins; what it returns is called when it ends."""


def unwatched(_: int) -> Callable[[], None]:
    """Watch nothing."""
    return _nothing


def _nothing() -> None:
    return


class Gathered(Protocol):
    """Work of a kind that is done for several requests at once where nothing goes wrong."""

    def __call__(self, transaction: Any, /) -> Any:
        """Do it alone."""

    def do_all(self, transaction: Any, works: Sequence[Any], /) -> Sequence[Any]:
        """Do works of this kind, itself among them; return the answer of each.

        When it raises, all of it is undone and each is done alone.
        """


_Work = Callable[[Any], Any]


class _Request(NamedTuple):
    work: _Work
    future: Future[Any]


def _kind(work: _Work) -> object:
    """Works of one kind may be done together; those of none are alone."""
    return getattr(type(work), "do_all", None)


_Outcomes = list[tuple[Any, BaseException | None]]


def _tell(requests: Sequence[_Request], outcomes: _Outcomes) -> None:
    for (_, future), (answer, refusal) in zip(requests, outcomes, strict=True):
        if refusal is None:
            future.set_result(answer)
        else:
            future.set_exception(refusal)


class GroupCommit(Generic[Tx]):
    """Runs submitted work in groups, each request inside its own savepoint.

    Neighbours of one kind of `Gathered` work share one, and have their own where that fails.

    Parameters
    ----------
    driver : CommitDriver
        Used by the writer thread alone until `close` has returned.
    max_group, max_queued : int
        Requests in one transaction, and requests that may wait for the next.
    """

    def __init__(
        self,
        driver: CommitDriver[Tx],
        *,
        max_group: int = MAX_GROUP,
        max_queued: int = MAX_QUEUED,
    ) -> None:
        self._driver = driver
        self._max_group = max_group
        self._max_queued = max_queued
        self._queue: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._answered = 0  # of the last group
        self._expected = 0  # that will wait once those have come back
        self.watch: CommitWatch = unwatched  # called by the writer thread; must not fail
        # A daemon, so that a forgotten close() cannot keep the process from ending:
        # what is lost then was never acknowledged.
        self._thread = threading.Thread(target=self._write, name="seawall-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Tx], T]) -> Future[T]:
        """Queue ``work``; its future resolves only after a durable commit.

        Raises
        ------
        StoreError
            ``store_busy`` when the queue is full, ``store_closed`` after `close`.
        """
        return self.submit_all([work])[0]

    def submit_all(self, works: Sequence[Callable[[Tx], T]]) -> list[Future[T]]:
        """Queue works at once, as `submit` each; all or none are queued."""
        futures: list[Future[T]] = [Future() for _ in works]
        with self._changed:
            if self._closed:
                raise CLOSED.error()
            if len(self._queue) + len(works) > self._max_queued:
                raise WRITES_WAIT.error()
            self._queue.extend(map(_Request, works, futures))
            self._changed.notify()
        return futures

    def queued(self) -> int:
        """Tell how many requests wait for the next group."""
        return len(self._queue)

    def close(self) -> None:
        """Refuse new work, commit what is queued and wait for the writer to end."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _write(self) -> None:
        group: list[_Request] = []
        try:
            while group := self._next_group():
                self._commit(group)
                self._driver.tidy()
        except BaseException as error:
            # Nobody may wait for ever on a dead writer; threading.excepthook reports the cause.
            self._abandon(group, error)
            raise

    def _next_group(self) -> list[_Request]:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
        self._await_the_answered()
        with self._changed:
            count = min(len(self._queue), self._max_group)
            return [self._queue.popleft() for _ in range(count)]

    def _await_the_answered(self) -> None:
        """Let those who were answered just now come back, as long as they do so briskly."""
        few = self._answered // BRISK
        enough = min(self._expected, self._max_group)
        waiting = len(self._queue)
        while few and waiting < enough and not self._closed:
            time.sleep(MOMENT_S)
            before, waiting = waiting, len(self._queue)
            if waiting - before < few:
                break

    def _commit(self, group: list[_Request]) -> None:
        live = [request for request in group if request.future.set_running_or_notify_cancel()]
        if not live:
            return
        ended = self.watch(len(live))
        outcomes: _Outcomes = []
        try:
            self._run([request.work for request in live], outcomes)
        except BaseException as error:
            self._driver.rollback()
            ended()
            _tell(live, [(None, error)] * len(live))
        else:
            ended()  # before anybody is told: who counts after an answer finds it counted
            self._answered = len(outcomes)
            self._expected = len(self._queue) + len(outcomes)
            _tell(live, outcomes)
        # A refusal knows the calls that it went through, this one too: they are to know neither
        # the refusal nor a future that fails with it, or only the collector finds them.
        for those in (group, live, outcomes):
            those.clear()

    def _run(self, works: list[_Work], outcomes: _Outcomes) -> None:
        runs = 1
        while True:
            try:
                return self._run_once(works, outcomes)
            except RunAgain as again:
                if runs == MAX_RUNS:
                    raise again.cause from again
                self._driver.rollback()
                outcomes.clear()
                runs += 1

    def _run_once(self, works: list[_Work], outcomes: _Outcomes) -> None:
        transaction = self._driver.begin()
        for kind, neighbours in groupby(works, key=_kind):
            some = list(neighbours)
            if kind is None or len(some) == 1 or not self._do_all(transaction, some, outcomes):
                for work in some:
                    self._do(transaction, work, outcomes)
        self._driver.commit()

    def _do(self, transaction: Tx, work: _Work, outcomes: _Outcomes) -> None:
        self._driver.savepoint()
        try:
            answer = work(transaction)
            self._driver.release()
        except RunAgain:
            raise
        except BaseException as error:
            self._undo_since_mark(error)
            outcomes.append((None, error))
        else:
            outcomes.append((answer, None))

    def _do_all(self, transaction: Tx, some: list[_Work], outcomes: _Outcomes) -> bool:
        """Do works of one kind together; False when that fails, and nothing of it is left."""
        kind: Any = some[0]
        self._driver.savepoint()
        try:
            answers = kind.do_all(transaction, some)
            self._driver.release()
        except Exception as error:
            self._undo_since_mark(error)
            return False
        outcomes.extend(zip(answers, repeat(None, len(some)), strict=True))
        return True

    def _undo_since_mark(self, error: BaseException) -> None:
        try:
            self._driver.rollback_to_savepoint()
        except Exception:
            # The database has already undone the whole transaction (a full disk does that),
            # so the group fails, and with the first cause.
            raise error from None

    def _abandon(self, group: list[_Request], error: BaseException) -> None:
        with self._changed:
            self._closed = True
            waiting = [*group, *self._queue]
            self._queue.clear()
        for _, future in waiting:
            if not future.done():
                future.set_exception(error)
