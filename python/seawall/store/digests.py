"""What a store holds, table by table, as one hash each: equal hashes are equal rows."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec

from seawall.provenance import merkle_root_of_peaks
from seawall.store.interface import Store
from seawall.store.log_growth import HASH_SIZE, LogState
from seawall.store.types import Job


class TableDigest(msgspec.Struct, frozen=True):
    """How many rows there are, and a hash over all of them.

    Of a table with a tree in the log it is the root of the tree, which fixes their order too; of
    another it is SHA-256 over the rows in the order of their keys.
    """

    rows: int
    sha256: str


def table_digests(store: Store) -> dict[str, TableDigest]:
    """Digest every table; nothing of it depends on the database."""
    tenants = store.tenants()
    trees = {tree: _tree(state) for tree, state in sorted(store.log_states().items())}
    return trees | {
        "raw_chunk": _digest(_raw_chunks(store, tenants)),
        "derived_table": _digest(_derived_tables(store, tenants)),
        "run_members": _digest(
            (t, row.run_id, store.run_members(t, row.run_id))
            for t in tenants
            for row in store.all_runs(t)
        ),
        "api_key": _digest(store.api_keys(None)),
        "revoked_token": _digest(store.revoked_tokens()),
        "engine_switch": _digest(store.engine_switches()),
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


def _derived_tables(store: Store, tenants: list[str]) -> Iterator[object]:
    for tenant in tenants:
        for dataset in store.all_datasets(tenant):
            for table in store.derived_tables(tenant, dataset.dataset_version_id):
                yield tenant, dataset.dataset_version_id, table


def _tree(state: LogState) -> TableDigest:
    peaks = [state.peaks[i : i + HASH_SIZE] for i in range(0, len(state.peaks), HASH_SIZE)]
    return TableDigest(state.size, merkle_root_of_peaks(peaks).hex())


def _digest(rows: Iterable[object]) -> TableDigest:
    encode = msgspec.msgpack.Encoder().encode
    digest, count = sha256(), 0
    for row in rows:
        digest.update(encode(row))  # says its own length, so rows cannot run together
        count += 1
    return TableDigest(count, digest.hexdigest())
