"""Is the audit chain whole? Every entry is hashed again and compared with its neighbour."""

from collections.abc import Callable, Iterator

import msgspec

from seawall.errors import Cancelled, SeawallError, StoreError
from seawall.native import RunControl
from seawall.store import Store
from seawall.store.audit_chain import BEFORE_THE_FIRST, chain_problems
from seawall.store.tables import AUDIT_ENTRY
from seawall.store.types import AuditEntry


class AuditProblem(msgspec.Struct, frozen=True):
    """One place where the chain is broken."""

    sequence: int
    message: str


class AuditVerification(msgspec.Struct, frozen=True):
    """How long the audit chain of all tenants is, where it ends and where it is broken."""

    entries: int
    head_sha256: str  # of the last entry
    problems: list[AuditProblem]

    @property
    def ok(self) -> bool:
        """Whether no entry was changed, moved or removed, as far as the ledger itself tells."""
        return not self.problems


def verify_audit(
    store: Store,
    *,
    known_head: bytes | None = None,
    see: Callable[[AuditEntry], None] | None = None,
    control: RunControl | None = None,
) -> AuditVerification:
    """Hash every entry again, from the first one, and compare each with the one before it.

    Parameters
    ----------
    store : Store
        Whose chain is followed.
    known_head : bytes, optional
        A former ``head_sha256`` that was kept elsewhere. Who removes entries from the end, and the
        log's memory of them too, leaves no trace but this: it is the hash of no entry any more.
    see : callable, optional
        Is given every entry, in order, up to the first that cannot be read.
    control : RunControl, optional
        Ends it early.

    Raises
    ------
    Cancelled
        When the caller asked to stop.
    """
    logged = _logged(store)  # before: others append meanwhile
    count, head, is_known = 0, BEFORE_THE_FIRST, known_head in (None, BEFORE_THE_FIRST)

    def counted() -> Iterator[AuditEntry]:
        nonlocal count, head, is_known
        for entry in store.all_audit():
            if control is not None and control.cancelled:
                raise Cancelled("the verification was cancelled")
            yield entry
            if see is not None:
                see(entry)
            count, head = count + 1, entry.entry_sha256
            is_known = is_known or head == known_head

    problems = []
    try:
        for sequence, message in chain_problems(counted()):
            problems.append(AuditProblem(sequence, message))
    except Cancelled:
        raise
    except SeawallError as error:
        problems.append(AuditProblem(count + 1, str(error)))
    except (TypeError, ValueError) as error:
        problems.append(AuditProblem(count + 1, f"unreadable: {error}"))
    else:
        if not is_known:
            problems.append(AuditProblem(count + 1, "the known head is the hash of no entry"))
        elif not problems and count < logged:
            problems.append(AuditProblem(count + 1, f"the log has {logged:,} entries"))
    return AuditVerification(count, head.hex(), problems)


def _logged(store: Store) -> int:
    """Tell how many entries the log has; none where that cannot be read, as the log tells."""
    try:
        state = store.log_states().get(AUDIT_ENTRY.name)
    except StoreError as error:
        if error.code != "store_corrupt":
            raise
        return 0
    return 0 if state is None else state.size
