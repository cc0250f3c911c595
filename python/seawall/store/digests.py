"""What a store holds, table by table, as one hash each: equal hashes are equal rows."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec

from seawall.errors import NotFound
from seawall.store.interface import Store
from seawall.store.types import Job


class TableDigest(msgspec.Struct, frozen=True):
    """How many rows there are, and SHA-256 over all of them in the order of their keys."""

    rows: int
    sha256: str


def table_digests(store: Store) -> dict[str, TableDigest]:
    """Read every row; nothing of it depends on the database or on the order of writing."""
    tenants = store.tenants()
    return {
        "dataset_version": _digest(row for t in tenants for row in store.all_datasets(t)),
        "raw_chunk": _digest(_raw_chunks(store, tenants)),
        "derivation": _digest(_derivations(store, tenants)),
        "evidence": _digest((t, row) for t in tenants for row in store.all_evidence(t)),
        "finding": _digest((t, row) for t in tenants for row in store.all_findings(t)),
        "link": _digest((t, row) for t in tenants for row in store.all_links(t)),
        "run": _digest(
            (row, store.run_members(t, row.run_id)) for t in tenants for row in store.all_runs(t)
        ),
        "api_key": _digest(store.api_keys(None)),
        "revoked_token": _digest(store.revoked_tokens()),
        "engine_switch": _digest(store.engine_switches()),
        "audit_entry": _digest(store.all_audit()),
        "job": _digest(job for t in tenants for job in all_jobs(store, t)),
    }


def all_jobs(store: Store, tenant: str) -> Iterator[Job]:
    """Every job of a tenant, newest first."""
    last = None
    while page := store.jobs(tenant, after=last):
        yield from page
        last = page[-1].job_id


def _raw_chunks(store: Store, tenants: list[str]) -> Iterator[object]:
    for tenant in tenants:
        for dataset in store.all_datasets(tenant):
            for chunk in store.raw_chunks(tenant, dataset.dataset_version_id):
                yield tenant, dataset.dataset_version_id, chunk


def _derivations(store: Store, tenants: list[str]) -> Iterator[object]:
    for tenant in tenants:
        for dataset in store.all_datasets(tenant):
            key = dataset.dataset_version_id
            try:
                yield tenant, key, store.derivation(tenant, key)
            except NotFound:
                continue
            for table in store.derived_tables(tenant, key):
                yield tenant, key, table


def _digest(rows: Iterable[object]) -> TableDigest:
    encode = msgspec.msgpack.Encoder().encode
    digest, count = sha256(), 0
    for row in rows:
        digest.update(encode(row))  # says its own length, so rows cannot run together
        count += 1
    return TableDigest(count, digest.hexdigest())
