"""A whole ledger moved into another store, of whatever database, row by row."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from seawall.errors import NotFound, StoreError
from seawall.store.digests import TableDigest, all_jobs, table_digests
from seawall.store.interface import Store, Transaction
from seawall.store.types import AuditDraft, DatasetVersion

ROWS_AT_ONCE = 1_000

T = TypeVar("T")


def copy_store(source: Store, target: Store) -> dict[str, TableDigest]:
    """Put every row of every tenant into another store, and prove that both hold the same.

    Nobody may write to either meanwhile. An interrupted copy goes on when it is asked for again:
    rows that are there with the same content are left alone.

    Returns
    -------
    dict of str to TableDigest
        Of each table; the same for both.

    Raises
    ------
    Conflict
        When the target has other rows under the same identifiers.
    StoreError
        ``store_differs`` when the two do not hold the same afterwards: the target had more, or
        somebody wrote to the source.
    """
    for tenant in source.tenants():
        _copy_tenant(source, target, tenant)
    _copy_access(source, target)
    _copy_audit(source, target)
    wanted, found = table_digests(source), table_digests(target)
    if differing := [name for name in wanted if wanted[name] != found[name]]:
        raise StoreError(
            f"The copy does not hold the same {', '.join(differing)}.", code="store_differs"
        )
    return found


def _copy_tenant(source: Store, target: Store, tenant: str) -> None:
    for dataset in source.all_datasets(tenant):
        _copy_dataset(source, target, dataset)

    def put(kind: str) -> Callable[[Transaction, list[Any]], None]:
        return lambda transaction, rows: getattr(transaction, f"put_{kind}")(tenant, rows)

    _put_all(target, source.all_evidence(tenant), put("evidence"))
    _put_all(target, source.all_findings(tenant), put("findings"))
    _put_all(target, source.all_links(tenant), put("links"))
    for run in source.all_runs(tenant):
        members = source.run_members(tenant, run.run_id)
        _submit(
            target,
            lambda t: t.put_run(run, members.evidence_ids, members.finding_ids),  # noqa: B023
        )
    _each(target, all_jobs(source, tenant), lambda t, job: t.put_job(job))


def _copy_dataset(source: Store, target: Store, dataset: DatasetVersion) -> None:
    tenant, key = dataset.tenant, dataset.dataset_version_id
    chunks = list(source.raw_chunks(tenant, key))
    _submit(target, lambda t: t.put_dataset(dataset, chunks))
    try:
        derivation = source.derivation(tenant, key)
    except NotFound:  # not normalised
        return
    tables = list(source.derived_tables(tenant, key))
    _submit(target, lambda t: t.put_derivation(tenant, key, derivation, tables))


def _copy_access(source: Store, target: Store) -> None:
    _each(target, source.api_keys(None), lambda t, key: t.put_api_key(key))
    _each(target, source.revoked_tokens(), lambda t, token: t.revoke_token(token))
    _each(target, source.engine_switches(), lambda t, switch: t.set_engine_switch(switch))


def _copy_audit(source: Store, target: Store) -> None:
    """Append the entries that the target does not have; their hashes come out the same."""
    last = target.audit_entries(None, limit=1)
    there = last[0].sequence if last else 0
    missing = (entry for entry in source.all_audit() if entry.sequence > there)
    fields = AuditDraft.__struct_fields__
    drafts = (AuditDraft(**{name: getattr(e, name) for name in fields}) for e in missing)
    _each(target, drafts, lambda t, draft: t.append_audit(draft))


def _each(target: Store, rows: Iterable[T], put: Callable[[Transaction, T], object]) -> None:
    def put_rows(transaction: Transaction, batch: list[T]) -> None:
        for row in batch:
            put(transaction, row)

    _put_all(target, rows, put_rows)


def _put_all(target: Store, rows: Iterable[T], put: Callable[[Transaction, list[T]], None]) -> None:
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_AT_ONCE)):
        _submit(target, lambda transaction: put(transaction, batch))


def _submit(target: Store, work: Callable[[Transaction], object]) -> None:
    target.submit(work).result()
