"""Whether the store reads, writes and links: what is written is taken back."""

from hashlib import sha256
from typing import Any

from seawall.errors import NotFound, StoreError
from seawall.service.health import HealthMonitor
from seawall.store import Store
from seawall.store.interface import Transaction
from seawall.store.refusals import FULL
from seawall.store.types import DatasetVersion, Evidence, Finding, Link

PERIOD_S = 0.5
TIMEOUT_S = 2.0
STALE_S = 5.0

_PROBE = "~health"  # a tenant that nobody has, and that is never kept


class _Undone(Exception):
    """Takes back everything that a probe wrote."""


def store_monitor(store: Store) -> HealthMonitor:
    """Make the monitor of a store."""

    def database() -> None:
        store.datasets(_PROBE, limit=1)
        store.submit(lambda _: None).result(TIMEOUT_S)

    def evidence_linking() -> None:
        try:  # the future has no name: what it fails with knows this call
            store.submit(_link_and_undo).result(TIMEOUT_S)
        except _Undone:
            return
        except StoreError as error:
            # SQLite undoes in memory what PostgreSQL needs space for. Whoever took every process
            # that shares a full disk out of use would stop the reading, which goes on.
            if error.code == FULL.code:
                return
            raise
        raise StoreError("the probe was kept")

    return HealthMonitor(
        {"database": database, "evidence_linking": evidence_linking},
        period_s=PERIOD_S,
        stale_s=STALE_S,
    )


def _link_and_undo(tx: Transaction) -> None:
    """Write a finding with its evidence and their link, see a false link refused, undo it all."""
    digest = sha256(b"health").digest()
    text: dict[str, Any] = {"created_at": "", "created_by": _PROBE}
    dataset = DatasetVersion(
        _PROBE, "dv_health", digest, digest, digest, b"{}", 0, b"", b"{}", digest, **text
    )
    tx.put_dataset(dataset, [])
    tx.put_evidence(_PROBE, [Evidence("ev_health", "dv_health", "health", "health", b"{}")])
    tx.put_findings(_PROBE, [Finding("fi_health", "dv_health", b"{}")])
    tx.put_links(_PROBE, [Link("ln_health", "fi_health", "ev_health")])
    tx.settle()
    try:
        tx.put_links(_PROBE, [Link("ln_false", "fi_health", "ev_missing")])
        tx.settle()
    except NotFound:
        raise _Undone from None
    raise StoreError("a link to nothing was accepted", code="store_corrupt")
