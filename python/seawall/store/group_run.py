"""The requests of one group, done one after the other inside its transaction."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import groupby
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


class Request(NamedTuple):
    """Work, and whom its answer is for."""

    work: Callable[[Any], Any]
    future: Future[Any]

    def kind(self) -> object:
        """Requests of one kind may be done together; those of none are alone."""
        return getattr(type(self.work), "do_all", None)


class Group:
    """Requests that share a transaction, until they are answered.

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
        self.requests = requests
        self._ended = ended
        self._outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []

    def run(self, driver: CommitDriver[Any]) -> None:
        """Begin a transaction and do all that is asked in it, forgetting a former run."""
        self._outcomes = []
        transaction = driver.begin()
        for kind, requests in groupby(self.requests, key=Request.kind):
            some = list(requests)
            if kind is None or len(some) == 1 or not self._do_all(driver, transaction, some):
                for request in some:
                    self._do(driver, transaction, request)

    def answer(self) -> None:
        """Tell each what it was answered, for all of it is durable."""
        self._ended()  # before anybody is told: who counts after an answer finds it counted
        for future, answer, refusal in self._outcomes:
            if refusal is None:
                future.set_result(answer)
            else:
                future.set_exception(refusal)

    def refuse(self, error: BaseException) -> None:
        """Tell all that nothing of it was kept, or that nobody knows."""
        self._ended()
        for request in self.requests:
            request.future.set_exception(error)

    def _do(self, driver: CommitDriver[Any], transaction: Any, request: Request) -> None:
        driver.savepoint()
        try:
            answer = request.work(transaction)
            driver.release()
        except RunAgain:
            raise
        except BaseException as error:
            _undo_since_mark(driver, error)
            self._outcomes.append((request.future, None, error))
        else:
            self._outcomes.append((request.future, answer, None))

    def _do_all(self, driver: CommitDriver[Any], transaction: Any, some: list[Request]) -> bool:
        """Do requests of one kind together; False when that fails, and nothing of it is left."""
        kind: Any = some[0].work
        driver.savepoint()
        try:
            answers = kind.do_all(transaction, [request.work for request in some])
            driver.release()
        except Exception as error:
            _undo_since_mark(driver, error)
            return False
        for (_, future), answer in zip(some, answers, strict=True):
            self._outcomes.append((future, answer, None))
        return True


def _undo_since_mark(driver: CommitDriver[Any], error: BaseException) -> None:
    try:
        driver.rollback_to_savepoint()
    except Exception:
        # The database has already undone the whole transaction (a full disk does that),
        # so the group fails, and with the first cause.
        raise error from None
