"""A ledger moved into another store, and the hashes that prove it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from msgspec.structs import replace
from sample_ledger import (
    CHUNKS,
    DERIVATION,
    TABLES,
    TENANT,
    dataset,
    draft,
    evidence,
    fill,
    fill_ledger,
    run,
    submit,
)

from seawall.errors import StoreError
from seawall.session.verify_log import verify_log
from seawall.store import Store, Transaction, open_store
from seawall.store.copying import ROWS_AT_ONCE, copy_store
from seawall.store.digests import table_digests
from seawall.store.types import ApiKey, EngineSwitch, Job, Link, RevokedToken

KEY = ApiKey("k", TENANT, "till", ("read",), b"h" * 32, "2025", "ada", None, "2026")
SWITCH = EngineSwitch("debt", False, "r", "2025", "ada")
JOB = Job("j", "yard", "run", b"{}", "running", 1, 2, None, None, "2025", "ada", "2025")


@pytest.fixture
def full(store: Store) -> Store:
    """A store with rows in every table, of several tenants."""
    fill(store)
    fill(store, tenant="quay")
    submit(store, lambda t: t.put_dataset(dataset("bare"), []))  # not normalised
    submit(store, lambda t: t.put_evidence(TENANT, evidence(ROWS_AT_ONCE + 1, prefix="m")))
    submit(store, lambda t: t.put_api_key(KEY))
    submit(store, lambda t: t.revoke_token(RevokedToken("t", "2027")))
    submit(store, lambda t: t.set_engine_switch(SWITCH))
    submit(store, lambda t: t.put_job(JOB))
    return store


@pytest.fixture(params=["sqlite", "postgres"])
def target(
    request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[..., str]
) -> Iterator[Store]:
    """An empty store of either database."""
    with open_store(tmp_path / "copy.db" if request.param == "sqlite" else new_database()) as made:
        yield made


def test_tenants_are_those_with_a_dataset_or_a_job(full: Store) -> None:
    assert full.tenants() == [TENANT, "quay", "yard"]


def test_a_copy_holds_the_same_rows_in_every_table(full: Store, target: Store) -> None:
    digests = copy_store(full, target)
    assert digests == table_digests(full) == table_digests(target)
    assert all(digest.rows > 0 for digest in digests.values())
    assert target.api_keys(None) == [KEY]
    assert list(target.all_audit()) == list(full.all_audit())


def test_a_copy_goes_on_after_the_rows_of_a_former_moment(full: Store, target: Store) -> None:
    fill(target)  # the first tenant's rows, and the first entry of the audit
    assert copy_store(full, target) == table_digests(full)


class Interruption(Exception):
    """Ends a copy before one of its commits."""


def test_a_copy_that_is_interrupted_at_any_commit_goes_on(
    full: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = target.submit
    commits = 0

    def submitted(work: Callable[[Transaction], object]) -> Future[object]:
        nonlocal left
        if left == 0:
            raise Interruption
        left -= 1
        return kept(work)

    monkeypatch.setattr(target, "submit", submitted)
    while True:
        left = commits  # one more than the last time
        try:
            digests = copy_store(full, target)
        except Interruption:
            commits += 1
        else:
            break
    assert commits >= 5
    assert digests == table_digests(full)


def other_dataset(transaction: Transaction) -> None:
    transaction.put_dataset(dataset("other"), [])


def first_dataset(transaction: Transaction) -> None:
    transaction.put_dataset(dataset(), CHUNKS)


def other_chunks(transaction: Transaction) -> None:
    transaction.put_dataset(dataset(), [replace(chunk, payload=b"xyz") for chunk in CHUNKS])


def other_tables(transaction: Transaction) -> None:
    first_dataset(transaction)
    transaction.put_derivation(TENANT, "dv", DERIVATION, TABLES[:1])


def other_members(transaction: Transaction) -> None:
    first_dataset(transaction)
    transaction.put_evidence(TENANT, evidence(3))
    transaction.put_run(run(), ["e0"], [])


def other_order(transaction: Transaction) -> None:
    fill_ledger(transaction, "quay")


def other_evidence(transaction: Transaction) -> None:
    first_dataset(transaction)
    transaction.put_evidence(TENANT, evidence(1, payload=b"[]"))


def other_entry(transaction: Transaction) -> None:
    transaction.append_audit(draft("another"))


OTHERS: dict[str, tuple[Callable[[Transaction], object], str]] = {
    "a dataset": (other_dataset, "dataset_version"),
    "the same in another order": (other_order, "dataset_version, derivation, evidence"),
    "an evidence of another content": (other_evidence, "evidence"),
    "an entry of the audit": (other_entry, "audit_entry"),
    "chunks that were compressed otherwise": (other_chunks, "raw_chunk"),
    "fewer derived tables": (other_tables, "derived_table"),
    "fewer members of a run": (other_members, "run_members"),
    "a key": (lambda t: t.put_api_key(replace(KEY, name="desk")), "api_key"),
    "a revoked token": (lambda t: t.revoke_token(RevokedToken("u", "2027")), "revoked_token"),
    "a switch": (lambda t: t.set_engine_switch(replace(SWITCH, enabled=True)), "engine_switch"),
    "a job": (lambda t: t.put_job(replace(JOB, status="done")), "job"),
    "a job of another tenant": (lambda t: t.put_job(replace(JOB, tenant="pier")), "job"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_into_a_ledger_that_holds_something_else_nothing_is_written(
    full: Store, target: Store, name: str
) -> None:
    work, tables = OTHERS[name]
    submit(target, work)
    before = table_digests(target)
    with pytest.raises(StoreError, match=f"other rows in {tables}.*Nothing was written") as refusal:
        copy_store(full, target)
    assert refusal.value.code == "store_differs"
    assert table_digests(target) == before


def test_into_a_ledger_that_has_everything_and_more_nothing_is_written(
    full: Store, target: Store
) -> None:
    copy_store(full, target)
    submit(target, lambda t: t.append_audit(draft("since")))
    with pytest.raises(StoreError, match="audit_entry") as refusal:
        copy_store(full, target)
    assert refusal.value.code == "store_differs"


def test_what_is_written_to_the_source_meanwhile_shows_at_the_end(
    full: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = target.submit

    def submitted(work: Callable[[Transaction], object]) -> Future[object]:
        if target.log_states()["run"].size:  # the copy has been through the datasets
            submit(full, lambda t: t.put_dataset(dataset("late"), []))
        return kept(work)

    monkeypatch.setattr(target, "submit", submitted)
    with pytest.raises(StoreError, match="does not hold the same dataset_version") as refusal:
        copy_store(full, target)
    assert refusal.value.code == "store_differs"


LINKS = [Link(f"l{n}", f"f{n % 3}", f"m{n}") for n in (5, 3, 9, 4, 8, 1, 0, 2, 7, 6)]


def test_a_copy_to_the_other_database_and_back_has_the_same_trees(
    full: Store, tmp_path: Path, new_database: Callable[..., str]
) -> None:
    for tenant in ("quay", TENANT):  # links of whichever tenant and finding after each other
        submit(full, lambda t: t.put_evidence(tenant, evidence(10, prefix="m")))  # noqa: B023
        for link in LINKS:
            submit(full, lambda t, row=link: t.put_links(tenant, [row]))  # noqa: B023
    with open_store(new_database()) as there, open_store(tmp_path / "back.db") as back:
        copy_store(full, there)
        assert there.log_states() == full.log_states()
        copy_store(there, back)
        assert back.log_states() == full.log_states()
        assert back.log_tiles("evidence") == there.log_tiles("evidence")
        assert table_digests(back) == table_digests(full)
        assert [verify_log(store).problems for store in (there, back)] == [[], []]


def test_a_digest_knows_every_field_and_every_row(full: Store) -> None:
    before = table_digests(full)
    submit(full, lambda t: t.put_evidence(TENANT, evidence(1, prefix="z")))
    submit(full, lambda t: t.append_audit(draft("new")))
    after = table_digests(full)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"evidence", "audit_entry"}
