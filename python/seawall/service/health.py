"""Tries the store's real paths, over and over, so that nobody who asks has to wait for it."""

import logging
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from seawall.errors import NotFound, SeawallError, StoreError
from seawall.store import Store
from seawall.store.interface import Transaction
from seawall.store.types import DatasetVersion, Evidence, Finding, Link

_log = logging.getLogger("seawall.service")

PERIOD_S = 0.5
TIMEOUT_S = 2.0
STALE_S = 5.0  # an older result says nothing any more

_PROBE = "~health"  # a tenant that nobody has, and that is never kept


class _Undone(Exception):
    """Takes back everything that a probe wrote."""


class HealthMonitor:
    """What of the store works, as last tried.

    Parameters
    ----------
    store : Store
        Read, written and linked in; what is written is taken back.
    now : callable
        Monotonic seconds.
    """

    def __init__(self, store: Store, *, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._now = now
        self._found: dict[str, str] = {"database": "starting", "evidence_linking": "starting"}
        self._tried_at = now()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name="seawall-health", daemon=True)

    def start(self) -> None:
        """Try once now, then again and again."""
        self.try_once()
        self._thread.start()

    def stop(self) -> None:
        """Stop trying."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def checks(self) -> dict[str, str]:
        """Return each check's last result: ``ok``, or a code."""
        if self._now() - self._tried_at > STALE_S:
            return dict.fromkeys(self._found, "timeout")
        return self._found

    def try_once(self) -> None:
        """Try every path now."""
        self._found = {
            "database": _tried(self._database),
            "evidence_linking": _tried(self._evidence_linking),
        }
        self._tried_at = self._now()

    def _repeat(self) -> None:
        while not self._stop.wait(PERIOD_S):
            self.try_once()

    def _database(self) -> None:
        self._store.datasets(_PROBE, limit=1)
        self._store.submit(lambda _: None).result(TIMEOUT_S)

    def _evidence_linking(self) -> None:
        try:  # the future has no name: what it fails with knows this call
            self._store.submit(_link_and_undo).result(TIMEOUT_S)
        except _Undone:
            return
        raise StoreError("the probe was kept")


def _tried(check: Callable[[], None]) -> str:
    try:
        check()
    except TimeoutError:
        return "timeout"
    except SeawallError as error:
        return error.code
    except Exception:
        _log.exception("a health check broke")
        return "failed"
    return "ok"


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
