"""New runs, several in a turn of a thread: begun by one look into the store, written together.

A turn is short, and one run that takes long holds up no other: a second thread goes on with those
behind it, and what was computed before it is written.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Lock
from time import monotonic

from seawall.service.known_answers import KnownAnswer
from seawall.service.lanes import Lanes, Turn, in_turn, present_turn
from seawall.session import Run
from seawall.session.held_run import MadeRun
from seawall.session.run_in_hand import BegunRun, RunInHand, without_kept, write_runs

TURN_S = 0.02
TOGETHER = 32
STALLED_S = 0.01
MOST_QUEUES = 1_024


class AskedAnswer:
    """A request for a run, on its way to the answer.

    Parameters
    ----------
    begin : callable
        Gives the question its place; called on a thread, it may raise.
    encode : callable
        Makes the answer's JSON of a run.
    headers : iterable
        Of the request: whether its answer is to be packed.
    known : KnownAnswer, optional
        The answer, where it only has to be packed.
    """

    __slots__ = (
        *("_encode", "_headers", "_known"),
        *("answer", "begin", "begun", "error", "run", "waiting"),
    )

    def __init__(
        self,
        begin: Callable[["AskedAnswer"], BegunRun],
        encode: Callable[[Run], bytes],
        headers: Iterable[tuple[bytes, bytes]],
        known: KnownAnswer | None = None,
    ) -> None:
        self.begin = begin
        self._encode = encode
        self._headers = headers
        self._known = known
        self.answer: KnownAnswer
        self.begun: BegunRun
        self.run: Run
        self.error: BaseException | None = None
        self.waiting: asyncio.Future[None]

    def prepare(self, run: Run) -> None:
        """Make the answer."""
        answer = self._known or KnownAnswer(self._encode(run))
        if not answer.is_ready_for(self._headers):
            answer.pack()
        self.answer, self.run, self._known = answer, run, answer

    def outcome(self) -> KnownAnswer:
        """Return the answer, or raise what came instead: once, as it knows calls that know this."""
        error, self.error = self.error, None
        if error is None:
            return self.answer
        try:
            raise error
        finally:
            del error


class _Queue:
    """What one tenant asks for; the lock is for all that changes."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.lock = Lock()
        self.turns = 0  # that are under way or wait for a thread
        self.taken = 0
        self.is_watched = False
        self.arrived: deque[AskedAnswer] = deque()
        self.ready: deque[RunInHand] = deque()
        self.computed: list[RunInHand] = []

    def has_more(self) -> bool:
        return bool(self.arrived or self.ready)

    def write(self) -> None:
        with self.lock:
            computed, self.computed = self.computed, []
        write_runs(computed)


class RunTurns:
    """Answers requests for runs on the threads of the lanes."""

    def __init__(self, workers: Lanes) -> None:
        self._workers = workers
        self._queues: dict[Turn, _Queue] = {}
        self._answered: deque[AskedAnswer] = deque()
        self._is_told = False

    async def answer(self, asked: AskedAnswer) -> KnownAnswer:
        """Return the answer once its run is durable; ``asked`` has the run then."""
        loop = asyncio.get_running_loop()
        asked.waiting = loop.create_future()
        queue = self._queue_of(present_turn())
        queue.arrived.append(asked)
        with queue.lock:
            is_first = queue.turns == 0
            queue.turns += is_first
        if is_first:
            self._start(queue, loop)
        elif not queue.is_watched:
            queue.is_watched = True
            loop.call_later(STALLED_S, self._look, queue, loop, queue.taken)
        await asked.waiting
        return asked.outcome()

    def _queue_of(self, turn: Turn) -> _Queue:
        queue = self._queues.get(turn)
        if queue is None:
            if len(self._queues) >= MOST_QUEUES:
                self._queues = {t: q for t, q in self._queues.items() if q.turns}
            queue = self._queues[turn] = _Queue(turn)
        return queue

    def _start(self, queue: _Queue, loop: asyncio.AbstractEventLoop) -> None:
        with in_turn(queue.turn):
            self._workers.submit(self._take_turn, queue, loop)

    def _look(self, queue: _Queue, loop: asyncio.AbstractEventLoop, taken: int) -> None:
        """Send another thread when the present ones have begun nothing lately."""
        with queue.lock:
            queue.is_watched = queue.turns > 0
            is_stalled = queue.is_watched and queue.taken == taken
            is_wanted = is_stalled and queue.has_more()
            queue.turns += is_wanted
        if is_stalled:
            queue.write()
        if is_wanted:
            self._start(queue, loop)
        if queue.is_watched:
            loop.call_later(STALLED_S, self._look, queue, loop, queue.taken)

    def _take_turn(self, queue: _Queue, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            ends = monotonic() + TURN_S
            while (run := self._next(queue, loop)) is not None:
                if run.compute():
                    with queue.lock:
                        queue.computed.append(run)
                self._workers.precedence.give_way()
                if monotonic() >= ends:
                    break
            queue.write()
            with queue.lock:
                if not queue.has_more():
                    queue.turns -= 1
                    return
            try:
                self._start(queue, loop)  # behind other tenants who wait
            except RuntimeError:  # the lane is closing: what is queued is done first
                continue
            return

    def _next(self, queue: _Queue, loop: asyncio.AbstractEventLoop) -> RunInHand | None:
        while True:
            with queue.lock:
                queue.taken += 1
                if queue.ready:
                    return queue.ready.popleft()
                some = [queue.arrived.popleft() for _ in range(min(len(queue.arrived), TOGETHER))]
            if not some:
                return None
            self._begin(some, queue, loop)

    def _begin(
        self, some: list[AskedAnswer], queue: _Queue, loop: asyncio.AbstractEventLoop
    ) -> None:
        hands = []
        for asked in some:
            try:
                begun = asked.begun = asked.begin(asked)
            except BaseException as error:
                asked.error = error
                self._tell(asked, loop)
                continue
            if begun.in_hand is not None:
                hands.append(begun.in_hand)
            elif not begun.made.done():  # another has it in hand: no work for the writer's thread
                begun.made.add_done_callback(
                    partial(self._finish_on_thread, asked, queue.turn, loop)
                )
                continue
            begun.made.add_done_callback(partial(self._finish, asked, loop))
        ready = without_kept(hands)
        with queue.lock:
            queue.ready.extend(ready)

    def _finish_on_thread(
        self,
        asked: AskedAnswer,
        turn: Turn,
        loop: asyncio.AbstractEventLoop,
        made: Future[MadeRun],
    ) -> None:
        try:
            with in_turn(turn):
                self._workers.submit(self._finish, asked, loop, made)
        except RuntimeError:  # the lane is closed
            self._finish(asked, loop, made)

    def _finish(
        self, asked: AskedAnswer, loop: asyncio.AbstractEventLoop, made: Future[MadeRun]
    ) -> None:
        try:
            # A failure is handed on as it is: raised here it would know this call, and so itself.
            asked.error = made.exception()
            if asked.error is None:
                asked.prepare(asked.begun.run())
        except BaseException as error:
            asked.error = error
        del asked.begun  # it knows `asked`
        self._tell(asked, loop)

    def _tell(self, asked: AskedAnswer, loop: asyncio.AbstractEventLoop) -> None:
        """Wake who waits; all of a moment by one call."""
        self._answered.append(asked)
        if not self._is_told:
            self._is_told = True
            with suppress(RuntimeError):  # the loop is closed, and nobody waits
                loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._is_told = False  # first: who comes later calls again
        while self._answered:
            waiting = self._answered.popleft().waiting
            if not waiting.done():  # else its caller has gone
                waiting.set_result(None)
