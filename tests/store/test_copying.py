"""A ledger moved into another store, and the hashes that prove it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sample_ledger import TENANT, dataset, draft, evidence, fill, submit

from seawall.errors import Conflict, StoreError
from seawall.session.verify_log import verify_log
from seawall.store import Store, open_store
from seawall.store.copying import ROWS_AT_ONCE, copy_store
from seawall.store.digests import table_digests
from seawall.store.types import ApiKey, EngineSwitch, Job, Link, RevokedToken

KEY = ApiKey("k", TENANT, "till", ("read",), b"h" * 32, "2025", "ada", None, "2026")
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
    submit(store, lambda t: t.set_engine_switch(EngineSwitch("debt", False, "r", "2025", "ada")))
    submit(store, lambda t: t.put_job(JOB))
    return store


def test_tenants_are_those_with_a_dataset_or_a_job(full: Store) -> None:
    assert full.tenants() == [TENANT, "quay", "yard"]


def test_a_copy_holds_the_same_rows_in_every_table(full: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "copy.db") as copy:
        digests = copy_store(full, copy)
        assert digests == table_digests(full) == table_digests(copy)
        assert all(digest.rows > 0 for digest in digests.values())
        assert copy.api_keys(None) == [KEY]
        assert list(copy.all_audit()) == list(full.all_audit())


def test_an_interrupted_copy_goes_on(full: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "copy.db") as copy:
        fill(copy)  # the first tenant's rows, and the first entry of the audit
        assert copy_store(full, copy) == table_digests(full)


def test_a_copy_into_a_store_that_has_more_is_no_copy(full: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "copy.db") as copy:
        submit(copy, lambda t: t.put_dataset(dataset("more"), []))
        with pytest.raises(StoreError) as refusal:
            copy_store(full, copy)
    assert refusal.value.code == "store_differs"


def test_a_copy_does_not_change_what_is_there(full: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "copy.db") as copy:
        submit(copy, lambda t: t.put_dataset(dataset(), []))
        with pytest.raises(Conflict):
            copy_store(full, copy)


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


def test_a_copy_of_rows_in_another_order_is_refused(full: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "copy.db") as copy:
        fill(copy, tenant="quay")
        with pytest.raises(StoreError) as refusal:
            copy_store(full, copy)
    assert refusal.value.code == "store_differs"


def test_a_digest_knows_every_field_and_every_row(full: Store) -> None:
    before = table_digests(full)
    submit(full, lambda t: t.put_evidence(TENANT, evidence(1, prefix="z")))
    submit(full, lambda t: t.append_audit(draft("new")))
    after = table_digests(full)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"evidence", "audit_entry"}
