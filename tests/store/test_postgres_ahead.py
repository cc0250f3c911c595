"""Groups that are sent with their COMMIT: kept once, whether all is as supposed or not."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller

import psycopg
import pytest
from sample_ledger import CHUNKS, TENANT, dataset, draft, evidence, findings, links, submit

from seawall.errors import NotFound
from seawall.lab.faults.cutting_proxy import CuttingProxy, once
from seawall.lab.postgres_server import PostgresServer
from seawall.session.verify_log import verify_log
from seawall.store import Store, Transaction, open_store
from seawall.store.log_growth import TILE_WIDTH, KnownTail, LogState
from seawall.store.postgres_ahead import LONGEST_PATIENCE, Patience
from seawall.store.types import Link


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database()


@pytest.fixture
def store(url: str, sent: list[str]) -> Iterator[Store]:
    with open_store(url) as opened:
        submit(opened, begin)
        assert sent == []
        yield opened


def begin(tx: Transaction) -> None:
    """Put the first rows of each tree, so that the writer knows it."""
    tx.put_dataset(dataset(), CHUNKS)
    keep("begin", 1)(tx)


def keep(prefix: str, count: int = 3) -> Callable[[Transaction], None]:
    def work(tx: Transaction) -> None:
        tx.put_evidence(TENANT, evidence(count, prefix=prefix))

    return work


def kept(store: Store) -> set[str]:
    return {row.evidence_id for row in store.all_evidence(TENANT)}


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_small_requests_are_sent_ahead_and_make_the_same_log(
    store: Store, sent: list[str], url: str, new_database: Callable[..., str]
) -> None:
    def both(tx: Transaction) -> None:
        tx.put_findings(TENANT, findings(90))
        tx.put_links(TENANT, [Link(f"l{i}", f"f{i}", f"n{i % 12}_{i % 70}") for i in range(90)])

    works = [*(keep(f"n{number}_", 70) for number in range(12)), both, keep("end")]
    for work in works:
        submit(store, work)
    # But for the one that adds to trees that this writer did not know.
    assert sent == ["COMMIT"] * 13
    assert len(store.log_tiles("evidence")) == (1 + 12 * 70 + 3) // TILE_WIDTH
    assert verify_log(store).problems == []
    with open_store(new_database()) as other:
        submit(other, begin)
        for work in works:
            submit(other, lambda tx, work=work: (tx.append_audit(draft()), work(tx)))
        states = other.log_states() | {"audit_entry": store.log_states()["audit_entry"]}
        assert states == store.log_states()
    assert len(sent) == 13


def test_a_writer_that_finds_a_ledger_knows_its_trees_once_it_has_written(
    store: Store, sent: list[str], url: str
) -> None:
    with open_store(url) as second:
        for number in range(100):
            submit(second, keep(f"n{number}_", 7))
        # Neither the first, nor the one that fills the tile that others have begun.
        assert sent == ["COMMIT"] * 98
        assert len(second.log_tiles("evidence")) == 701 // TILE_WIDTH
        assert verify_log(second).problems == []


def test_rows_that_are_kept_already_are_found_without_running_the_work_again(
    store: Store, sent: list[str]
) -> None:
    runs: list[int] = []

    def work(tx: Transaction) -> None:
        runs.append(1)
        keep("same", 2 + len(runs))(tx)

    for _ in range(3):
        submit(store, work)
    assert sent == ["COMMIT", "UniqueViolation"]  # the third does not try
    assert runs == [1] * 3
    assert kept(store) == {"begin0", *(f"same{i}" for i in range(5))}
    assert verify_log(store).problems == []


def test_rows_that_come_twice_in_a_group_are_kept_once(store: Store, sent: list[str]) -> None:
    submit(store, lambda tx: (keep("same")(tx), keep("same", 4)(tx)))
    assert sent == []
    assert kept(store) == {"begin0", *(f"same{i}" for i in range(4))}
    assert verify_log(store).problems == []


def test_a_refusal_reaches_the_request_at_fault_and_leaves_no_gap(store: Store) -> None:
    orphan = methodcaller("put_links", TENANT, links(1))
    futures = store.submit_all([keep("a"), orphan, keep("b")])
    assert [type(f.exception(30)) for f in futures] == [type(None), NotFound, type(None)]
    assert verify_log(store).problems == []
    assert store.log_states()["evidence"].size == 7


def test_replicas_that_write_in_turn_notice_each_other(
    store: Store, sent: list[str], url: str
) -> None:
    with open_store(url) as second:
        for number in range(20):
            submit((store, second)[number % 2], keep(f"n{number}_"))
        assert sent[0] == "COMMIT"  # by the one that had begun
        assert set(sent[1:]) == {"UniqueViolation"}
        assert len(sent) < 12  # who was wrong tries less and less often
        assert verify_log(second).problems == []
        assert second.log_states()["evidence"].size == 61


def test_replicas_that_write_at_once_make_one_log(store: Store, url: str) -> None:
    def append(writer: Store, name: str) -> None:
        for number in range(60):
            submit(writer, keep(f"same{number}_"))
            submit(writer, keep(f"{name}{number}_", 9))

    with open_store(url) as second, ThreadPoolExecutor(2) as threads:
        list(threads.map(append, (store, second), ("a", "b")))
        assert second.log_states()["evidence"].size == 1 + 60 * 3 + 2 * 60 * 9
        assert second.log_states() == store.log_states()
        assert verify_log(second).problems == []


@pytest.mark.parametrize("before", [True, False])
def test_a_commit_whose_answer_was_lost_is_done_once(
    url: str, postgres_server: PostgresServer, sent: list[str], *, before: bool
) -> None:
    proxy = CuttingProxy(postgres_server.port)
    with open_store(proxy.url(url)) as store:
        submit(store, begin)
        submit(store, keep("first"))
        cut = once(b"COMMIT")
        if before:
            proxy.cut_before = cut
        else:
            proxy.cut_after = cut
        submit(store, keep("lost"))
        proxy.cut_before = proxy.cut_after = None
        submit(store, keep("next"))
        assert sent[:2] == ["COMMIT", "OperationalError"]
        assert store.log_states()["evidence"].size == 10
        assert verify_log(store).problems == []
    proxy.close()


def test_nothing_is_sent_ahead_of_a_mark_that_is_not_there(
    store: Store, sent: list[str], url: str
) -> None:
    execute(url, "DELETE FROM writer_mark")
    submit(store, keep("a"))
    assert sent == ["DivisionByZero"]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT group_number > 0 FROM writer_mark").fetchall() == [
            (True,)
        ]
    assert verify_log(store).problems == []


def test_a_tree_that_is_not_as_it_was_is_not_grown_ahead(
    store: Store, sent: list[str], url: str
) -> None:
    execute(url, "UPDATE log_tree SET size = size + 5 WHERE tree = 'evidence'")
    submit(store, keep("a"))
    assert sent == ["DivisionByZero"]
    assert store.log_states()["evidence"].size == 6


def test_texts_of_another_encoding_arrive(new_database: Callable[..., str]) -> None:
    with open_store(f"{new_database()}?client_encoding=LATIN1") as store:
        submit(store, begin)
        submit(store, keep("né"))
        assert kept(store) == {"begin0", "né0", "né1", "né2"}
        assert verify_log(store).problems == []


@pytest.mark.parametrize(
    ("size", "hashes", "count", "suffices"),
    [
        (5, None, 250, True),
        (5, None, 251, False),
        (5, b"", 251, True),
        (TILE_WIDTH**2 - 3, b"", 2, True),
        (TILE_WIDTH**2 - 3, b"", 3, False),
    ],
)
def test_a_tail_suffices_until_something_must_be_read(
    size: int, hashes: bytes | None, count: int, *, suffices: bool
) -> None:
    assert KnownTail(LogState(size, b""), hashes).suffices(count) == suffices


def test_patience_grows_with_each_disappointment_and_ends_with_the_first_success() -> None:
    patience = Patience()

    def refused() -> int:
        count = 0
        while not patience.allows():
            count += 1
        return count

    waits = []
    for _ in range(9):
        patience.was_in_vain()
        waits.append(refused())
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_PATIENCE, LONGEST_PATIENCE, LONGEST_PATIENCE]
    patience.was_worth_it()
    patience.was_in_vain()
    assert refused() == 1
