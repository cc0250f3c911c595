"""The writer thread over a driver that only takes notes."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from seawall.errors import StoreError
from seawall.store import group_commit
from seawall.store.commit_driver import RunAgain
from seawall.store.group_commit import BRISK, MAX_RUNS, GroupCommit


class Notes:
    """A driver that records its calls and fails where a test says so."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failing: dict[str, BaseException] = {}

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if call in self.failing:
            raise self.failing.pop(call)

    def begin(self) -> list[str]:
        self._note("begin")
        return self.calls

    def savepoint(self) -> None:
        self._note("savepoint")

    def release(self) -> None:
        self._note("release")

    def rollback_to_savepoint(self) -> None:
        self._note("rollback to")

    def commit(self) -> None:
        self._note("commit")

    def rollback(self) -> None:
        self._note("rollback")

    def tidy(self) -> None:
        self._note("tidy")


class Held:
    """A group commit whose first request waits, so that the next ones form a group."""

    def __init__(self, commits: GroupCommit[list[str]], notes: Notes) -> None:
        self._go = threading.Event()
        started = threading.Event()

        def wait(_: list[str]) -> None:
            started.set()
            assert self._go.wait(30)

        self.first = commits.submit(wait)
        assert started.wait(30)
        notes.calls.clear()

    def go(self) -> None:
        self._go.set()
        self.first.result(timeout=30)


def answer(value: int, ran: list[int] | None = None) -> Callable[[list[str]], int]:
    def work(_: list[str]) -> int:
        if ran is not None:
            ran.append(value)
        return value

    return work


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def commits(notes: Notes) -> Iterator[GroupCommit[list[str]]]:
    group_commit = GroupCommit(notes, max_group=4, max_queued=6)
    yield group_commit
    group_commit.close()


