"""More callers than connections, while each connection is out for long."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import psycopg

from seawall.errors import StoreError
from seawall.lab.faults.own_server import own_server
from seawall.lab.faults.requests import TIMEOUT_S
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row, percentile
from seawall.store.fair_turns import MAX_WAITING, WAIT_S
from seawall.store.postgres_connection import Server
from seawall.store.postgres_readers import Readers

CONNECTIONS = 10
CALLERS = 200
AFTERWARDS = 100
"""Callers that come as soon as the connections are back: all must be answered."""

THREADS, QUERIES = 50, 100
"""Queries of each of so many threads, none of which may fail."""

HELD_S = 2.5
"""How long each connection is out; longer than anybody waits."""

PATIENCE_S = 2.0
"""A caller who knows nothing by then was left hanging, which counts as lost. What is promised is
less, and stands with the limits of the fault."""

_WANTED = [("answer",)]


class Exhausted(msgspec.Struct):
    """What callers met, in seconds each."""

    shed_s: list[float] = msgspec.field(default_factory=list)  # refused without a wait
    waited_s: list[float] = msgspec.field(default_factory=list)  # refused after one
    recoveries_s: list[float] = msgspec.field(default_factory=list)
    answered: int = 0
    hanging: int = 0  # told after too long
    failed: int = 0  # another failure than store_busy, another answer, or one where none may fail

    def waits_s(self) -> dict[str, float]:
        """Return what is limited beside the recovery."""
        shed_s, waited_s = percentile(self.shed_s, 0.95), percentile(self.waited_s, 1.0)
        return {
            name: at
            for name, at in (("shed_p95_s", shed_s), ("longest_wait_s", waited_s))
            if at is not None
        }


def attempt(tries: Tries) -> FaultRow:
    """Exhaust a pool, let it recover, and ask it hard."""
    with own_server(tries, fsync="off") as server:
        found = exhaustions(server.url(), tries.times, tries.progress)
        control = Exhausted()
        _exhaust(server.url(), control, most_waiting=CALLERS, wait_s=TIMEOUT_S)
    tally = Tally(
        tried=tries.times,
        acknowledged=found.answered,
        lost=found.hanging,
        unexpected=found.failed,
        recoveries_s=found.recoveries_s,
        waits_s=found.waits_s(),
    )
    return fault_row(
        "exhaustion",
        tally,
        database="postgres",
        control="lets everybody wait for as long as it takes",
        control_lost=control.hanging,
        notes=f"{CALLERS} callers on {CONNECTIONS} connections: {len(found.shed_s)} shed in"
        f" {_ms(found.shed_s, 0.95)} ms at p95, {_ms(found.shed_s, 1.0)} at most;"
        f" {len(found.waited_s)} waited {_ms(found.waited_s, 1.0)} ms at most; lost is who waited"
        f" more than {PATIENCE_S:g} s; recovery is of {AFTERWARDS} callers together; then"
        f" {THREADS} x {QUERIES} queries",
    )


def exhaustions(url: str, count: int, progress: Callable[[int], None]) -> Exhausted:
    """Exhaust pools of connections to a database."""
    found = Exhausted()
    for number in range(1, count + 1):
        _exhaust(url, found, most_waiting=MAX_WAITING, wait_s=WAIT_S)
        progress(number)
    return found


def _exhaust(url: str, found: Exhausted, *, most_waiting: int, wait_s: float) -> None:
    server = Server(url)
    readers = Readers(server, most=CONNECTIONS, most_waiting=most_waiting, wait_s=wait_s)
    try:
        with ThreadPoolExecutor(CONNECTIONS) as holders:
            held = [holders.submit(_hold, readers) for _ in range(CONNECTIONS)]
            _wait_until_held(url)
            _call(readers, found)
            for one in held:
                one.result(TIMEOUT_S)
        before = time.perf_counter()
        _ask_all(readers, found, threads=AFTERWARDS, queries=1)
        found.recoveries_s.append(time.perf_counter() - before)
        _ask_all(readers, found, threads=THREADS, queries=QUERIES)
    finally:
        readers.close()
        server.close()


def _hold(readers: Readers) -> None:
    readers.rows("SELECT pg_sleep(:seconds)::text", {"seconds": HELD_S})


def _wait_until_held(url: str) -> None:
    until = time.monotonic() + TIMEOUT_S
    with psycopg.connect(url, autocommit=True) as administrator:
        while time.monotonic() < until:
            rows = administrator.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE state = 'active' AND wait_event = 'PgSleep'"
            ).fetchall()
            if rows == [(CONNECTIONS,)]:
                return
            time.sleep(0.005)


def _call(readers: Readers, found: Exhausted) -> None:
    """Call from many threads at once; each is told something."""
    together, lock = threading.Barrier(CALLERS), threading.Lock()

    def call() -> None:
        together.wait(TIMEOUT_S)
        before = time.perf_counter()
        refused = ok = False
        try:
            ok = readers.rows("SELECT 'answer'", {}) == _WANTED
        except StoreError as error:
            refused = error.code == "store_busy"
        took_s = time.perf_counter() - before
        with lock:
            found.hanging += took_s > PATIENCE_S
            found.answered += ok
            found.failed += not (ok or refused)
            if refused:
                (found.shed_s if took_s < WAIT_S / 2 else found.waited_s).append(took_s)

    callers = [threading.Thread(target=call) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()


def _ask_all(readers: Readers, found: Exhausted, *, threads: int, queries: int) -> None:
    """Ask from many threads at once; nobody may be refused."""

    def ask(_: int) -> int:
        answers = 0
        for _ in range(queries):
            try:
                answers += readers.rows("SELECT 'answer'", {}) == _WANTED
            except StoreError:
                return answers
        return answers

    with ThreadPoolExecutor(threads) as pool:
        answered = sum(pool.map(ask, range(threads)))
    found.answered += answered
    found.failed += threads * queries - answered


def _ms(values: list[float], share: float) -> str:
    at = percentile(values, share)
    return "—" if at is None else f"{at * 1e3:.3g}"
