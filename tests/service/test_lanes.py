"""Threads that tenants share fairly."""

import threading
from concurrent.futures import Future

import pytest

from seawall.service.lanes import Lane, Lanes, Turn, in_turn, present_turn

WAIT_S = 60


def test_work_is_done_and_fails_as_it_fails() -> None:
    with Lane(2, name="t") as lane:
        assert lane.submit(pow, 2, 10).result(WAIT_S) == 1024
        with pytest.raises(ZeroDivisionError):
            lane.submit(lambda: 1 // 0).result(WAIT_S)
        assert lane.submit(pow, 2, exp=3).result(WAIT_S) == 8


def test_a_tenant_with_slow_work_does_not_stop_another() -> None:
    may_end = threading.Event()
    with Lane(4, name="t") as lane:
        with in_turn(Turn("slow")):
            slow = [lane.submit(may_end.wait, WAIT_S) for _ in range(50)]
        with in_turn(Turn("quick")):
            assert lane.submit(lambda: 7).result(WAIT_S) == 7
        may_end.set()
        assert all(one.result(WAIT_S) for one in slow)


def test_heavy_work_takes_no_light_thread() -> None:
    may_end = threading.Event()
    with Lanes(light=1, heavy=1) as lanes:
        with in_turn(Turn("a", "heavy")):
            heavy = [lanes.submit(may_end.wait, WAIT_S) for _ in range(3)]
        with in_turn(Turn("a")):
            assert lanes.submit(lambda: 7).result(WAIT_S) == 7
        may_end.set()
        assert all(one.result(WAIT_S) for one in heavy)


def test_what_was_queued_is_done_before_the_end() -> None:
    done: list[int] = []
    with Lane(1, name="t") as lane:
        for number in range(100):
            lane.submit(done.append, number)
    assert done == list(range(100))
    with pytest.raises(RuntimeError):
        lane.submit(int)


def test_an_end_in_haste_cancels_what_waits() -> None:
    may_end, begun = threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        return may_end.wait(WAIT_S)

    lane = Lane(1, name="t")
    running, waiting = lane.submit(work), lane.submit(work)
    assert begun.wait(WAIT_S)
    may_end.set()
    lane.shutdown(cancel_futures=True)
    assert running.result(WAIT_S)
    assert waiting.done()


def test_many_threads_submit_at_once_and_nothing_is_lost() -> None:
    futures: list[Future[int]] = []

    def submit(tenant: str) -> None:
        with in_turn(Turn(tenant)):
            futures.extend([lane.submit(int, number) for number in range(500)])

    with Lane(4, name="t") as lane:
        threads = [threading.Thread(target=submit, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(one.result(WAIT_S) for one in futures) == 4 * sum(range(500))
    assert lane.turns.working == lane.turns.waiting == 0


def test_a_turn_ends_where_it_began() -> None:
    with in_turn(Turn("a", "heavy")):
        assert present_turn() == Turn("a", "heavy")
    assert present_turn() == Turn()
