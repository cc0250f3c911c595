"""The requests of one group, done one after the other inside its transaction."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import groupby, repeat
from typing import Any, NamedTuple, Protocol

from seawall.store.commit_driver import CommitDriver, RunAgain


class Gathered(Protocol):
    """Work of a kind that is done for several requests at once where nothing goes wrong."""

    def __call__(self, transaction: Any, /) -> Any:
        """Do it alone."""

    def do_all(self, transaction: Any, works: Sequence[Any], /) -> Sequence[Any]:
        """Do works of this kind, itself among them; return the answer of each.

        When it raises, all of it is undone and each is done alone.
        """


Work = Callable[[Any], Any]


class Request(NamedTuple):
    """Work, and whom its answer is for."""

    work: Work
    future: Future[Any]


def _kind(work: Work) -> object:
    """Works of one kind may be done together; those of none are alone."""
    return getattr(type(work), "do_all", None)


class Group:
    """Requests that share a transaction, until they are told what became of them.

    Each is inside its own savepoint. Neighbours of one kind of `Gathered` work share one, and have
    their own where that fails.

    Parameters
    ----------
    requests : sequence of Request
        None of which can be cancelled any more.
    ended : callable
        Called once it is known what became of them.
    """

    def __init__(self, requests: Sequence[Request], ended: Callable[[], None]) -> None:
        self.size = len(requests)
        self._works = [request.work for request in requests]
        self._futures = [request.future for request in requests]
        self._ended = ended
        self._outcomes: list[tuple[Any, BaseException | None]] = []

    def run(self, driver: CommitDriver[Any]) -> None:
        """Begin a transaction and do all that is asked in it, forgetting a former run."""
        self._outcomes.clear()
        transaction = driver.begin()
        for kind, neighbours in groupby(self._works, key=_kind):
            some = list(neighbours)
            if kind is None or len(some) == 1 or not self._do_all(driver, transaction, some):
                for work in some:
                    self._do(driver, transaction, work)

    def answer(self) -> None:
        """Tell each what it was answered, for all of it is durable."""
        self._tell(self._outcomes)

    def refuse(self, error: BaseException) -> None:
        """Tell all that nothing of it was kept, or that nobody knows."""
        self._tell([(None, error)] * self.size)

    def abandon(self, error: BaseException) -> None:
        """Tell those who were told nothing that nobody will."""
        for future in self._futures:
            if not future.done():
                future.set_exception(error)

    def _tell(self, outcomes: list[tuple[Any, BaseException | None]]) -> None:
        self._ended()  # before anybody is told: who counts after an answer finds it counted
        for future, (answer, refusal) in zip(self._futures, outcomes, strict=True):
            if refusal is None:
                future.set_result(answer)
            else:
                future.set_exception(refusal)
        # A refusal knows the calls that it went through, and so this group: that is to know neither
        # the refusal nor a future that fails with it, or only the collector finds them.
        for those in (self._works, self._futures, self._outcomes, outcomes):
            those.clear()

    def _do(self, driver: CommitDriver[Any], transaction: Any, work: Work) -> None:
        driver.savepoint()
        try:
            answer = work(transaction)
            driver.release()
        except RunAgain:
            raise
        except BaseException as error:
            _undo_since_mark(driver, error)
            self._outcomes.append((None, error))
        else:
            self._outcomes.append((answer, None))

    def _do_all(self, driver: CommitDriver[Any], transaction: Any, some: list[Work]) -> bool:
        """Do works of one kind together; False when that fails, and nothing of it is left."""
        kind: Any = some[0]
        driver.savepoint()
        try:
            answers = kind.do_all(transaction, some)
            driver.release()
        except Exception as error:
            _undo_since_mark(driver, error)
            return False
        self._outcomes.extend(zip(answers, repeat(None, len(some)), strict=True))
        return True


def _undo_since_mark(driver: CommitDriver[Any], error: BaseException) -> None:
    try:
        driver.rollback_to_savepoint()
    except Exception:
        # The database has already undone the whole transaction (a full disk does that),
        # so the group fails, and with the first cause.
        raise error from None
