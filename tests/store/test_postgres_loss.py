"""What is lost with a connection, and what is not: nothing acknowledged, and nothing twice."""

import signal
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import psycopg
import pytest
from sample_ledger import TENANT, draft, evidence, fill, submit

from seawall.errors import StoreError
from seawall.lab.faults.cutting_proxy import CuttingProxy, once
from seawall.lab.postgres_server import PostgresServer
from seawall.store import Store, open_store, postgres_connection
from seawall.store.audit_chain import chain_problems

_SYNC = b"S\x00\x00\x00\x04"
"""What a client says to the server before it waits for its answers."""


@pytest.fixture
def proxy(postgres_server: PostgresServer) -> Iterator[CuttingProxy]:
    opened = CuttingProxy(postgres_server.port)
    yield opened
    opened.close()


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database()


@pytest.fixture
def store(proxy: CuttingProxy, url: str) -> Iterator[Store]:
    with open_store(proxy.url(url)) as opened:
        fill(opened)
        yield opened


def subjects(url: str) -> list[str]:
    with open_store(url) as straight:
        assert list(chain_problems(straight.all_audit())) == []
        return [entry.subject for entry in straight.all_audit()]


def sessions(url: str, word: str) -> list[int]:
    with psycopg.connect(url, autocommit=True) as administrator:
        rows = administrator.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE %s",
            (f"{word}%",),
        )
        return [pid for (pid,) in rows.fetchall()]


def test_a_commit_that_never_arrived_runs_again(
    store: Store, proxy: CuttingProxy, url: str
) -> None:
    proxy.cut_before = once(b"COMMIT")
    entry = submit(store, lambda t: t.append_audit(draft("new")))
    assert subjects(url) == ["s", "new"]
    assert list(store.all_audit())[-1] == entry


