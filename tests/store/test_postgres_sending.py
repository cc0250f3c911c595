"""One group on its way to PostgreSQL and another ready: both are kept once, whatever happens."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future

import psycopg
import pytest
from sample_ledger import CHUNKS, TENANT, dataset, draft, evidence, findings, links, submit

from seawall.errors import NotFound, StoreError
from seawall.lab.faults.cutting_proxy import CuttingProxy
from seawall.lab.postgres_server import PostgresServer
from seawall.session.verify_log import verify_log
from seawall.store import Store, Transaction, open_store
from seawall.store.audit_chain import chain_problems
from seawall.store.group_commit import BESIDE
from seawall.store.log_growth import TILE_WIDTH
from seawall.store.postgres_batch import Batch
from seawall.store.postgres_connection import Server
from seawall.store.postgres_writer import PostgresWriter
from seawall.store.types import Link

Work = Callable[[Transaction], object]


@pytest.fixture
def url(new_database: Callable[..., str]) -> str:
    return new_database()


@pytest.fixture
def proxy(postgres_server: PostgresServer) -> Iterator[CuttingProxy]:
    opened = CuttingProxy(postgres_server.port)
    yield opened
    opened.close()


@pytest.fixture
def store(url: str, proxy: CuttingProxy, sent: list[str]) -> Iterator[Store]:
    with open_store(proxy.url(url)) as opened:
        submit(opened, begin)
        sent.clear()
        yield opened


def begin(tx: Transaction) -> None:
    """Put the first row of each tree, so that the writer knows it."""
    tx.put_dataset(dataset(), CHUNKS)
    keep("begin", 1)(tx)
    tx.put_findings(TENANT, findings(1))
    tx.put_links(TENANT, [Link("l", "f0", "begin0")])


def refer_to_nothing(tx: Transaction) -> None:
    tx.put_links(TENANT, links(1))


def keep(prefix: str, count: int = 10) -> Work:
    def work(tx: Transaction) -> None:
        tx.put_evidence(TENANT, evidence(count, prefix=prefix))

    return work


class TwoGroups:
    """Two requests, and more that come while those run: they are made ready while those are sent.

    Parameters
    ----------
    first, last : callable, optional
        Work of the first group, and of the second, beside what all of them do.
    """

    def __init__(
        self, store: Store, *, first: Work = lambda _: None, last: Work = lambda _: None
    ) -> None:
        self.ran = 0  # the second group, so often
        self.second: list[Future[object]] = []

        def count(tx: Transaction) -> None:
            self.ran += 1
            keep("b_counts_")(tx)

        def come(tx: Transaction) -> None:
            first(tx)
            keep("a1_")(tx)
            if not self.second:
                works = [keep(f"b{number}_") for number in range(BESIDE - 2)]
                self.second += store.submit_all([count, *works, last])

        self.first = store.submit_all([keep("a0_"), come])

    def refusals(self) -> list[BaseException]:
        """What was refused of both."""
        told = [future.exception(30) for future in self.first]
        told += [future.exception(30) for future in self.second]
        return [error for error in told if error is not None]


ROWS = 1 + 2 * 10 + (BESIDE - 1) * 10


def kept_once(store: Store, more: int = 0) -> bool:
    """Tell whether all that was asked is there once, and logged."""
    assert verify_log(store).problems == []
    assert list(chain_problems(store.all_audit())) == []
    size = store.log_states()["evidence"].size
    return size == len(list(store.all_evidence(TENANT))) == ROWS + more


def test_two_groups_are_kept_in_their_order(store: Store, sent: list[str]) -> None:
    two = TwoGroups(store, last=keep("more", 300))
    assert two.refusals() == []
    assert two.ran == 1
    assert sent == ["COMMIT", "COMMIT"]
    assert len(store.log_tiles("evidence")) == (ROWS + 300) // TILE_WIDTH
    assert kept_once(store, 300)
    names = [row.evidence_id for row in store.all_evidence(TENANT)]
    assert {"begin0", "a0_0", "a1_9", "b_counts_0", "b0_0", "more299"} < set(names)


def test_a_group_that_is_not_as_supposed_makes_the_next_one_begin_anew(
    store: Store, sent: list[str], url: str
) -> None:
    with open_store(url) as other:
        two = TwoGroups(store, first=lambda _: submit(other, keep("other", 5)))
        assert two.refusals() == []
        assert two.ran == 2
        assert sent == ["UniqueViolation"]  # and the next is not tried
        assert kept_once(store, 5)


def test_what_is_kept_already_by_the_group_before_is_kept_once(
    store: Store, sent: list[str]
) -> None:
    two = TwoGroups(store, last=keep("a0_"))
    assert two.refusals() == []
    assert two.ran == 1
    assert sent == ["COMMIT", "UniqueViolation"]
    assert kept_once(store)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("commits", [1, 2, 3])
def test_a_connection_that_is_lost_with_two_groups_loses_and_repeats_nothing(
    store: Store, proxy: CuttingProxy, sent: list[str], *, before: bool, commits: int
) -> None:
    left = [commits]

    def cut(said: bytes) -> bool:
        if b"COMMIT" not in said or left[0] == 0:
            return False
        left[0] -= 1
        return True

    if before:
        proxy.cut_before = cut
    else:
        proxy.cut_after = cut
    two = TwoGroups(store)
    assert two.refusals() == []
    proxy.cut_before = proxy.cut_after = None
    assert left == [0] or not before  # one whose answer alone was lost is not sent again
    assert "OperationalError" in sent
    assert kept_once(store)
    submit(store, keep("later"))
    assert kept_once(store, 10)


def test_a_group_whose_answer_was_lost_is_known_by_its_mark_and_the_next_one_goes_on(
    store: Store, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []
    answer = Batch.answer

    def lose(batch: Batch) -> str:
        monkeypatch.setattr(Batch, "answer", answer)
        answer(batch)
        batch.session.close()
        raise psycopg.OperationalError

    monkeypatch.setattr(Batch, "answer", lose)
    two = TwoGroups(store, first=lambda _: runs.append(1))
    assert two.refusals() == []
    assert (runs, two.ran) == ([1], 2)
    assert sent == ["COMMIT", "COMMIT"]  # the next one as if nothing had been lost
    assert kept_once(store)


def test_an_outcome_that_nobody_knows_is_that_of_the_group_that_was_sent(
    store: Store, proxy: CuttingProxy, url: str
) -> None:
    def cut(said: bytes) -> bool:
        proxy.refusing = proxy.refusing or b"COMMIT" in said
        return b"COMMIT" in said

    store._server.resolve_s = 0.2  # type: ignore[attr-defined]
    proxy.cut_after = cut
    two = TwoGroups(store)
    codes = [error.code for error in two.refusals() if isinstance(error, StoreError)]
    assert codes == ["outcome_unknown"] * 2 + ["store_unavailable"] * BESIDE
    proxy.cut_after, proxy.refusing = None, False
    with open_store(url) as straight:
        assert straight.log_states()["evidence"].size in (1, 21)
        assert verify_log(straight).problems == []


def test_a_group_that_asks_something_is_not_beside_another(store: Store, sent: list[str]) -> None:
    two = TwoGroups(store, last=lambda tx: tx.append_audit(draft("new")))
    assert two.refusals() == []
    assert (two.ran, sent) == (2, ["COMMIT"])
    assert [entry.subject for entry in store.all_audit()] == ["new"]
    assert kept_once(store)


def test_many_rows_are_not_beside_another_group(store: Store, sent: list[str]) -> None:
    two = TwoGroups(store, last=keep("many", 2_000))
    assert two.refusals() == []
    assert sent == ["COMMIT"]
    assert kept_once(store, 2_000)


def test_a_refusal_reaches_the_request_at_fault_in_a_group_beside_another(store: Store) -> None:
    two = TwoGroups(store, last=refer_to_nothing)
    assert [type(error) for error in two.refusals()] == [NotFound]
    assert kept_once(store)


def test_a_refusal_reaches_the_request_at_fault_in_a_group_that_another_follows(
    store: Store,
) -> None:
    runs: list[int] = []

    def refer(tx: Transaction) -> None:
        runs.append(1)
        refer_to_nothing(tx)

    two = TwoGroups(store, first=refer)
    assert [type(error) for error in two.refusals()] == [NotFound]
    assert len(runs) == 2  # hurried, and carefully
    assert two.first[0].exception() is None
    assert kept_once(store, -10)


def test_a_request_that_fails_after_it_has_put_rows_leaves_none(store: Store) -> None:
    broken = ValueError("after its rows")

    def fail(tx: Transaction) -> None:
        keep("failed")(tx)
        raise broken

    two = TwoGroups(store, last=fail)
    assert two.refusals() == [broken]
    assert kept_once(store)


def test_a_mark_that_another_program_removed_is_made_again(store: Store, url: str) -> None:
    removed: list[int] = []

    def remove(_: Transaction) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            if not removed:
                removed.append(connection.execute("DELETE FROM writer_mark").rowcount)

    two = TwoGroups(store, first=remove)
    assert two.refusals() == []
    assert removed == [1]
    assert kept_once(store)


def test_a_writer_can_be_closed_with_a_group_under_way(store: Store, url: str) -> None:
    server = Server(url)
    writer = PostgresWriter(server)
    for prefix in ("known", "sent"):
        keep(prefix)(writer.begin())
        writer.prepare()
        if not writer.send():
            writer.commit()
    writer.close()
    server.close()
    submit(store, keep("later"))
    assert verify_log(store).problems == []
