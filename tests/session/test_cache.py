"""The byte-bounded cache, and work that several ask for at once."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from seawall.session.cache import ByteBoundedCache, CacheUse
from seawall.session.single_flight import SingleFlight, then


def test_what_was_used_least_lately_goes_when_the_bytes_are_full() -> None:
    cache: ByteBoundedCache[str] = ByteBoundedCache(10)
    cache.put("a", "A", 4)
    cache.put("b", "B", 4)
    assert cache.find("a") == "A"
    cache.put("c", "C", 4)
    assert (cache.find("a"), cache.find("b"), cache.find("c")) == ("A", None, "C")
    assert cache.use() == CacheUse(hits=3, misses=1, entries=2, bytes=8, max_bytes=10)


def test_a_value_heavier_than_the_cache_is_made_and_not_kept() -> None:
    cache: ByteBoundedCache[str] = ByteBoundedCache(10)
    cache.put("a", "A", 4)
    assert cache.get("heavy", lambda: ("H", 11)) == "H"
    assert cache.use().entries == 1
    assert cache.find("heavy") is None


def test_a_value_is_weighed_once() -> None:
    cache: ByteBoundedCache[str] = ByteBoundedCache(10)
    cache.put("a", "A", 4)
    cache.put("a", "A", 4)
    assert cache.use().bytes == 4
    cache.clear()
    assert (cache.use().entries, cache.use().bytes) == (0, 0)


def test_twenty_who_ask_at_once_have_it_made_once() -> None:
    cache: ByteBoundedCache[object] = ByteBoundedCache(10)
    together, made = Barrier(20), []

    def make() -> tuple[object, int]:
        made.append(1)
        Event().wait(0.05)
        return object(), 1

    def ask(_: int) -> object:
        together.wait()
        return cache.get("key", make)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert len(made) == 1
    assert len(set(map(id, answers))) == 1


def test_a_failure_to_make_is_not_kept() -> None:
    cache: ByteBoundedCache[str] = ByteBoundedCache(10)

    def fail() -> tuple[str, int]:
        raise KeyError("not yet")

    with pytest.raises(KeyError):
        cache.get("key", fail)
    assert cache.get("key", lambda: ("made", 1)) == "made"


def test_who_waits_for_a_value_fails_as_its_maker_does() -> None:
    cache: ByteBoundedCache[str] = ByteBoundedCache(10)
    asked, asks = Event(), Event()

    def fail() -> tuple[str, int]:
        asked.set()
        assert asks.wait(30)
        Event().wait(0.05)  # the other waits by now
        raise KeyError("not now")

    with ThreadPoolExecutor(2) as pool:
        maker = pool.submit(cache.get, "key", fail)
        assert asked.wait(30)
        waiting = pool.submit(cache.get, "key", lambda: ("made by the other", 1))
        asks.set()
        with pytest.raises(KeyError):
            maker.result(30)
        with pytest.raises(KeyError):
            waiting.result(30)
    assert cache.get("key", lambda: ("made", 1)) == "made"


def test_who_joins_a_flight_gets_what_its_first_lands() -> None:
    flights: SingleFlight[int] = SingleFlight()
    first, is_first = flights.begin("key")
    second, is_second = flights.begin("key")
    assert (is_first, is_second) == (True, False)
    flights.land("key", 7)
    assert (first.result(), second.result()) == (7, 7)
    assert flights.begin("key")[1]


def test_a_flight_that_fails_fails_for_all_and_is_over() -> None:
    flights: SingleFlight[int] = SingleFlight()
    first, second = flights.begin("key")[0], flights.begin("key")[0]
    flights.fail("key", KeyError("no"))
    assert isinstance(first.exception(), KeyError)
    assert isinstance(second.exception(), KeyError)
    assert flights.begin("key")[1]


def test_what_follows_a_future_may_be_cancelled_without_it() -> None:
    before: Future[int] = Future()
    dropped, kept = then(before, "made".upper), then(before, "made".upper)
    assert dropped.cancel()
    before.set_result(7)
    assert kept.result() == "MADE"


def test_a_cache_may_be_bounded_by_entries_too() -> None:
    cache: ByteBoundedCache[str] = ByteBoundedCache(10, max_entries=2)
    for key in "abc":
        cache.put(key, key, 1)
    assert [cache.find(key) for key in "abc"] == [None, "b", "c"]
    assert (cache.use().entries, cache.use().bytes) == (2, 2)