def test_a_commit_whose_answer_was_lost_is_known_by_its_mark(
    store: Store, proxy: CuttingProxy, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []
    server = store._server  # type: ignore[attr-defined]
    connect = server.connect

    def connect_later(*, writing: bool) -> object:
        while subjects(url) != ["s", "new"]:  # the COMMIT is on its way and may be at work
            time.sleep(0.01)
        return connect(writing=writing)

    def work(transaction: object) -> int:
        runs.append(1)
        return transaction.append_audit(draft("new")).sequence  # type: ignore[attr-defined]

    monkeypatch.setattr(server, "connect", connect_later)
    proxy.cut_after = once(b"COMMIT")
    assert submit(store, work) == 2
    assert runs == [1]
    assert subjects(url) == ["s", "new"]


def test_a_commit_that_nobody_can_ask_about_is_not_acknowledged(
    store: Store, proxy: CuttingProxy, url: str
) -> None:
    def cut(sent: bytes) -> bool:
        proxy.refusing = proxy.refusing or b"COMMIT" in sent
        return b"COMMIT" in sent

    store._server.resolve_s = 0.2  # type: ignore[attr-defined]
    proxy.cut_after = cut
    with pytest.raises(StoreError) as refusal:
        submit(store, lambda t: t.append_audit(draft("new")))
    assert refusal.value.code == "outcome_unknown"
    proxy.cut_after, proxy.refusing = None, False
    appended(store, "later")
    assert subjects(url) in (["s", "new", "later"], ["s", "later"])


def appended(store: Store, subject: str) -> None:
    """Append as a client does: what the server refused while it was away is asked again."""
    until = time.monotonic() + 30
    while True:
        try:
            submit(store, lambda t: t.append_audit(draft(subject)))
        except StoreError as error:
            if error.code != "store_unavailable" or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


@pytest.mark.parametrize("word", [b"BEGIN", b"writer_mark", b"audit_entry", b"advisory"])
def test_a_session_that_is_lost_inside_a_group_is_opened_again(
    store: Store, proxy: CuttingProxy, url: str, word: bytes
) -> None:
    proxy.cut_before = once(word)
    appended(store, "new")
    assert subjects(url) == ["s", "new"]


def test_a_group_of_small_requests_waits_for_the_server_once(
    store: Store, proxy: CuttingProxy
) -> None:
    waits: list[int] = []

    def count(sent: bytes) -> bool:
        waits.append(sent.count(_SYNC))
        return False

    rows = evidence(24, prefix="t")
    proxy.cut_before = count
    store.submit(lambda t: [t.put_evidence(TENANT, [row]) for row in rows]).result(30)
    assert sum(waits) == 1  # for its COMMIT


def test_sessions_that_an_administrator_ends_are_opened_again(store: Store, url: str) -> None:
    for _ in range(3):
        with psycopg.connect(url, autocommit=True) as administrator:
            for pid in sessions(url, "seawall"):
                administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        assert store.evidence(TENANT, "e1") == evidence(3)[1]
        appended(store, "new")
    assert subjects(url) == ["s", "new", "new", "new"]


def test_a_network_that_swallows_everything_is_noticed(
    store: Store, proxy: CuttingProxy, url: str
) -> None:
    def stall(sent: bytes) -> bool:
        proxy.stalled = proxy.stalled or b"writer_mark" in sent
        return False

    store._server.deadlines.answer_s = 2.0  # type: ignore[attr-defined]
    proxy.cut_before, proxy.silent = stall, True
    waiting = store.submit(lambda t: t.append_audit(draft("new")))
    while not proxy.stalled:
        time.sleep(0.01)
    proxy.cut_before, proxy.stalled = None, False
    # The server has noticed nothing: the session that was given up still holds the audit's lock.
    assert waiting.exception(30) is None
    appended(store, "later")
    assert subjects(url) == ["s", "new", "later"]


def test_an_outage_refuses_at_once_and_leaves_no_trace() -> None:
    with PostgresServer(options={"fsync": "off"}) as server:
        with open_store(server.url()) as store:
            fill(store)
            for outage in range(2):
                server.stop(signal.SIGQUIT)
                for ask in (
                    lambda: store.evidence(TENANT, "e1"),
                    lambda: submit(store, lambda t: t.append_audit(draft("refused"))),
                ):
                    with pytest.raises(StoreError) as refusal:
                        ask()
                    assert refusal.value.code == "store_unavailable"
                server.start()
                appended(store, f"after {outage}")
                assert store.evidence(TENANT, "e1") == evidence(3)[1]
        assert subjects(server.url()) == ["s", "after 0", "after 1"]


def test_a_server_that_is_away_is_not_asked_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    knocks: list[float] = []

    def connect(**_: object) -> object:
        knocks.append(now[0])
        raise psycopg.OperationalError

    monkeypatch.setattr(postgres_connection.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(postgres_connection.psycopg, "connect", connect)
    server = postgres_connection.Server("postgresql://nowhere/x")
    server.close()
    while now[0] < 2:
        with pytest.raises(StoreError) as refusal:
            server.connect(writing=False)
        assert refusal.value.code == "store_unavailable"
        now[0] += 0.001
    pauses = [after - before for before, after in pairwise(knocks)]
    longest = [min(0.05 * 1.3**number, 0.25) for number in range(len(pauses))]
    for pause, most in zip(pauses, longest, strict=True):
        assert most / 2 - 0.002 < pause < most + 0.002  # up to a half shorter, at random
    assert len({round(pause, 2) for pause in pauses[-6:]}) > 1


def test_the_row_of_a_writer_goes_with_it(store: Store, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as administrator:
        marks = "SELECT count(*) FROM writer_mark"
        assert administrator.execute(marks).fetchall() == [(1,)]
        administrator.execute("DELETE FROM writer_mark")
        submit(store, lambda t: t.append_audit(draft("new")))
        store.close()
        assert administrator.execute(marks).fetchall() == [(0,)]
    assert subjects(url) == ["s", "new"]
