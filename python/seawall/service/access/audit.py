"""The audit as the doors write it: every login, every refusal, every write."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from seawall.canonical import canonical_json
from seawall.errors import StoreError
from seawall.store.operations import OperationWrites
from seawall.store.types import AuditDraft
from seawall.visible_text import visible

_log = logging.getLogger("seawall.service.access")
T = TypeVar("T")
MAX_TEXT = 256  # characters of what a caller chose


class AuditStore(Protocol):
    """What the audit asks of a store."""

    def submit(self, work: Callable[[Any], T]) -> Future[T]:
        """Queue work for the writer."""


class AuditTrail:
    """Appends entries to the store's chain.

    Parameters
    ----------
    store : AuditStore
        Where the chain is.
    now : callable
        Returns the present time as text.
    """

    def __init__(self, store: AuditStore, *, now: Callable[[], str]) -> None:
        self._store = store
        self._now = now
        self._lost = 0
        self._counting = threading.Lock()

    def draft(
        self,
        action: str,
        outcome: str,
        *,
        tenant: str,
        actor: str,
        subject: str = "",
        request_id: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> AuditDraft:
        """Describe what happened now; for a handler that appends it with what it writes."""
        return AuditDraft(
            tenant=tenant,
            at=self._now(),
            actor=shown(actor),
            action=action,
            outcome=outcome,
            subject=shown(subject),
            request_id=shown(request_id),
            detail=canonical_json(dict(detail or {})),
        )

    def append(self, draft: AuditDraft) -> "Future[None]":
        """Append an entry; the future resolves once it is durable.

        Raises
        ------
        StoreError
            When the store takes no more.
        """

        def work(transaction: OperationWrites) -> None:
            transaction.append_audit(draft)

        return self._store.submit(work)

    def record(self, action: str, outcome: str, **told: Any) -> None:
        """Append an entry and do not wait.

        When the store takes no more, the log has the entry, and the next one that it takes tells
        how many are missing.
        """
        with self._counting:
            lost, self._lost = self._lost, 0
        if lost:
            told["detail"] = {**(told.get("detail") or {}), "entries_lost_before": lost}
        draft = self.draft(action, outcome, **told)
        try:
            self.append(draft).add_done_callback(lambda done: self._notice(done, draft, lost))
        except StoreError as error:
            self._lose(draft, error, lost)

    def _notice(self, done: "Future[Any]", draft: AuditDraft, lost: int) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            self._lose(draft, error, lost)

    def _lose(self, draft: AuditDraft, error: BaseException, lost: int) -> None:
        with self._counting:
            self._lost += 1 + lost
        _log.warning("audit entry lost (%s): %s", error, draft)


def shown(text: str) -> str:
    """Write out what a log or a terminal would obey, and cut what is too long."""
    return visible(text[:MAX_TEXT])
