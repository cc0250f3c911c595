"""Runs that are asked for together: computed in turns, written together, each answered alone."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seawall.errors import InvalidInput, StoreError
from seawall.service.lanes import Lanes
from seawall.service.run_turns import AskedAnswer, RunTurns
from seawall.session import Run, Session
from seawall.session.run_in_hand import BegunRun
from seawall.store import Store, open_store
from seawall.store.types import AuditDraft

from .conftest import RECORD, STARTED_AT

WAIT_S = 60


class Desk:
    """A session and the turns that its questions take."""

    def __init__(self, session: Session, store: Store, turns: RunTurns) -> None:
        self.store = store
        self.turns = turns
        self.given_way = 0
        self.stages: list[str] = []  # since `forget`
        self._session = session
        self._dataset = session.ingest(
            json.dumps([RECORD]).encode(), format="json", profile="todiscope"
        ).dataset_version_id

    def asked(
        self, share: float, encode: Callable[[Run], bytes] = lambda run: run.run_id.encode()
    ) -> AskedAnswer:
        """Return a question; another share is another one."""

        def begin(asked: AskedAnswer) -> BegunRun:
            return self._session.begin(
                "debt_stress",
                self._dataset,
                parameters={"net_exposure_materiality_threshold_pct": share},
                started_at=STARTED_AT,
                audited=drafted,
                prepared=asked.prepare,
            )

        return AskedAnswer(begin, encode, [])

    def forget(self) -> None:
        """Go on with a session that knows nothing of what was asked."""
        self._session = Session(self.store)
        self._session.watch_runs(self._note)

    def _note(self, _: str, stage: str) -> Callable[[], None]:
        self.stages.append(stage)
        return lambda: None

    def give_way(self) -> None:
        """Note that the event loop may go first."""
        self.given_way += 1

    async def answer(self, asked: AskedAnswer) -> bytes:
        """Return what is answered."""
        async with asyncio.timeout(WAIT_S):
            return (await self.turns.answer(asked)).plain


def drafted(run_id: str) -> AuditDraft:
    return AuditDraft("default", STARTED_AT, "ada", "run", "done", run_id, "")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with (
        open_store(str(tmp_path / "turns.db"), opened_at=STARTED_AT) as store,
        Lanes(light=4, heavy=1) as workers,
    ):
        desk = Desk(Session(store), store, RunTurns(workers))
        monkeypatch.setattr(workers.precedence, "give_way", desk.give_way)
        yield desk


def test_each_gets_the_answer_to_its_own_question(desk: Desk) -> None:
    async def said() -> tuple[list[AskedAnswer], list[bytes]]:
        asked = [desk.asked(number / 100) for number in range(80)]
        return asked, await asyncio.gather(*map(desk.answer, asked))

    asked, answers = asyncio.run(said())
    assert [one.run.run_id.encode() for one in asked] == answers
    assert all(one.run.created for one in asked)
    assert {one.run_id for one in desk.store.all_runs("default")} == {a.decode() for a in answers}
    assert {one.subject for one in desk.store.all_audit()} == {a.decode() for a in answers}


def test_the_event_loop_may_go_first_between_any_two_runs(desk: Desk) -> None:
    async def said() -> None:
        asked = [desk.asked(number / 100) for number in range(20)]
        await asyncio.gather(*map(desk.answer, asked))

    asyncio.run(said())
    assert desk.given_way >= 19


def test_a_question_that_is_refused_fails_alone(desk: Desk) -> None:
    async def said() -> list[bytes | BaseException]:
        asked = [desk.asked(share) for share in (0.1, 7.0, 0.3)]
        return await asyncio.gather(*map(desk.answer, asked), return_exceptions=True)

    first, refused, last = asyncio.run(said())
    assert isinstance(refused, InvalidInput)
    assert isinstance(first, bytes)
    assert isinstance(last, bytes)


def test_a_run_that_fails_fails_alone_and_may_be_asked_again(desk: Desk) -> None:
    def fail(_: Run) -> bytes:
        raise ZeroDivisionError

    async def said() -> tuple[list[bytes | BaseException], bytes]:
        asked = [desk.asked(0.1), desk.asked(0.2, fail), desk.asked(0.3)]
        told = await asyncio.gather(*map(desk.answer, asked), return_exceptions=True)
        return told, await desk.answer(desk.asked(0.2))

    told, again = asyncio.run(said())
    assert [type(one) for one in told] == [bytes, ZeroDivisionError, bytes]
    assert len({*told, again}) == 4


def test_a_slow_run_holds_up_none_before_or_behind_it(desk: Desk) -> None:
    may_end = threading.Event()

    def slowly(run: Run) -> bytes:
        assert may_end.wait(WAIT_S)
        return run.run_id.encode()

    async def said() -> bytes:
        before = [desk.answer(desk.asked(number / 100)) for number in range(5)]
        slow = desk.answer(desk.asked(0.5, slowly))
        behind = [desk.answer(desk.asked(0.6 + number / 100)) for number in range(20)]
        running = [asyncio.create_task(one) for one in (*before, slow, *behind)]
        await asyncio.gather(*running[:5], *running[6:])
        assert not running[5].done()
        may_end.set()
        return await running[5]

    assert asyncio.run(said())


def test_who_asks_the_same_gets_one_run(desk: Desk) -> None:
    async def said() -> list[AskedAnswer]:
        asked = [desk.asked(0.5) for _ in range(20)]
        await asyncio.gather(*map(desk.answer, asked))
        return asked

    asked = asyncio.run(said())
    assert len({one.answer.plain for one in asked}) == 1
    assert [one.run.created for one in asked].count(True) == 1
    assert len(list(desk.store.all_runs("default"))) == 1
    assert len(list(desk.store.all_audit())) == 1


def test_a_run_that_was_kept_before_is_read_and_not_made(desk: Desk) -> None:
    async def once() -> AskedAnswer:
        asked = desk.asked(0.5)
        await desk.answer(asked)
        return asked

    made = asyncio.run(once())
    desk.forget()
    found = asyncio.run(once())
    assert (made.run.created, found.run.created) == (True, False)
    assert desk.stages == []
    assert found.answer.plain == made.answer.plain


def test_nobody_is_answered_before_the_run_is_durable(desk: Desk) -> None:
    may_write = threading.Event()
    writing = desk.store.submit(lambda _: may_write.wait(WAIT_S))

    async def said() -> None:
        asked = desk.asked(0.5)
        answer = asyncio.create_task(desk.answer(asked))
        while desk.store.queued_writes() == 0:
            await asyncio.sleep(0.001)
        assert not answer.done()
        may_write.set()
        await answer
        assert desk.store.run("default", asked.run.run_id)

    asyncio.run(said())
    assert writing.result(WAIT_S)


def test_a_store_that_takes_no_more_refuses_the_runs(desk: Desk) -> None:
    desk.store.close()

    async def said() -> None:
        await desk.answer(desk.asked(0.5))

    with pytest.raises(StoreError):
        asyncio.run(said())
