"""The event loop before the threads, for a while."""

import asyncio
import threading
import time

import pytest

from seawall.service import precedence
from seawall.service.precedence import Precedence

WAIT_S = 60


async def other(giving: Precedence) -> threading.Thread:
    """Start a thread that gives way, and return it once it has begun."""
    begun = threading.Event()

    def give_way() -> None:
        begun.set()
        giving.give_way()

    thread = threading.Thread(target=give_way, daemon=True)
    thread.start()
    assert begun.wait(WAIT_S)
    return thread


def test_nobody_gives_way_without_a_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "MOST_S", WAIT_S)
    began = time.monotonic()
    Precedence().give_way()
    assert time.monotonic() - began < WAIT_S / 2


def test_a_thread_waits_until_the_loop_has_come_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "MOST_S", WAIT_S)

    async def said() -> None:
        claimed = Precedence()
        claimed.claim()
        thread = await other(claimed)
        thread.join(0.05)
        assert thread.is_alive()
        await asyncio.sleep(0)  # what was read is answered, and more is read
        thread.join(0.05)
        assert thread.is_alive()
        for _ in range(2):
            await asyncio.sleep(0)
        thread.join(WAIT_S)
        assert not thread.is_alive()

    asyncio.run(said())


def test_claims_that_never_cease_leave_the_threads_their_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(precedence, "MOST_S", WAIT_S)

    async def said() -> None:
        claimed = Precedence()
        claimed.claim()
        thread = await other(claimed)
        async with asyncio.timeout(WAIT_S / 2):
            while thread.is_alive():
                claimed.claim()
                await asyncio.sleep(0)

    asyncio.run(said())


def test_a_thread_does_not_wait_for_a_loop_that_stands() -> None:
    async def said() -> None:
        claimed = Precedence()
        claimed.claim()
        thread = await other(claimed)
        thread.join(WAIT_S)  # the loop stands here
        assert not thread.is_alive()

    asyncio.run(said())
