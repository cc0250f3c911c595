"""Turns: at most so many at once, in order, and nobody waits for long."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from seawall.errors import StoreError
from seawall.store.fair_turns import FairTurns
from seawall.store.reader_pool import ReaderPool


def waiting(turns: FairTurns, count: int) -> None:
    """Wait until so many wait."""
    until = time.monotonic() + 30
    while len(turns._waiting) < count and time.monotonic() < until:
        time.sleep(0.001)


def test_who_came_first_is_next() -> None:
    turns, order, threads = FairTurns(1, wait_s=30), [], []

    def come(number: int) -> None:
        with turns.one():
            order.append(number)

    with turns.one():
        for number in range(5):
            threads.append(threading.Thread(target=come, args=(number,)))
            threads[-1].start()
            waiting(turns, number + 1)
    for thread in threads:
        thread.join()
    assert order == list(range(5))


def test_who_comes_back_at_once_overtakes_nobody() -> None:
    turns, order = FairTurns(1, wait_s=30), []

    def come() -> None:
        with turns.one():
            order.append("waited")

    thread = threading.Thread(target=come)
    with turns.one():
        thread.start()
        waiting(turns, 1)
    with turns.one():
        order.append("came back")
    thread.join()
    assert order == ["waited", "came back"]


def test_too_many_that_wait_are_refused_without_a_wait() -> None:
    turns = FairTurns(1, most_waiting=0, wait_s=30)
    with turns.one(), pytest.raises(StoreError) as refusal, turns.one():
        pass
    assert refusal.value.code == "store_busy"


def test_a_turn_that_does_not_come_in_time_is_refused_and_nothing_is_lost() -> None:
    turns = FairTurns(1, wait_s=0.02)
    for _ in range(3):
        with turns.one(), pytest.raises(StoreError) as refusal, turns.one():
            pass
        assert refusal.value.code == "store_busy"
    with turns.one():
        pass


def test_no_more_than_so_many_are_in_at_once_and_all_get_in() -> None:
    turns, lock, now, most, done = FairTurns(3, wait_s=30), threading.Lock(), 0, 0, 0

    def come(_: int) -> None:
        nonlocal now, most, done
        for _ in range(50):
            with turns.one():
                with lock:
                    now += 1
                    most = max(most, now)
                time.sleep(0)
                with lock:
                    now -= 1
                    done += 1

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(come, range(20)))
    assert most <= 3
    assert done == 1_000
    assert turns._free == 3


def test_a_pool_tells_how_many_connections_are_out_and_who_waits() -> None:
    pool: ReaderPool[Any] = ReaderPool(most=1, wait_s=30)
    came = threading.Event()

    def come() -> None:
        with pool.turn():
            came.set()

    assert pool.use() == (0, 1, 0)
    thread = threading.Thread(target=come)
    with pool.turn():
        thread.start()
        waiting(pool._turns, 1)
        assert pool.use() == (1, 1, 1)
        assert not came.is_set()
    thread.join()
    assert came.is_set()
    assert pool.use() == (0, 1, 0)
