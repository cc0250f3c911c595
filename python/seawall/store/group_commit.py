"""One writer thread that commits everything queued during its last commit as one transaction.

There is no timer: an idle store commits a lone request at once, and a busy one finds its group
waiting when the previous commit returns. Where that answered many, they come back in a moment, and
the next group goes on once they have: half as many groups of twice the size cost a database less.

Where the driver can send a group whole, the writer makes the next one ready meanwhile. It is sent
as soon as the former has ended well, and only then are those of the former told: while they come
back with something new, the database works already. So of many that wait one half is sent first.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Generic, TypeVar

from seawall.store.commit_driver import CommitDriver, RunAgain, SendingDriver
from seawall.store.group_run import Group, Request
from seawall.store.refusals import CLOSED, WRITES_WAIT

T = TypeVar("T")
Tx = TypeVar("Tx")

MAX_GROUP = 256
MAX_QUEUED = 4_096
BRISK = 16
"""Those who were answered are waited for while at least one in so many comes back in a moment."""

MOMENT_S = 1e-5
"""How long a moment is at least: other threads have their turn."""

BESIDE = 16
"""So many at least are made ready beside a group that is under way: a group has its price."""

MAX_RUNS = 4
"""Times that a group runs at most, where the driver asks to run it again."""

CommitWatch = Callable[[int], Callable[[], None]]
"""Called with a group's size when its commit begins; what it returns is called when it ends."""


def unwatched(_: int) -> Callable[[], None]:
    """Watch nothing."""
    return _nothing


def _nothing() -> None:
    return


class GroupCommit(Generic[Tx]):
    """Runs submitted work in groups, each request inside its own savepoint.

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
        self._sending = driver if isinstance(driver, SendingDriver) else None
        self._max_group = max_group
        self._max_queued = max_queued
        self._queue: deque[Request] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._underway: Group | None = None  # sent, and nobody knows yet what became of it
        self._was_sent = False  # the last group that began while none was under way
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
            self._queue.extend(map(Request, works, futures))
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
        requests: list[Request] = []
        try:
            while (requests := self._next_requests()) or self._underway is not None:
                self._serve(requests)
                self._driver.tidy()
        except BaseException as error:
            # Nobody may wait for ever on a dead writer; threading.excepthook reports the cause.
            self._abandon(requests, error)
            raise

    # --- who is in the next group

    def _next_requests(self) -> list[Request]:
        if self._underway is None:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closed)
        self._await_the_answered()
        with self._changed:
            return [self._queue.popleft() for _ in range(self._share())]

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

    def _share(self) -> int:
        """Tell how many of those who wait are taken: as many as are left, or under way."""
        waiting = len(self._queue)
        underway = 0 if self._underway is None else self._underway.size
        if underway and waiting < BESIDE:
            return 0
        if self._was_sent and underway + waiting >= 2 * BESIDE:
            waiting = min(waiting, (underway + waiting + 1) // 2)
        return min(waiting, self._max_group)

    # --- what becomes of a group

    def _serve(self, requests: list[Request]) -> None:
        live = [request for request in requests if request.future.set_running_or_notify_cancel()]
        group = Group(live, self.watch(len(live))) if live else None
        if self._sending is not None and self._underway is not None:
            group = self._follow(self._sending, self._underway, group)
        if group is not None:
            self._commit(group)
        # Refusals know this call too, see `Group`.
        for those in (requests, live):
            those.clear()

    def _follow(
        self, driver: SendingDriver[Tx], former: Group, group: Group | None
    ) -> Group | None:
        """End the group that is under way, the next one being sent at once; return it if not."""
        is_ready = group is not None and self._made_ready(driver, group)
        is_sent = False
        if self._ended_well(former, driver.finish):
            is_sent = is_ready and driver.send()
            self._answer(former)
        self._underway = group if is_sent else None
        return None if is_sent else group

    @staticmethod
    def _made_ready(driver: SendingDriver[Tx], group: Group) -> bool:
        try:
            group.run(driver)
            driver.prepare()
        except (Exception, RunAgain):
            return False  # it runs again, alone, and fails there if it must
        return True

    def _commit(self, group: Group) -> None:
        """Do a group while none is under way: afterwards it is answered, or under way itself."""
        self._was_sent = False
        if self._ended_well(group, partial(self._send_or_commit, group)):
            if self._was_sent:
                self._underway = group
            else:
                self._answer(group)

    def _send_or_commit(self, group: Group) -> None:
        group.run(self._driver)
        if self._sending is not None:
            self._sending.prepare()
            self._was_sent = self._sending.send()
        if not self._was_sent:
            self._driver.commit()

    def _ended_well(self, group: Group, step: Callable[[], None]) -> bool:
        """Do a step of a group; False where it was refused or run again, and told either way."""
        try:
            step()
        except RunAgain:
            pass
        except BaseException as error:
            self._refuse(group, error)
            return False
        else:
            return True
        try:
            self._run_again(group)
        except BaseException as error:
            self._refuse(group, error)
        else:
            self._answer(group)
        return False

    def _run_again(self, group: Group) -> None:
        """Run a group for as long as the driver wants it, whole in one step."""
        runs = 1
        while True:
            self._driver.rollback()
            runs += 1
            try:
                group.run(self._driver)
                self._driver.commit()
            except RunAgain as again:
                if runs == MAX_RUNS:
                    raise again.cause from again
            else:
                return

    def _refuse(self, group: Group, error: BaseException) -> None:
        self._driver.rollback()
        group.refuse(error)

    def _answer(self, group: Group) -> None:
        self._answered = group.size
        self._expected = len(self._queue) + group.size
        group.answer()

    def _abandon(self, requests: list[Request], error: BaseException) -> None:
        with self._changed:
            self._closed = True
            groups = [Group([*requests, *self._queue], _nothing)]
            self._queue.clear()
        if self._underway is not None:
            groups.append(self._underway)
        for group in groups:
            group.abandon(error)
