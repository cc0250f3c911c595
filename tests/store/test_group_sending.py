"""The writer thread over a driver that sends a group whole: the next is made ready meanwhile."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from seawall.errors import StoreError
from seawall.store.commit_driver import RunAgain, SendingDriver
from seawall.store.group_commit import BESIDE, MAX_RUNS, GroupCommit

Work = Callable[[list[str]], object]
AWAY = StoreError("away", code="store_unavailable")


class Notes:
    """A driver that records its calls with the number of the transaction, and fails as told."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failing: dict[str, BaseException] = {}
        self.sends = True
        self._last = 0
        self._sent = 0

    def _note(self, call: str, number: int) -> None:
        self.calls.append(f"{call} {number}")
        if (error := self.failing.pop(self.calls[-1], None)) is not None:
            raise error

    def begin(self) -> list[str]:
        self._last += 1
        self._note("begin", self._last)
        return self.calls

    def savepoint(self) -> None:
        """Note nothing."""

    def release(self) -> None:
        """Note nothing."""

    def rollback_to_savepoint(self) -> None:
        """Note nothing."""

    def prepare(self) -> None:
        self._note("prepare", self._last)

    def send(self) -> bool:
        assert self._sent == 0, "two are under way"
        if self.sends:
            self._note("send", self._last)
            self._sent = self._last
        return self.sends

    def finish(self) -> None:
        number, self._sent = self._sent, 0
        self._note("finish", number)

    def commit(self) -> None:
        assert self._sent == 0, "one is under way"
        self._note("commit", self._last)

    def rollback(self) -> None:
        assert self._sent == 0, "one is under way"
        self._note("rollback", self._last)

    def tidy(self) -> None:
        """Note nothing."""


class TwoGroups:
    """A group, and requests that come while it runs and so wait when it is under way."""

    def __init__(
        self,
        commits: GroupCommit[list[str]],
        *,
        count: int = BESIDE,
        last: Work | None = None,
    ) -> None:
        self.second: list[Future[object]] = []
        self.came = threading.Event()
        works = [_work("second")] * (count - 1) + [last or _work("second")]

        def come(calls: list[str]) -> str:
            if not self.second:
                self.second += commits.submit_all(works)
                self.second[0].add_done_callback(lambda _: calls.append("second answered"))
                self.came.set()
            return "first"

        self.first = commits.submit_all([*[_work("first")] * (BESIDE - 1), come])

    def answers(self) -> list[object]:
        """What became of all, each kind of answer once, in their order."""
        told = [future.exception(30) or future.result(30) for future in self.first]
        told += [future.exception(30) or future.result(30) for future in self.second]
        return list(dict.fromkeys(told))


def _work(name: str) -> Work:
    def work(calls: list[str]) -> str:
        if calls[-1] != name:
            calls.append(name)
        return name

    return work


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def commits(notes: Notes) -> Iterator[GroupCommit[list[str]]]:
    assert isinstance(notes, SendingDriver)
    group_commit = GroupCommit(notes)
    yield group_commit
    group_commit.close()


