"""A whole ledger moved into another store, of whatever database, row by row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar

from msgspec import Struct

from seawall.errors import StoreError
from seawall.provenance.log_leaf import LOG_TREES
from seawall.store.copy_target import leaves_there
from seawall.store.digests import TableDigest, all_jobs, table_digests
from seawall.store.interface import Store, Transaction
from seawall.store.types import (
    AuditDraft,
    DatasetVersion,
    Derivation,
    Evidence,
    Finding,
    Link,
    Run,
)

ROWS_AT_ONCE = 1_000
LARGE_ROWS_AT_ONCE = 50  # of which each may have megabytes

T = TypeVar("T")
Row = TypeVar("Row", bound=Struct)


def copy_store(source: Store, target: Store) -> dict[str, TableDigest]:
    """Put every row of every tenant into another store, and prove that both hold the same.

    The rows of each tree of the log go in the order of its leaves, so that the trees come out the
    same. Nobody may write to either meanwhile. An interrupted copy goes on when it is asked for
    again, after the last leaf of each tree that it has put; into any other target than that, or an
    empty one, nothing is written.

    Returns
    -------
    dict of str to TableDigest
        Of each table; the same for both.

    Raises
    ------
    StoreError
        ``store_differs`` before anything is written when the target holds other rows, or the same
        in another order; afterwards when the two do not hold the same: somebody wrote meanwhile.
    """
    there = leaves_there(source, target)
    _copy_datasets(source, target, there)
    _copy_derivations(source, target, there)
    _copy_evidence(source, target, there)
    _copy_runs(source, target, there)
    for tenant in source.tenants():
        _each(target, all_jobs(source, tenant), lambda t, job: t.put_job(job))
    _copy_access(source, target)
    _copy_audit(source, target, there)
    wanted, found = table_digests(source), table_digests(target)
    if differing := [name for name in wanted if wanted[name] != found[name]]:
        raise StoreError(
            f"The copy does not hold the same {', '.join(differing)}.", code="store_differs"
        )
    return found


def _copy_datasets(source: Store, target: Store, there: Mapping[str, int]) -> None:
    for cells in _leaves(source, "dataset_version", there, LARGE_ROWS_AT_ONCE):
        dataset = _row(DatasetVersion, "dataset_version", cells)
        chunks = list(source.raw_chunks(dataset.tenant, dataset.dataset_version_id))
        _submit(target, lambda t: t.put_dataset(dataset, chunks))  # noqa: B023


def _copy_derivations(source: Store, target: Store, there: Mapping[str, int]) -> None:
    for tenant, key, *cells in _leaves(source, "derivation", there, LARGE_ROWS_AT_ONCE):
        derivation = _row(Derivation, "derivation", (tenant, key, *cells))
        tables = list(source.derived_tables(tenant, key))
        _submit(target, lambda t: t.put_derivation(tenant, key, derivation, tables))  # noqa: B023


def _copy_evidence(source: Store, target: Store, there: Mapping[str, int]) -> None:
    def put_evidence(transaction: Transaction, leaves: list[Any]) -> None:
        for tenant, rows in _by_tenant(Evidence, "evidence", leaves):
            for ascending in _ascending(rows, "evidence_id"):
                transaction.put_evidence(tenant, ascending)

    def put_findings(transaction: Transaction, leaves: list[Any]) -> None:
        for tenant, rows in _by_tenant(Finding, "finding", leaves):
            for ascending in _ascending(rows, "finding_id"):
                transaction.put_findings(tenant, ascending)

    def put_links(transaction: Transaction, leaves: list[Any]) -> None:
        for tenant, rows in _by_tenant(Link, "link", leaves):
            for ascending in _ascending(rows, "finding_id"):
                transaction.put_links(tenant, ascending)

    _put_all(target, _leaves(source, "evidence", there, ROWS_AT_ONCE), put_evidence)
    _put_all(target, _leaves(source, "finding", there, ROWS_AT_ONCE), put_findings)
    _put_all(target, _leaves(source, "link", there, ROWS_AT_ONCE), put_links)


def _copy_runs(source: Store, target: Store, there: Mapping[str, int]) -> None:
    for cells in _leaves(source, "run", there, LARGE_ROWS_AT_ONCE):
        run = _row(Run, "run", cells)
        members = source.run_members(run.tenant, run.run_id)
        _submit(
            target,
            lambda t: t.put_run(run, members.evidence_ids, members.finding_ids),  # noqa: B023
        )


def _leaves(
    source: Store, tree: str, there: Mapping[str, int], at_once: int
) -> Iterator[tuple[Any, ...]]:
    """Read the rows of a tree in its order, after those that the target has."""
    first = there[tree]
    while rows := source.log_rows(tree, first, at_once):
        yield from rows
        first += len(rows)


def _row(kind: type[Row], tree: str, cells: tuple[Any, ...]) -> Row:
    named = dict(zip(LOG_TREES[tree], cells, strict=True))
    return kind(**{field: named[field] for field in kind.__struct_fields__})


def _by_tenant(
    kind: type[Row], tree: str, leaves: list[tuple[Any, ...]]
) -> Iterator[tuple[str, list[Row]]]:
    for tenant, some in groupby(leaves, key=itemgetter(0)):
        yield tenant, [_row(kind, tree, cells) for cells in some]


def _ascending(rows: list[Row], key: str) -> Iterator[list[Row]]:
    """Part rows where a put, which sorts by this field, would change their order."""
    begin = 0
    for index in range(1, len(rows)):
        if getattr(rows[index], key) < getattr(rows[index - 1], key):
            yield rows[begin:index]
            begin = index
    yield rows[begin:]


def _copy_access(source: Store, target: Store) -> None:
    _each(target, source.api_keys(None), lambda t, key: t.put_api_key(key))
    _each(target, source.revoked_tokens(), lambda t, token: t.revoke_token(token))
    _each(target, source.engine_switches(), lambda t, switch: t.set_engine_switch(switch))


def _copy_audit(source: Store, target: Store, there: Mapping[str, int]) -> None:
    """Append the entries that the target does not have; their hashes come out the same."""
    leaves = _leaves(source, "audit_entry", there, ROWS_AT_ONCE)
    drafts = (_row(AuditDraft, "audit_entry", cells) for cells in leaves)
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
