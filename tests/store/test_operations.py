"""What every driver keeps for the service: run once for each entry of DRIVERS."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller
from typing import Any

import pytest
from msgspec.structs import replace
from sample_ledger import TENANT, dataset, draft, submit

from seawall.errors import Conflict, InvalidInput, NotFound
from seawall.store import Store, Transaction, open_store
from seawall.store.audit_chain import BEFORE_THE_FIRST, chain_problems
from seawall.store.types import ApiKey, AuditDraft, EngineSwitch, Job, JobChange, RevokedToken


def api_key(name: str = "k", *, tenant: str = TENANT, created_at: str = "2025") -> ApiKey:
    return ApiKey(
        key_id=name,
        tenant=tenant,
        name="the night's ingest",
        roles=("ingest", "read"),
        key_hash=(tenant + name).encode().ljust(32, b"-"),
        created_at=created_at,
        created_by="ada",
        expires_at="2026",
        revoked_at=None,
    )


def job(name: str = "j", *, tenant: str = TENANT, created_at: str = "2025", **other: Any) -> Job:
    row = Job(
        job_id=name,
        tenant=tenant,
        kind="simulate",
        request=b"{}",
        status="queued",
        done=0,
        total=100,
        result=None,
        error=None,
        created_at=created_at,
        created_by="ada",
        updated_at=created_at,
    )
    return replace(row, **other)


SWITCH = EngineSwitch("debt", False, "a wrong model", "2025", "ada")


NUL = "a\0b"


def put(store: Store, *rows: ApiKey | Job) -> list[bool]:
    names = {ApiKey: "put_api_key", Job: "put_job"}
    return [submit(store, methodcaller(names[type(row)], row)) for row in rows]


# --- keys


def test_a_key_is_found_by_its_hash(store: Store) -> None:
    put(store, api_key("k"), api_key("l", tenant="other"))
    assert store.api_key_by_hash(api_key("l", tenant="other").key_hash) == api_key(
        "l", tenant="other"
    )


def test_an_unknown_hash_is_no_key(store: Store) -> None:
    put(store, api_key())
    with pytest.raises(NotFound):
        store.api_key_by_hash(b"?" * 32)


def test_a_key_without_an_end_has_none(store: Store) -> None:
    endless = replace(api_key(), expires_at=None)
    put(store, endless)
    assert store.api_keys(TENANT) == [endless]


def test_keys_are_listed_oldest_first_of_one_tenant_or_of_all(store: Store) -> None:
    old, new = api_key("z", created_at="2024"), api_key("a")
    foreign = api_key("k", tenant="other", created_at="2023")
    put(store, new, old, foreign)
    assert store.api_keys(TENANT) == [old, new]
    assert store.api_keys(None) == [foreign, old, new]


def test_live_keys_are_neither_revoked_nor_expired(store: Store) -> None:
    endless, revoked = replace(api_key("e"), expires_at=None), api_key("r")
    put(store, api_key("a"), endless, revoked, api_key("f", tenant="other"))
    submit(store, lambda t: t.revoke_api_key(TENANT, "r", "2025"))
    assert store.live_api_keys("2025", tenant=TENANT) == [api_key("a"), endless]
    assert store.live_api_keys("2026", tenant=TENANT) == [endless]
    assert store.live_api_keys("2025") == [
        api_key("a"),
        endless,
        api_key("f", tenant="other"),
    ]


def test_with_live_keys_come_those_of_each_tenant_that_ended_last(store: Store) -> None:
    put(store, api_key("endless"), *(api_key(name) for name in "abcd"), api_key("x", tenant="o"))
    for at, name in enumerate("bad", start=2021):
        submit(store, lambda t, name=name, at=at: t.revoke_api_key(TENANT, name, str(at)))
    submit(store, lambda t: t.revoke_api_key("o", "x", "2020"))

    def ended(most: int, at: str) -> str:
        keys = store.live_api_keys(at, most_ended=most)
        return "".join(key.key_id for key in keys if key.key_id != "endless")

    assert [ended(most, "2025") for most in (0, 1, 2, 3)] == ["c", "cdx", "acdx", "abcdx"]


def test_the_same_key_again_is_the_one_there(store: Store) -> None:
    assert put(store, api_key(), api_key()) == [True, False]


@pytest.mark.parametrize(
    "second",
    [replace(api_key(), roles=("admin",)), replace(api_key("other"), key_hash=api_key().key_hash)],
    ids=["an identifier with other roles", "a hash of another identifier"],
)
def test_two_keys_share_neither_identifier_nor_hash(store: Store, second: ApiKey) -> None:
    put(store, api_key())
    with pytest.raises(Conflict):
        put(store, second)
    assert store.api_keys(None) == [api_key()]


def test_a_hash_has_32_bytes(store: Store) -> None:
    with pytest.raises(InvalidInput):
        put(store, replace(api_key(), key_hash=b"short"))


def test_a_revoked_key_stays_revoked_at_its_first_time(url: str) -> None:
    with open_store(url) as store:
        put(store, api_key())
        assert submit(store, lambda t: t.revoke_api_key(TENANT, "k", "2027"))
        assert not submit(store, lambda t: t.revoke_api_key(TENANT, "k", "2028"))
    with open_store(url) as store:
        assert store.api_keys(TENANT) == [replace(api_key(), revoked_at="2027")]


@pytest.mark.parametrize(("tenant", "key_id"), [("other", "k"), (TENANT, "unknown")])
def test_a_key_is_revoked_by_its_tenant_only(store: Store, tenant: str, key_id: str) -> None:
    put(store, api_key())
    with pytest.raises(NotFound):
        submit(store, lambda t: t.revoke_api_key(tenant, key_id, "2027"))
    assert store.api_keys(TENANT) == [api_key()]


# --- tokens and switches


def test_a_revoked_token_stays_revoked(url: str) -> None:
    token = RevokedToken("t", "2026")
    with open_store(url) as store:
        assert submit(store, lambda t: t.revoke_token(token))
        assert not submit(store, lambda t: t.revoke_token(token))
    with open_store(url) as store:
        assert store.revoked_tokens() == [token]


def test_tokens_that_expired_need_not_be_read(store: Store) -> None:
    tokens = [RevokedToken(name, end) for name, end in (("b", "2026"), ("a", "2027"))]
    for token in tokens:
        submit(store, methodcaller("revoke_token", token))
    assert store.revoked_tokens(expiring_after="2026") == tokens[1:]


def test_an_engine_has_its_last_switch(url: str) -> None:
    with open_store(url) as store:
        submit(store, lambda t: t.set_engine_switch(SWITCH))
        on = replace(SWITCH, enabled=True, reason="mended", changed_at="2026", changed_by="bob")
        submit(store, lambda t: t.set_engine_switch(on))
        submit(store, lambda t: t.set_engine_switch(replace(SWITCH, engine="assets")))
    with open_store(url) as store:
        assert store.engine_switches() == [replace(SWITCH, engine="assets"), on]


ACCESS_CHANGES: dict[str, Callable[[Store], object]] = {
    "a key": lambda s: put(s, api_key("new")),
    "a revocation": lambda s: submit(s, lambda t: t.revoke_api_key(TENANT, "k", "2027")),
    "a token": lambda s: submit(s, lambda t: t.revoke_token(RevokedToken("t", "2026"))),
    "a switch": lambda s: submit(s, lambda t: t.set_engine_switch(SWITCH)),
    "a switch back": lambda s: submit(
        s, lambda t: t.set_engine_switch(replace(SWITCH, engine="assets", enabled=True))
    ),
}


@pytest.mark.parametrize("change", ACCESS_CHANGES.values(), ids=ACCESS_CHANGES.keys())
def test_a_change_of_access_is_noticed_by_every_connection(
    store: Store, url: str, change: Callable[[Store], object]
) -> None:
    put(store, api_key())
    submit(store, lambda t: t.set_engine_switch(replace(SWITCH, engine="assets")))
    with open_store(url) as other:
        before = (store.data_version(), other.data_version())
        change(store)
        after = (store.data_version(), other.data_version())
        assert before[0] != after[0]
        assert before[1] != after[1]


def test_nothing_else_is_noticed_as_a_change_of_access(store: Store) -> None:
    put(store, api_key())
    submit(store, lambda t: t.revoke_api_key(TENANT, "k", "2027"))
    before = store.data_version()
    put(store, job(), api_key_again := replace(api_key(), revoked_at="2027"))
    assert store.api_keys(TENANT) == [api_key_again]
    submit(store, lambda t: t.append_audit(draft()))
    submit(store, lambda t: t.revoke_api_key(TENANT, "k", "2028"))
    assert store.data_version() == before


def test_a_change_that_was_undone_is_not_there(store: Store) -> None:
    def fails(transaction: Any) -> None:
        transaction.put_api_key(api_key())
        transaction.append_audit(draft())
        raise KeyError

    before = store.data_version()
    with pytest.raises(KeyError):
        submit(store, fails)
    assert (store.api_keys(None), store.audit_entries(None)) == ([], [])
    assert store.data_version() == before


# --- audit


def appended(store: Store, *drafts: AuditDraft) -> None:
    for one in drafts:
        submit(store, methodcaller("append_audit", one))


def test_an_entry_is_what_was_appended(store: Store) -> None:
    entry = submit(store, lambda t: t.append_audit(draft(detail=b'{"a":[1,"\xc3\xa9"]}')))
    assert list(store.all_audit()) == [entry]
    assert entry.detail == b'{"a":[1,"\xc3\xa9"]}'
    assert (entry.sequence, entry.previous_sha256) == (1, BEFORE_THE_FIRST)


def test_each_entry_continues_the_one_before_it_whosever_it_is(store: Store) -> None:
    appended(store, draft("a"), draft("b", tenant="other"), draft("c", tenant=""))
    first, second, third = store.all_audit()
    assert [first.sequence, second.sequence, third.sequence] == [1, 2, 3]
    assert second.previous_sha256 == first.entry_sha256
    assert third.previous_sha256 == second.entry_sha256


def test_entries_of_one_transaction_are_a_chain_too(store: Store) -> None:
    submit(store, lambda t: [t.append_audit(draft(str(i))) for i in range(5)])
    assert [entry.subject for entry in store.all_audit()] == ["0", "1", "2", "3", "4"]
    assert list(chain_problems(store.all_audit())) == []


def test_an_entry_that_was_undone_leaves_no_gap(store: Store) -> None:
    def fails(transaction: Any) -> None:
        transaction.append_audit(draft("undone"))
        raise KeyError

    futures = [
        store.submit(methodcaller("append_audit", draft("a"))),
        store.submit(fails),
        store.submit(methodcaller("append_audit", draft("b"))),
    ]
    assert isinstance(futures[1].exception(timeout=30), KeyError)
    futures[2].result(timeout=30)
    assert [entry.subject for entry in store.all_audit()] == ["a", "b"]
    assert list(chain_problems(store.all_audit())) == []


def test_writers_that_do_not_know_each_other_make_one_chain(store: Store, url: str) -> None:
    with open_store(url) as other, ThreadPoolExecutor(8) as threads:
        stores = [store, other] * 50
        list(threads.map(lambda s: submit(s, lambda t: t.append_audit(draft())), stores))
    assert [entry.sequence for entry in store.all_audit()] == list(range(1, 101))
    assert list(chain_problems(store.all_audit())) == []


def test_entries_are_listed_newest_first_and_continue(store: Store) -> None:
    appended(store, *(draft(name, tenant=name) for name in ("a", "b", "a", "a")))
    assert [e.sequence for e in store.audit_entries(None)] == [4, 3, 2, 1]
    assert [e.sequence for e in store.audit_entries("a", limit=2)] == [4, 3]
    assert [e.sequence for e in store.audit_entries("a", after=3)] == [1]
    assert [e.sequence for e in store.all_audit("a")] == [1, 3, 4]


def test_the_audit_passes_the_end_of_a_page(store: Store) -> None:
    submit(store, lambda t: [t.append_audit(draft()) for _ in range(2_100)])
    assert [entry.sequence for entry in store.all_audit()] == list(range(1, 2_101))


@pytest.mark.parametrize("limit", [0, 1_001])
def test_a_page_of_the_audit_has_a_stated_maximum(store: Store, limit: int) -> None:
    with pytest.raises(InvalidInput):
        store.audit_entries(None, limit=limit)


# --- jobs


def test_a_job_is_what_was_put(store: Store) -> None:
    assert put(store, job(), job()) == [True, False]
    assert store.job(TENANT, "j") == job()


def test_another_job_under_the_same_identifier_is_refused(store: Store) -> None:
    put(store, job())
    with pytest.raises(Conflict):
        put(store, job(request=b"[]"))


def join(store: Store, row: Job, *, may_run: bool = True) -> str:
    kept = submit(store, lambda t: t.join_job(row, may_run=may_run))
    assert isinstance(kept, Job)
    assert store.job(row.tenant, kept.job_id) == kept
    return kept.job_id


def test_an_equal_job_joins_the_one_that_is_open(store: Store) -> None:
    assert join(store, job("a")) == "a"
    assert join(store, job("b")) == "a"
    assert [j.job_id for j in store.jobs(TENANT)] == ["a"]
    submit(store, lambda t: t.update_job(TENANT, "a", JobChange("2025", status="running")))
    assert join(store, job("c")) == "a"
    assert join(store, job("d"), may_run=False) == "d"
    assert join(store, job("e"), may_run=False) == "d"


@pytest.mark.parametrize(
    "other",
    [{"tenant": "other"}, {"kind": "verify"}, {"request": b"[]"}],
    ids=["tenant", "kind", "request"],
)
def test_a_job_joins_no_other_one(store: Store, other: dict[str, Any]) -> None:
    put(store, job("a"))
    assert join(store, job("b", **other)) == "b"


def test_a_job_that_ended_is_not_joined(store: Store) -> None:
    put(store, job("a", status="done"))
    assert join(store, job("b")) == "b"


def test_a_job_belongs_to_its_tenant(store: Store) -> None:
    put(store, job())
    with pytest.raises(NotFound):
        store.job("other", "j")
    with pytest.raises(NotFound):
        submit(store, lambda t: t.update_job("other", "j", JobChange("2026", status="failed")))
    assert store.jobs("other") == []
    assert store.job(TENANT, "j") == job()


def test_a_change_leaves_the_rest_of_a_job_as_it_was(store: Store) -> None:
    put(store, job())
    running = submit(
        store, lambda t: t.update_job(TENANT, "j", JobChange("2026", status="running", done=7))
    )
    assert running == job(status="running", done=7, updated_at="2026")
    submit(store, lambda t: t.update_job(TENANT, "j", JobChange("2027", total=9)))
    assert store.job(TENANT, "j") == job(status="running", done=7, total=9, updated_at="2027")


@pytest.mark.parametrize("status", ["done", "failed", "cancelled", "interrupted"])
def test_a_job_that_ended_does_not_change(store: Store, status: Any) -> None:
    put(store, job(status="running"))
    ended = submit(
        store, lambda t: t.update_job(TENANT, "j", JobChange("2026", status=status, result=b"{}"))
    )
    with pytest.raises(Conflict) as refusal:
        submit(store, lambda t: t.update_job(TENANT, "j", JobChange("2027", status="running")))
    assert refusal.value.code == "job_finished"
    assert store.job(TENANT, "j") == ended


def test_a_status_that_does_not_exist_is_refused(store: Store) -> None:
    put(store, job())
    unknown: Any = "resting"
    with pytest.raises(InvalidInput):
        submit(store, lambda t: t.update_job(TENANT, "j", JobChange("2026", status=unknown)))


def test_jobs_are_listed_newest_first_and_continue(store: Store) -> None:
    put(store, *(job(name, created_at=at) for name, at in (("a", "1"), ("b", "3"), ("c", "2"))))
    assert [j.job_id for j in store.jobs(TENANT)] == ["b", "c", "a"]
    assert [j.job_id for j in store.jobs(TENANT, limit=1, after="b")] == ["c"]


def take(store: Store, worker: str = "new", **said: Any) -> list[Job]:
    asked = {"silent_since": "4", "most": 10, "most_attempts": 3, **said}
    taken = submit(store, lambda t: t.take_jobs(worker, ("simulate", "verify"), "9", **asked))
    assert isinstance(taken, list)
    return taken


def test_jobs_that_nobody_works_on_are_taken(store: Store) -> None:
    kept = (
        job("free", created_at="2", updated_at="8", done=3),
        job("left", tenant="other", created_at="1", status="running", worker="old", updated_at="4"),
        job("heard", created_at="3", status="running", worker="old", updated_at="5"),
        job("done", created_at="3", status="done"),
        job("strange", created_at="3", kind="of nobody"),
        job("own", created_at="3", status="running", worker="new", updated_at="5"),
    )
    put(store, *kept)
    taken = take(store)
    changed = {"status": "queued", "worker": "new", "updated_at": "9", "done": 0}
    assert taken == [replace(kept[1], **changed), replace(kept[0], **changed)]
    assert [store.job(one.tenant, one.job_id) for one in (*taken, *kept[2:])] == [*taken, *kept[2:]]
    assert take(store) == []


def test_a_job_of_ones_own_that_gives_no_sign_is_taken(store: Store) -> None:
    """Its commit may have been done without its worker being told."""
    put(store, job(worker="new", updated_at="4"))
    assert [one.job_id for one in take(store)] == ["j"]


def test_the_oldest_jobs_are_taken_first(store: Store) -> None:
    put(store, *(job(name, created_at=at) for name, at in (("a", "2"), ("b", "1"), ("c", "3"))))
    assert [one.job_id for one in take(store, most=2)] == ["b", "a"]
    assert take(store, most=0) == []


def test_a_job_that_was_begun_too_often_is_interrupted(store: Store) -> None:
    put(store, job("a", status="running", worker="old", updated_at="4", attempts=3))
    put(store, job("b", status="running", worker="old", updated_at="5", attempts=3))
    assert take(store) == []
    assert [(one.status, one.updated_at) for one in store.jobs(TENANT)] == [
        ("running", "5"),
        ("interrupted", "9"),
    ]


def test_a_job_is_changed_by_no_worker_that_has_it_no_more(store: Store) -> None:
    put(store, job(worker="old"))
    of_old = {"worker": "old"}
    running = submit(
        store, lambda t: t.update_job(TENANT, "j", JobChange("2026", status="running"), **of_old)
    )
    submit(store, lambda t: t.update_job(TENANT, "j", JobChange("2027", worker=None)))
    with pytest.raises(Conflict) as refusal:
        submit(store, lambda t: t.update_job(TENANT, "j", JobChange("2028", done=1), **of_old))
    assert (refusal.value.code, refusal.value.where) == ("job_taken", "job[j]")
    assert store.job(TENANT, "j") == replace(running, worker=None, updated_at="2027")


# --- what no database keeps


@pytest.mark.parametrize(
    ("write", "where"),
    [
        (lambda t: t.put_api_key(replace(api_key(), name=NUL)), "api_key[k].name"),
        (lambda t: t.put_api_key(replace(api_key(), tenant=NUL)), "api_key[k].tenant"),
        (lambda t: t.revoke_token(RevokedToken(NUL, "2026")), "revoked_token.token_id"),
        (
            lambda t: t.set_engine_switch(replace(SWITCH, reason=NUL)),
            "engine_switch[debt].reason",
        ),
        (lambda t: t.put_job(replace(job(), created_by=NUL)), "job[j].created_by"),
        (lambda t: t.update_job(TENANT, "j", JobChange(updated_at=NUL)), "job[j].updated_at"),
        (lambda t: t.append_audit(replace(draft(), actor=NUL)), "audit_entry.actor"),
        (
            lambda t: t.put_dataset(replace(dataset(), created_by=NUL), []),
            "dataset_version.created_by",
        ),
    ],
)
def test_a_text_with_a_nul_is_kept_by_no_database(
    store: Store, write: Callable[[Transaction], object], where: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        submit(store, write)
    assert (caught.value.code, caught.value.where) == ("invalid_input", where)
    submit(store, lambda t: t.set_engine_switch(SWITCH))  # and the store goes on
    assert store.engine_switches() == [SWITCH]
    assert store.audit_entries(None) == []
