"""Rows of several requests that go to the database together, and are logged as they were put."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from operator import methodcaller
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_ledger import CHUNKS, TENANT, dataset, evidence, findings, links, run, submit

from seawall.errors import Conflict, InvalidInput, NotFound
from seawall.provenance.log_leaf import LOG_TREES
from seawall.session.verify_log import verify_log
from seawall.store import Store, Transaction, log_extension
from seawall.store.fresh_leaves import PUT_AS_LEAVES
from seawall.store.types import Evidence, Finding, Link, Run

MANY = 1_500  # more than wait for their neighbours, in any database


@pytest.fixture
def ledger(store: Store) -> Store:
    submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
    return store


def together(store: Store, works: Sequence[Callable[[Transaction], object]]) -> list[Future[Any]]:
    """Have works done in one group; return once all have ended."""
    holding = threading.Event()
    first = store.submit(lambda _: holding.wait(30))
    futures = store.submit_all(works)
    holding.set()
    assert first.result(timeout=30)
    for future in futures:
        future.exception(timeout=60)
    return futures


def put(count: int, prefix: str) -> Callable[[Transaction], None]:
    return methodcaller("put_evidence", TENANT, evidence(count, prefix=prefix))


def kept(store: Store) -> set[str]:
    return {row.evidence_id for row in store.all_evidence(TENANT)}


def test_a_request_that_fails_after_many_rows_takes_no_row_of_a_neighbour_with_it(
    ledger: Store,
) -> None:
    def fails(transaction: Transaction) -> None:
        put(2, "own")(transaction)
        put(MANY, "many")(transaction)
        raise ValueError

    futures = together(ledger, [put(2, "before"), fails, put(2, "after")])
    assert [type(future.exception()) for future in futures] == [type(None), ValueError, type(None)]
    assert kept(ledger) == {"before0", "before1", "after0", "after1"}
    assert verify_log(ledger).problems == []


def test_a_request_that_fails_with_few_rows_leaves_none(ledger: Store) -> None:
    def fails(transaction: Transaction) -> None:
        put(2, "own")(transaction)
        raise ValueError

    together(ledger, [put(2, "before"), fails, put(2, "after")])
    assert kept(ledger) == {"before0", "before1", "after0", "after1"}
    assert verify_log(ledger).problems == []


def test_a_refusal_is_told_to_the_request_whose_row_it_is(ledger: Store) -> None:
    works = [
        put(2, "a"),
        methodcaller("put_links", TENANT, [Link("l", "nowhere", "a0")]),
        put(2, "b"),
        methodcaller("put_evidence", TENANT, evidence(1, prefix="a", payload=b"other")),
    ]
    refused = [type(future.exception()) for future in together(ledger, works)]
    assert refused == [type(None), NotFound, type(None), Conflict]
    assert kept(ledger) == {"a0", "a1", "b0", "b1"}


def test_a_link_finds_what_a_neighbour_puts_before_it(ledger: Store) -> None:
    works = [
        put(1, "e"),
        methodcaller("put_findings", TENANT, findings(1)),
        methodcaller("put_links", TENANT, links(1)),
        methodcaller("put_run", run(), ["e0"], ["f0"]),
        methodcaller("put_run", run(), ["e0"], ["f0"]),
        methodcaller("put_run", run(), [], []),
    ]
    futures = together(ledger, works)
    assert [future.result() for future in futures[3:5]] == [True, False]
    assert isinstance(futures[5].exception(), Conflict)
    assert ledger.links_of_finding(TENANT, "f0") == links(1)


def test_a_text_that_is_no_unicode_is_refused_to_the_request_that_has_it(ledger: Store) -> None:
    futures = together(ledger, [put(1, "a"), put(1, "\ud800"), put(1, "b")])
    assert [type(future.exception()) for future in futures] == [
        type(None),
        InvalidInput,
        type(None),
    ]
    assert kept(ledger) == {"a0", "b0"}


def test_after_a_group_that_ran_twice_the_next_is_as_any_other(ledger: Store) -> None:
    orphan = methodcaller("put_links", TENANT, links(1))
    for number in range(3):
        futures = together(ledger, [put(2, f"a{number}_"), orphan, put(2, f"b{number}_")])
        assert isinstance(futures[1].exception(), NotFound)
        submit(ledger, put(2, f"c{number}_"))
    assert len(kept(ledger)) == 18
    assert verify_log(ledger).problems == []


@pytest.mark.parametrize("count", [3, 700, MANY])
def test_rows_that_are_new_are_not_read_back(
    ledger: Store, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_back(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(log_extension, "hashed", read_back)
    # The last tile is known, as the writer itself began the tree.
    submit(ledger, put(count, "n"))
    submit(ledger, put(count, "m"))
    monkeypatch.undo()
    assert verify_log(ledger).problems == []


def test_rows_of_which_some_are_there_are_read_back(ledger: Store) -> None:
    submit(ledger, put(5, "n"))
    submit(ledger, lambda t: (put(9, "n")(t), put(4, "m")(t)))
    submit(ledger, lambda t: (put(MANY, "n")(t), put(4, "k")(t)))
    assert ledger.log_states()["evidence"].size == MANY + 8
    assert verify_log(ledger).problems == []


@pytest.mark.parametrize("count", [3, MANY])
def test_hashes_of_rows_that_were_undone_stand_for_no_others_of_their_number(
    ledger: Store, count: int
) -> None:
    submit(ledger, put(1, "there"))

    def undone(transaction: Transaction) -> None:
        put(count, "gone")(transaction)
        raise ValueError

    def half_new(transaction: Transaction) -> None:
        rows = [*evidence(1, prefix="there"), *evidence(count, prefix="new")]
        transaction.put_evidence(TENANT, rows)

    together(ledger, [undone, half_new])
    assert len(kept(ledger)) == 1 + count
    assert verify_log(ledger).problems == []


def test_hashes_of_a_put_that_began_anew_stand_for_no_others_of_their_number(
    ledger: Store,
) -> None:
    submit(ledger, put(1, "there"))
    there = evidence(1, prefix="there")

    def half_new(transaction: Transaction) -> None:
        transaction.put_evidence(TENANT, [*evidence(MANY, prefix="new"), *there])
        transaction.put_evidence(TENANT, [*evidence(1, prefix="other"), *there])

    submit(ledger, half_new)
    assert len(kept(ledger)) == 2 + MANY
    assert verify_log(ledger).problems == []


ROWS = {"evidence": Evidence, "finding": Finding, "link": Link, "run": Run}


@pytest.mark.parametrize("table", PUT_AS_LEAVES)
def test_a_row_is_put_with_the_cells_of_its_leaf(table: str) -> None:
    fields = ROWS[table].__struct_fields__
    keys = [] if "tenant" in fields else ["tenant"]
    assert [*keys, *fields] == list(LOG_TREES[table])


PUTS = st.tuples(
    st.integers(0, 3), st.sampled_from([0, 1, 2, 70, 1_100]), st.sampled_from(["", "fail", "lost"])
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests=st.lists(st.lists(PUTS, max_size=3), max_size=6))
def test_any_group_keeps_and_logs_what_its_requests_would_alone(
    store: Store, requests: list[list[tuple[int, int, str]]]
) -> None:
    """The model: a request is kept whole, unless one of its puts is bound to fail."""
    submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
    expected = kept(store)

    def work_of(puts: list[tuple[int, int, str]]) -> Callable[[Transaction], None]:
        def work(transaction: Transaction) -> None:
            for prefix, count, end in puts:
                put(count, f"p{prefix}_")(transaction)
                if end == "lost":
                    transaction.put_links(TENANT, links(1))
                if end == "fail":
                    raise ValueError

        return work

    futures = together(store, [work_of(puts) for puts in requests])
    for puts, future in zip(requests, futures, strict=True):
        ends = [end for _, _, end in puts if end]
        # What is refused may show later than where it was put.
        refusals = {"fail": ValueError, "lost": NotFound}
        assert type(future.exception()) in ({refusals[end] for end in ends} or {type(None)})
        if not ends:
            expected |= {f"p{prefix}_{i}" for prefix, count, _ in puts for i in range(count)}
    assert kept(store) == expected
    assert verify_log(store).problems == []


@pytest.mark.parametrize("count", [1, MANY])
@pytest.mark.parametrize(
    "refused",
    [
        [*evidence(2, prefix="x"), Evidence("", "dv", "debt", "exposure", b"{}")],
        [*evidence(2, prefix="x"), Evidence("lost", "nowhere", "debt", "exposure", b"{}")],
    ],
    ids=["a value", "a reference"],
)
def test_a_refused_put_leaves_nothing_and_its_request_may_go_on(
    ledger: Store, count: int, refused: list[Evidence]
) -> None:
    def goes_on(transaction: Transaction) -> None:
        put(count, "own")(transaction)
        with suppress(InvalidInput, NotFound):
            transaction.put_evidence(TENANT, refused)
            transaction.settle()

    futures = together(ledger, [put(2, "before"), goes_on, put(2, "after")])
    assert [future.exception() for future in futures] == [None] * 3
    own = {f"own{number}" for number in range(count)}
    assert kept(ledger) == {"before0", "before1", "after0", "after1"} | own
    assert verify_log(ledger).problems == []
    assert ledger.integrity_problems() == []