def test_what_queued_during_a_commit_shares_the_next(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    held = Held(commits, notes)
    futures = [commits.submit(answer(i)) for i in range(3)]
    held.go()
    assert [future.result(timeout=30) for future in futures] == [0, 1, 2]
    own = notes.calls[notes.calls.index("begin") :]
    assert own[:8] == ["begin", *["savepoint", "release"] * 3, "commit"]


def test_a_group_has_a_stated_maximum(commits: GroupCommit[list[str]], notes: Notes) -> None:
    held = Held(commits, notes)
    futures = [commits.submit(lambda _: None) for _ in range(6)]
    held.go()
    for future in futures:
        future.result(timeout=30)
    assert notes.calls.count("begin") == 2


def test_a_full_queue_is_busy(commits: GroupCommit[list[str]], notes: Notes) -> None:
    held = Held(commits, notes)
    for _ in range(6):
        commits.submit(lambda _: None)
    with pytest.raises(StoreError) as refusal:
        commits.submit(lambda _: None)
    assert refusal.value.code == "store_busy"
    held.go()


def test_no_future_resolves_before_the_commit(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    seen: list[str] = []
    held = Held(commits, notes)
    future = commits.submit(lambda _: None)
    future.add_done_callback(lambda _: seen.extend(notes.calls))
    held.go()
    future.result(timeout=30)
    commits.close()
    assert seen[-1] == "commit"
    assert seen.count("commit") == 2


def test_a_failing_commit_fails_every_request_of_the_group(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    held = Held(commits, notes)
    futures = [commits.submit(lambda _: None) for _ in range(3)]
    full = StoreError("full", code="store_full")
    futures.append(commits.submit(lambda _: notes.failing.update(commit=full)))
    held.go()
    assert [future.exception(timeout=30) for future in futures] == [full] * 4
    assert "rollback" in notes.calls
    assert commits.submit(lambda _: 7).result(timeout=30) == 7


def test_a_failing_begin_fails_the_group_and_not_the_writer(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    notes.failing["begin"] = StoreError("busy", code="store_busy")
    assert isinstance(commits.submit(lambda _: None).exception(timeout=30), StoreError)
    assert commits.submit(lambda _: 7).result(timeout=30) == 7


def test_a_transaction_lost_by_the_database_fails_the_group_with_the_first_cause(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    cause = StoreError("full", code="store_full")

    def fill_the_disk(_: list[str]) -> None:
        notes.failing["rollback to"] = StoreError("no savepoint")
        raise cause

    held = Held(commits, notes)
    futures: list[Future[None]] = [
        commits.submit(lambda _: None),
        commits.submit(fill_the_disk),
        commits.submit(lambda _: None),
    ]
    held.go()
    assert [future.exception(timeout=30) for future in futures] == [cause] * 3


def test_a_keyboard_interrupt_in_a_request_fails_that_request_only(
    commits: GroupCommit[list[str]],
) -> None:
    def interrupted(_: list[str]) -> None:
        raise KeyboardInterrupt

    assert isinstance(commits.submit(interrupted).exception(timeout=30), KeyboardInterrupt)
    assert commits.submit(lambda _: 7).result(timeout=30) == 7


def test_a_cancelled_request_is_not_run(commits: GroupCommit[list[str]], notes: Notes) -> None:
    ran: list[int] = []
    held = Held(commits, notes)
    futures = [commits.submit(answer(i, ran)) for i in range(2)]
    assert futures[0].cancel()
    held.go()
    futures[1].result(timeout=30)
    assert ran == [1]


def test_closing_commits_what_is_queued(notes: Notes) -> None:
    commits = GroupCommit(notes)
    held = Held(commits, notes)
    futures = [commits.submit(answer(i)) for i in range(20)]
    threading.Timer(0.05, held.go).start()
    commits.close()
    assert [future.result(timeout=0) for future in futures] == list(range(20))
    with pytest.raises(StoreError, match="closed"):
        commits.submit(lambda _: None)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_on_a_dead_writer(notes: Notes) -> None:
    commits = GroupCommit(notes)
    held = Held(commits, notes)
    broken = RuntimeError("tidy must not fail")
    notes.failing["tidy"] = broken
    waiting = commits.submit(lambda _: None)
    held.go()
    assert waiting.exception(timeout=30) is broken
    with pytest.raises(StoreError, match="closed"):
        commits.submit(lambda _: None)
    commits.close()


class Together:
    """Work that is done with its like; a group that holds a negative number fails."""

    def __init__(self, number: int, groups: list[list[int]]) -> None:
        self.number = number
        self.groups = groups

    def __call__(self, _: list[str]) -> int:
        if self.number < 0:
            raise ValueError(self.number)
        self.groups.append([self.number])
        return self.number

    def do_all(self, _: list[str], works: Sequence["Together"]) -> list[int]:
        numbers = [work.number for work in works]
        if min(numbers) < 0:
            raise ValueError(numbers)
        self.groups.append(numbers)
        return numbers


def test_works_of_a_kind_share_a_savepoint(commits: GroupCommit[list[str]], notes: Notes) -> None:
    held, groups = Held(commits, notes), list[list[int]]()
    futures = commits.submit_all([Together(number, groups) for number in range(3)])
    held.go()
    assert [future.result(timeout=30) for future in futures] == [0, 1, 2]
    assert groups == [[0, 1, 2]]
    assert notes.calls[notes.calls.index("begin") :][:4] == [
        *("begin", "savepoint", "release", "commit")
    ]


def test_where_one_of_a_kind_fails_each_is_done_alone(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    held, groups = Held(commits, notes), list[list[int]]()
    futures = commits.submit_all([Together(number, groups) for number in (0, -1, 2)])
    held.go()
    assert [futures[0].result(timeout=30), futures[2].result(timeout=30)] == [0, 2]
    with pytest.raises(ValueError, match=r"^-1$"):
        futures[1].result(timeout=30)
    assert groups == [[0], [2]]
    own = notes.calls[notes.calls.index("begin") :]
    assert own[:10] == [
        *("begin", "savepoint", "rollback to", "savepoint", "release"),
        *("savepoint", "rollback to", "savepoint", "release", "commit"),
    ]


def test_works_are_done_in_their_order_whatever_their_kind(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    held, groups, order = Held(commits, notes), list[list[int]](), list[int]()
    for work in (Together(0, groups), answer(1, order), Together(2, groups)):
        last = commits.submit(work)
    held.go()
    last.result(timeout=30)
    assert (groups, order) == ([[0], [2]], [1])


def test_works_that_do_not_all_find_a_place_are_all_refused(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    held = Held(commits, notes)
    with pytest.raises(StoreError) as refusal:
        commits.submit_all([answer(number) for number in range(7)])
    assert refusal.value.code == "store_busy"
    assert commits.queued() == 0
    held.go()


def test_a_group_that_the_driver_wants_again_runs_again(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    held = Held(commits, notes)
    ran: list[int] = []
    futures = [commits.submit(answer(i, ran)) for i in range(2)]
    futures.append(commits.submit(lambda _: len(ran)))
    notes.failing["savepoint"] = RunAgain(StoreError("away"))
    held.go()
    assert [future.result(timeout=30) for future in futures] == [0, 1, 2]
    notes.failing["commit"] = RunAgain(StoreError("away"))
    assert commits.submit(answer(7, ran)).result(timeout=30) == 7
    assert ran == [0, 1, 7, 7]


def test_a_group_that_is_wanted_too_often_fails_with_the_cause(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    away = StoreError("away", code="store_unavailable")
    ran: list[int] = []

    def again(_: list[str]) -> None:
        ran.append(1)
        raise RunAgain(away)

    assert commits.submit(again).exception(timeout=30) is away
    assert len(ran) == MAX_RUNS
    assert commits.submit(lambda _: 7).result(timeout=30) == 7


@pytest.fixture
def many(notes: Notes) -> Iterator[GroupCommit[list[str]]]:
    group_commit = GroupCommit(notes)
    yield group_commit
    group_commit.close()


@pytest.mark.parametrize(
    ("each_moment", "size"),
    [
        pytest.param([8, 8, 8, 8, 8, 8, 8, 8, 8], 1 + 64, id="until all are back"),
        pytest.param([8, 4, 3, 9], 1 + 15, id="while they come briskly"),
        pytest.param([3, 9], 1 + 3, id="nobody waits for few"),
    ],
)
def test_those_who_were_answered_are_let_come_back(
    many: GroupCommit[list[str]],
    notes: Notes,
    monkeypatch: pytest.MonkeyPatch,
    each_moment: list[int],
    size: int,
) -> None:
    sizes: list[int] = []

    def watch(count: int) -> Callable[[], None]:
        sizes.append(count)
        return lambda: None

    def come_back(_: float) -> None:
        many.submit_all([answer(0)] * each_moment.pop(0))

    held = Held(many, notes)
    futures = many.submit_all([answer(number) for number in range(64)])
    # Comes while they are being answered, so that the writer goes on at once.
    futures[0].add_done_callback(lambda _: futures.append(many.submit(answer(0))))
    many.watch = watch
    monkeypatch.setattr(group_commit, "time", SimpleNamespace(sleep=come_back))
    held.go()
    for future in futures[:64]:
        future.result(timeout=30)
    many.close()
    assert sizes[:2] == [64, size]


def test_nobody_waits_after_a_small_group(
    many: GroupCommit[list[str]], notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "time", None)
    held = Held(many, notes)
    futures = many.submit_all([answer(number) for number in range(BRISK - 1)])
    futures[0].add_done_callback(lambda _: many.submit(answer(0)))
    held.go()
    assert [future.result(timeout=30) for future in futures] == list(range(BRISK - 1))
    assert many.submit(answer(7)).result(timeout=30) == 7
