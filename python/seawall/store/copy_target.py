"""What a ledger may hold for another to be copied into it: nothing, or a copy that was begun."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from seawall.errors import NotFound, StoreError
from seawall.provenance.log_leaf import LOG_TREES
from seawall.store.digests import all_jobs
from seawall.store.interface import Store
from seawall.store.log_growth import LogState
from seawall.store.log_proofs import TreeProofs
from seawall.store.types import Job


def leaves_there(source: Store, target: Store) -> dict[str, int]:
    """Tell how many leaves of each tree an interrupted copy has put already.

    Rows are kept for good: what is put into another ledger by mistake is never taken out of it
    again. So each tree of the target must be the source's at that size, and what lies beside the
    trees must be in the source as it is.

    Returns
    -------
    dict of str to int
        By tree; nothing but zeros for an empty target.

    Raises
    ------
    StoreError
        ``store_differs`` when the target is not the beginning of the copy.
    """
    wanted, found = source.log_states(), target.log_states()
    differing = [tree for tree in LOG_TREES if not _begins(source, tree, wanted[tree], found[tree])]
    # What belongs to the rows of a tree can be compared only where these are the source's.
    if differing or (differing := list(_differing_beside(source, target))):
        raise StoreError(
            f"The target is neither empty nor the beginning of this copy: it has other rows in"
            f" {', '.join(differing)}. Nothing was written.",
            code="store_differs",
        )
    return {tree: state.size for tree, state in found.items()}


def _begins(source: Store, tree: str, whole: LogState, part: LogState) -> bool:
    """Tell whether a tree was once what the target's is now."""
    if part.size == 0 or part == whole:
        return True
    if part.size > whole.size:
        return False
    kept = TreeProofs(source, tree, part.size, peaks=part.peaks)
    return TreeProofs(source, tree, part.size).root() == kept.root()


def _differing_beside(source: Store, target: Store) -> Iterator[str]:
    """Name the tables without a tree in which the target has what the source has not."""
    tenants = target.tenants()
    datasets = [(t, row.dataset_version_id) for t in tenants for row in target.all_datasets(t)]
    if not all(_same(source.raw_chunks(*key), target.raw_chunks(*key)) for key in datasets):
        yield "raw_chunk"
    derived = (key for key in datasets if _is_derived(target, *key))
    if not all(_same(source.derived_tables(*key), target.derived_tables(*key)) for key in derived):
        yield "derived_table"
    runs = ((t, row.run_id) for t in tenants for row in target.all_runs(t))
    if not all(source.run_members(*key) == target.run_members(*key) for key in runs):
        yield "run_members"
    if not set(target.api_keys(None)) <= set(source.api_keys(None)):
        yield "api_key"
    if not set(target.revoked_tokens()) <= set(source.revoked_tokens()):
        yield "revoked_token"
    if not set(target.engine_switches()) <= set(source.engine_switches()):
        yield "engine_switch"
    if not all(_has_job(source, job) for t in tenants for job in all_jobs(target, t)):
        yield "job"


def _same(rows: Iterable[object], others: Iterable[object]) -> bool:
    return all(one == other for one, other in zip_longest(rows, others))


def _is_derived(store: Store, tenant: str, dataset_version_id: str) -> bool:
    try:
        store.derivation(tenant, dataset_version_id)
    except NotFound:
        return False
    return True


def _has_job(store: Store, job: Job) -> bool:
    try:
        return store.job(job.tenant, job.job_id) == job
    except NotFound:
        return False
