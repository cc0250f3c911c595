"""What every driver keeps: run once for each entry of DRIVERS."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_ledger import (
    CHUNKS,
    DERIVATION,
    TABLES,
    TENANT,
    dataset,
    evidence,
    fill,
    findings,
    links,
    run,
    submit,
)

from seawall.errors import Conflict, InvalidInput, LimitExceeded, NotFound, StoreError
from seawall.store import Store, Transaction, open_store
from seawall.store.refusals import MAX_IDENTIFIER_CHARACTERS
from seawall.store.types import (
    ApiKey,
    DerivedTable,
    EngineSwitch,
    Evidence,
    Finding,
    Job,
    Link,
    NewRun,
    RevokedToken,
    RunMembers,
)


def test_what_is_put_is_what_is_read(store: Store) -> None:
    fill(store)
    assert store.dataset(TENANT, "dv") == dataset()
    assert list(store.raw_chunks(TENANT, "dv")) == CHUNKS
    assert store.raw_chunk(TENANT, "dv", 1) == CHUNKS[1]
    assert store.derivation(TENANT, "dv") == DERIVATION
    assert list(store.derived_tables(TENANT, "dv")) == [TABLES[1], TABLES[2], TABLES[0]]
    assert list(store.derived_tables(TENANT, "dv", name="rejects")) == [TABLES[0]]
    assert store.evidence(TENANT, "e1") == evidence(3)[1]
    assert store.finding(TENANT, "f1") == findings(3)[1]
    assert store.links_of_finding(TENANT, "f1") == [links(3)[1]]
    assert store.finding_with_evidence(TENANT, "f1") == (findings(3)[1], [evidence(3)[1]])
    assert store.run(TENANT, "r") == run()
    assert store.run_members(TENANT, "r") == RunMembers(("e0", "e1"), ("f0",))
    assert list(store.all_datasets(TENANT)) == [dataset()]
    assert list(store.all_runs(TENANT)) == [run()]
    assert list(store.all_evidence(TENANT)) == evidence(3)
    assert list(store.all_findings(TENANT)) == findings(3)
    assert list(store.all_links(TENANT)) == links(3)
    assert store.integrity_problems() == []


def test_the_same_rows_twice_are_one_row(store: Store) -> None:
    fill(store)
    fill(store)
    assert len(list(store.all_evidence(TENANT))) == 3
    assert len(list(store.raw_chunks(TENANT, "dv"))) == 3


def test_a_put_says_whether_it_created(store: Store) -> None:
    assert submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
    assert not submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
    assert submit(store, lambda t: t.put_derivation(TENANT, "dv", DERIVATION, TABLES))
    assert not submit(store, lambda t: t.put_derivation(TENANT, "dv", DERIVATION, TABLES))
    assert submit(store, lambda t: t.put_run(run(), [], []))
    assert not submit(store, lambda t: t.put_run(run(), [], []))


def test_the_first_writer_stays(store: Store) -> None:
    fill(store)
    late = msgspec.structs.replace(dataset(), created_at="2030", created_by="bob")
    assert not submit(store, lambda t: t.put_dataset(late, CHUNKS))
    assert store.dataset(TENANT, "dv").created_by == "ada"


CHANGED: dict[str, Callable[[Transaction], object]] = {
    "dataset": lambda t: t.put_dataset(
        msgspec.structs.replace(dataset(), merkle_root=b"x" * 32), CHUNKS
    ),
    "a chunk less": lambda t: t.put_dataset(dataset(), CHUNKS[:2]),
    "a chunk more": lambda t: t.put_dataset(
        dataset(), [*CHUNKS, msgspec.structs.replace(CHUNKS[0], chunk_index=3)]
    ),
    "derivation": lambda t: t.put_derivation(
        TENANT, "dv", msgspec.structs.replace(DERIVATION, digest=b"x"), TABLES
    ),
    "a table less": lambda t: t.put_derivation(TENANT, "dv", DERIVATION, TABLES[:1]),
    "evidence": lambda t: t.put_evidence(TENANT, evidence(3, payload=b"[]")),
    "finding": lambda t: t.put_findings(TENANT, [Finding("f0", "dv", b"[]")]),
    "link": lambda t: t.put_links(TENANT, [Link("other", "f0", "e0")]),
    "run": lambda t: t.put_run(msgspec.structs.replace(run(), result=b"[]"), ["e0", "e1"], ["f0"]),
    "a member less": lambda t: t.put_run(run(), ["e0"], ["f0"]),
    "a member more": lambda t: t.put_run(run(), ["e0", "e1"], ["f0", "f1"]),
}


def test_the_same_records_from_another_source_are_no_conflict(store: Store) -> None:
    fill(store)
    again = msgspec.structs.replace(dataset(), source=b'{"name":"copy.csv"}')
    assert submit(store, lambda t: t.put_dataset(again, CHUNKS)) is False
    assert store.dataset(TENANT, "dv").source == dataset().source


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED.keys())
def test_a_different_body_under_one_id_is_a_conflict_and_nothing_of_it_stays(
    store: Store, change: Callable[[Transaction], object]
) -> None:
    fill(store)

    def work(transaction: Transaction) -> None:
        transaction.put_evidence(TENANT, evidence(2, prefix="new"))
        change(transaction)

    with pytest.raises(Conflict) as refusal:
        submit(store, work)
    assert refusal.value.code == "conflict"
    assert refusal.value.where
    test_what_is_put_is_what_is_read(store)


@pytest.mark.parametrize("count", [2, 16, 17, 40])
def test_the_changed_one_of_many_repeated_rows_is_named(store: Store, count: int) -> None:
    fill(store)
    rows = evidence(count, prefix="n")
    submit(store, lambda t: t.put_evidence(TENANT, rows))
    submit(store, lambda t: t.put_evidence(TENANT, rows))
    rows[count // 2] = msgspec.structs.replace(rows[count // 2], payload=b"[]")
    with pytest.raises(Conflict) as refusal:
        submit(store, lambda t: t.put_evidence(TENANT, rows))
    assert refusal.value.where == f"evidence[{rows[count // 2].evidence_id}]"


def test_one_id_with_two_bodies_in_one_request_is_a_conflict(store: Store) -> None:
    fill(store)
    rows = [*evidence(1, prefix="n"), *evidence(1, prefix="n", payload=b"[]")]
    with pytest.raises(Conflict):
        submit(store, lambda t: t.put_evidence(TENANT, rows))


ORPHANS: dict[str, Callable[[Transaction], object]] = {
    "derivation": lambda t: t.put_derivation(TENANT, "nowhere", DERIVATION, TABLES),
    "evidence": lambda t: t.put_evidence(TENANT, [Evidence("n", "nowhere", "debt", "k", b"")]),
    "finding": lambda t: t.put_findings(TENANT, [Finding("n", "nowhere", b"")]),
    "link to finding": lambda t: t.put_links(TENANT, [Link("n", "nowhere", "e0")]),
    "link to evidence": lambda t: t.put_links(TENANT, [Link("n", "f0", "nowhere")]),
    "run": lambda t: t.put_run(
        msgspec.structs.replace(run("n"), dataset_version_id="nowhere"), [], []
    ),
    "run evidence": lambda t: t.put_run(run("n"), ["nowhere"], []),
    "run finding": lambda t: t.put_run(run("n"), [], ["nowhere"]),
}


@pytest.mark.parametrize("put", ORPHANS.values(), ids=ORPHANS.keys())
def test_a_row_that_refers_to_nothing_is_refused(
    store: Store, put: Callable[[Transaction], object]
) -> None:
    fill(store)
    with pytest.raises(NotFound):
        submit(store, put)
    test_what_is_put_is_what_is_read(store)


def test_a_value_its_column_does_not_accept_is_refused(store: Store) -> None:
    short = msgspec.structs.replace(dataset(), content_hash=b"short")
    with pytest.raises(InvalidInput):
        submit(store, lambda t: t.put_dataset(short, CHUNKS))


READS: dict[str, Callable[[Store], object]] = {
    "dataset": lambda s: s.dataset("other", "dv"),
    "raw chunk": lambda s: s.raw_chunk("other", "dv", 0),
    "derivation": lambda s: s.derivation("other", "dv"),
    "evidence": lambda s: s.evidence("other", "e0"),
    "finding": lambda s: s.finding("other", "f0"),
    "finding with evidence": lambda s: s.finding_with_evidence("other", "f0"),
    "run": lambda s: s.run("other", "r"),
    "members": lambda s: s.run_members("other", "r"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_tenants_do_not_see_each_other(store: Store, read: Callable[[Store], object]) -> None:
    fill(store)
    with pytest.raises(NotFound):
        read(store)


def test_lists_show_one_tenant_only(store: Store) -> None:
    fill(store)
    for found in (
        store.datasets("other"),
        store.runs("other"),
        store.runs("other", dataset_version_id="dv"),
        store.links_of_finding("other", "f0"),
        list(store.raw_chunks("other", "dv")),
        list(store.derived_tables("other", "dv")),
        list(store.all_datasets("other")),
        list(store.all_runs("other")),
        list(store.all_evidence("other")),
        list(store.all_findings("other")),
        list(store.all_links("other")),
    ):
        assert found == []


def test_tenants_may_use_the_same_ids(store: Store) -> None:
    fill(store)
    fill(store, tenant="other")
    assert list(store.all_evidence("other")) == list(store.all_evidence(TENANT))
    assert store.finding_with_evidence(TENANT, "f0") == (findings(1)[0], evidence(1))


def test_a_finding_comes_with_its_evidence_by_link(store: Store) -> None:
    fill(store)
    more = [Link("k2", "f0", "e2"), Link("m1", "f0", "e1")]
    submit(store, lambda t: t.put_links(TENANT, more))
    found, grounds = store.finding_with_evidence(TENANT, "f0")
    assert found == findings(1)[0]
    assert grounds == [evidence(3)[2], evidence(3)[0], evidence(3)[1]]


def test_a_finding_without_a_link_comes_without_evidence(store: Store) -> None:
    fill(store)
    alone = Finding("g", "dv", b"{}")
    submit(store, lambda t: t.put_findings(TENANT, [alone]))
    assert store.finding_with_evidence(TENANT, "g") == (alone, [])


def test_a_tenant_cannot_refer_to_rows_of_another(store: Store) -> None:
    fill(store)
    with pytest.raises(NotFound):
        submit(store, lambda t: t.put_evidence("other", evidence(1)))


def test_lists_are_newest_first_and_continue(store: Store) -> None:
    fill(store)
    times = {"a": "2031", "b": "2033", "c": "2032", "d": "2032"}
    for name, created_at in times.items():
        submit(store, methodcaller("put_dataset", dataset(name, created_at=created_at), []))
        submit(store, methodcaller("put_run", run(name, created_at=created_at), [], []))
    assert [d.dataset_version_id for d in store.datasets(TENANT)] == ["b", "d", "c", "a", "dv"]
    assert [d.dataset_version_id for d in store.datasets(TENANT, limit=2)] == ["b", "d"]
    assert [d.dataset_version_id for d in store.datasets(TENANT, limit=2, after="d")] == ["c", "a"]
    assert [r.run_id for r in store.runs(TENANT, after="c")] == ["a", "r"]
    assert [r.run_id for r in store.runs(TENANT, dataset_version_id="dv", limit=1)] == ["b"]
    assert store.runs(TENANT, dataset_version_id="a") == []


def test_a_list_continues_after_the_row_of_its_own_tenant(store: Store) -> None:
    for tenant, created_at in (("another", "2020"), (TENANT, "2032")):
        row = dataset("same", tenant=tenant, created_at=created_at)
        submit(store, methodcaller("put_dataset", row, []))
    submit(store, lambda t: t.put_dataset(dataset("older", created_at="2031"), []))
    found = store.datasets(TENANT, after="same")
    assert [row.dataset_version_id for row in found] == ["older"]


@pytest.mark.parametrize("limit", [0, 1_001])
def test_a_page_has_a_stated_maximum(store: Store, limit: int) -> None:
    with pytest.raises(InvalidInput):
        store.datasets(TENANT, limit=limit)


def test_iterating_passes_the_end_of_a_page(store: Store) -> None:
    fill(store)
    submit(store, lambda t: t.put_evidence(TENANT, evidence(2_500, prefix="x")))
    found = [row.evidence_id for row in store.all_evidence(TENANT)]
    assert found == sorted({f"x{i}" for i in range(2_500)} | {"e0", "e1", "e2"})


def test_pages_by_identifier_continue_and_are_of_one_tenant(store: Store) -> None:
    fill(store)
    fill(store, tenant="other")
    assert store.finding_page(TENANT, limit=2) == findings(3)[:2]
    assert store.finding_page(TENANT, limit=2, after="f1") == findings(3)[2:]
    assert store.evidence_page(TENANT, limit=2, after="e0") == evidence(3)[1:]
    assert store.evidence_page("nobody") == []


def test_a_failed_request_does_not_touch_its_neighbours_in_the_group(store: Store) -> None:
    fill(store)
    holding = threading.Event()
    first = store.submit(lambda _: holding.wait(30))
    neighbours = [
        store.submit(lambda t: t.put_evidence(TENANT, evidence(1, prefix="before"))),
        store.submit(lambda t: t.put_evidence(TENANT, evidence(1, payload=b"other"))),
        store.submit(lambda t: t.put_evidence(TENANT, evidence(1, prefix="after"))),
    ]
    holding.set()
    assert first.result(timeout=30)
    assert isinstance(neighbours[1].exception(timeout=30), Conflict)
    assert neighbours[0].result(timeout=30) is neighbours[2].result(timeout=30) is None
    assert store.evidence(TENANT, "before0")
    assert store.evidence(TENANT, "after0")


def test_twenty_threads_submitting_the_same_rows_all_succeed(store: Store) -> None:
    with ThreadPoolExecutor(20) as threads:
        for done in [threads.submit(fill, store) for _ in range(20)]:
            done.result(timeout=30)
    test_what_is_put_is_what_is_read(store)


def test_an_acknowledged_row_is_visible_to_another_connection(store: Store, url: str) -> None:
    fill(store)
    with open_store(url) as other:
        test_what_is_put_is_what_is_read(other)
        submit(store, lambda t: t.put_evidence(TENANT, evidence(1, prefix="later")))
        assert other.evidence(TENANT, "later0")


def test_rows_are_there_after_reopening(url: str) -> None:
    with open_store(url) as store:
        fill(store)
    with open_store(url) as store:
        test_what_is_put_is_what_is_read(store)


def test_more_threads_than_connections_can_read(store: Store) -> None:
    fill(store)
    with ThreadPoolExecutor(40) as threads:
        assert all(threads.map(lambda _: store.run_members(TENANT, "r"), range(400)))


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreError) as writing:
        store.submit(lambda _: None)
    with pytest.raises(StoreError) as reading:
        store.datasets(TENANT)
    assert writing.value.code == reading.value.code == "store_closed"


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies=st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=2)), max_size=8))
def test_the_first_body_of_an_id_is_the_one_kept(
    store: Store, bodies: list[tuple[str, bytes]]
) -> None:
    fill(store)
    kept = {row.evidence_id: row.payload for row in store.all_evidence(TENANT)}
    for name, payload in bodies:
        row = Evidence(name, "dv", "debt", "k", payload)
        done = store.submit(methodcaller("put_evidence", TENANT, [row])).exception(timeout=30)
        assert (done is None) == (kept.setdefault(name, payload) == payload)
    assert {row.evidence_id: row.payload for row in store.all_evidence(TENANT)} == kept


def test_nobody_uses_a_reader_between_reads(store: Store) -> None:
    store.datasets(TENANT)
    use = store.reader_use()
    assert (use.in_use, use.waiting) == (0, 0)
    assert use.most >= 1


def long_name(length: int) -> str:
    """Characters of four bytes that hardly compress."""
    return "".join(chr(0x10000 + number * 7919 % 60_000) for number in range(length))


LONG_PUTS: dict[str, Callable[[Transaction, str], object]] = {
    "dataset": lambda t, name: t.put_dataset(dataset(name), []),
    "tenant": lambda t, name: t.put_dataset(dataset("dv2", tenant=name), []),
    "derived table": lambda t, name: t.put_derivation(
        TENANT, "bare", DERIVATION, [DerivedTable(name, 0, b"")]
    ),
    "evidence": lambda t, name: t.put_evidence(TENANT, evidence(1, prefix=name[1:])),
    "finding": lambda t, name: t.put_findings(TENANT, [Finding(name, "dv", b"{}")]),
    "run": lambda t, name: t.put_run(run(name), [], []),
    "new run": lambda t, name: t.put_new_runs([NewRun(run(name), (), (), (), None)]),
    "evidence of a new run": lambda t, name: t.put_new_runs(
        [NewRun(run("new"), tuple(evidence(1, prefix=name[1:])), (), (), None)]
    ),
    "key": lambda t, name: t.put_api_key(
        ApiKey(name, TENANT, "till", (), b"h" * 32, "2025", "ada", None, None)
    ),
    "token": lambda t, name: t.revoke_token(RevokedToken(name, "2027")),
    "switch": lambda t, name: t.set_engine_switch(EngineSwitch(name, True, "", "2025", "ada")),
    "job": lambda t, name: t.put_job(
        Job(name, TENANT, "run", b"{}", "queued", 0, 0, None, None, "2025", "ada", "2025")
    ),
}


@pytest.mark.parametrize("what", LONG_PUTS)
def test_an_identifier_that_an_index_could_not_hold_is_refused(store: Store, what: str) -> None:
    put = LONG_PUTS[what]
    fill(store)
    submit(store, lambda t: t.put_dataset(dataset("bare"), []))
    for name in (long_name(MAX_IDENTIFIER_CHARACTERS + 1), long_name(9_000)):
        with pytest.raises(LimitExceeded):
            submit(store, lambda t, name=name: put(t, name))
    submit(store, lambda t: put(t, long_name(MAX_IDENTIFIER_CHARACTERS)))


def test_a_row_that_refers_to_an_identifier_of_any_length_has_a_refusal(store: Store) -> None:
    fill(store)
    for row in (Link("l", "f0", long_name(9_000)), Link(long_name(9_000), "f0", "missing")):
        with pytest.raises((NotFound, InvalidInput)):
            submit(store, lambda t, row=row: t.put_links(TENANT, [row]))
    with pytest.raises((NotFound, InvalidInput)):
        submit(store, lambda t: t.put_run(run("r2"), [long_name(9_000)], []))