def test_the_next_group_is_made_ready_while_one_is_under_way(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    two = TwoGroups(commits)
    assert two.answers() == ["first", "second"]
    commits.close()
    assert notes.calls == [
        *("begin 1", "first", "prepare 1", "send 1"),
        *("begin 2", "second", "prepare 2", "finish 1", "send 2"),
        *("finish 2", "second answered"),
    ]


def test_who_was_kept_is_told_while_the_next_group_is_under_way(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    seen: list[str] = []

    def listen(_: list[str]) -> None:
        two.first[0].add_done_callback(lambda _: seen.extend(notes.calls))

    two = TwoGroups(commits, last=listen)
    two.answers()
    assert seen[-2:] == ["finish 1", "send 2"]


def test_a_lone_request_is_sent_and_answered_at_once(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    assert commits.submit(_work("alone")).result(30) == "alone"
    assert notes.calls == ["begin 1", "alone", "prepare 1", "send 1", "finish 1"]


def test_a_few_wait_for_the_end_of_the_group_that_is_under_way(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    two = TwoGroups(commits, count=BESIDE - 1)
    assert two.answers() == ["first", "second"]
    assert notes.calls[3:6] == ["send 1", "finish 1", "begin 2"]


def test_of_many_that_wait_a_half_is_sent_first(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    sizes: list[int] = []

    def watch(size: int) -> Callable[[], None]:
        sizes.append(size)
        return lambda: None

    commits.watch = watch
    two = TwoGroups(commits, count=3 * BESIDE)
    assert two.answers() == ["first", "second"]
    # As many as then wait; then half of the rest, as those are under way; and none for a few.
    assert sizes == [BESIDE, 2 * BESIDE, BESIDE]


def test_groups_that_are_not_sent_whole_are_not_halved(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    sizes: list[int] = []

    def watch(size: int) -> Callable[[], None]:
        sizes.append(size)
        return lambda: None

    notes.sends, commits.watch = False, watch
    two = TwoGroups(commits, count=4 * BESIDE)
    assert two.answers() == ["first", "second"]
    assert sizes == [BESIDE, 4 * BESIDE]
    assert [call for call in notes.calls if call.startswith("commit")] == ["commit 1", "commit 2"]


def test_a_group_that_must_ask_something_runs_again_once_the_former_was_answered(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    def ask(calls: list[str]) -> str:
        if "finish 1" not in calls:
            raise RunAgain(AWAY)
        assert two.first[0].done()
        return "asked"

    two = TwoGroups(commits, last=ask)
    assert two.answers() == ["first", "second", "asked"]
    assert notes.calls[4:] == [
        *("begin 2", "second", "finish 1"),
        *("begin 3", "second", "prepare 3", "send 3", "finish 3", "second answered"),
    ]


def test_a_group_that_cannot_be_made_ready_runs_alone(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    notes.failing["prepare 2"] = StoreError("full", code="store_full")
    two = TwoGroups(commits)
    assert two.answers() == ["first", "second"]
    assert notes.calls[6:] == [
        *("prepare 2", "finish 1"),
        *("begin 3", "second", "prepare 3", "send 3", "finish 3", "second answered"),
    ]


def test_a_group_whose_former_is_wanted_again_runs_after_it(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    notes.failing["finish 1"] = RunAgain(AWAY)
    two = TwoGroups(commits)
    assert two.answers() == ["first", "second"]
    assert notes.calls[6:] == [
        *("prepare 2", "finish 1", "rollback 2"),
        *("begin 3", "first", "commit 3"),
        *("begin 4", "second", "prepare 4", "send 4", "finish 4", "second answered"),
    ]


def test_a_group_is_done_although_the_former_failed(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    notes.failing["finish 1"] = AWAY
    two = TwoGroups(commits)
    assert two.answers() == [AWAY, "second"]
    assert notes.calls[7:10] == ["finish 1", "rollback 2", "begin 3"]


def test_a_group_that_was_sent_and_is_wanted_too_often_fails_with_the_cause(
    commits: GroupCommit[list[str]], notes: Notes
) -> None:
    notes.failing["finish 1"] = RunAgain(StoreError("other"))
    for number in range(3, 3 + MAX_RUNS):
        notes.failing[f"commit {number}"] = RunAgain(AWAY)
    two = TwoGroups(commits)
    assert two.answers() == [AWAY, "second"]
    assert sum("first" in call for call in notes.calls) == MAX_RUNS


def test_closing_ends_what_is_under_way(notes: Notes) -> None:
    commits = GroupCommit(notes)
    two = TwoGroups(commits)
    assert two.came.wait(30)
    commits.close()
    assert all(future.done() for future in two.first + two.second)
    assert two.answers() == ["first", "second"]


class Refused(Exception):
    """A refusal that can be looked for."""


@pytest.mark.parametrize("again", [False, True])
def test_refusals_beside_another_group_leave_nothing_to_the_collector(
    commits: GroupCommit[list[str]], notes: Notes, *, again: bool
) -> None:
    def refuse(_: list[str]) -> None:
        raise Refused

    if again:
        notes.failing["finish 2"] = RunAgain(AWAY)
    gc.collect()
    gc.disable()
    try:
        two = TwoGroups(commits, last=refuse)
        refusal = weakref.ref(two.second[-1].exception(30) if two.came.wait(30) else two)
        assert isinstance(refusal(), Refused)
        del two
        assert commits.submit(_work("next")).result(30) == "next"
        assert refusal() is None
    finally:
        gc.enable()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_whose_group_was_sent_waits_on_a_dead_writer(notes: Notes) -> None:
    commits = GroupCommit(notes)
    broken = RuntimeError("send must not fail")
    notes.failing["send 2"] = broken
    two = TwoGroups(commits)
    assert two.answers() == [broken]
    commits.close()
