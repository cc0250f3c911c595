"""A run as it is in the ledger: what it left, and its outcome computed again on demand."""

from typing import Any

import msgspec

from seawall.canonical import canonical_json
from seawall.engine import EngineDeclaration, EngineOutcome, Execution
from seawall.errors import Conflict, NotFound
from seawall.registry import ENGINES
from seawall.session.books import Books
from seawall.session.run_rows import RunRows, evidence_name
from seawall.store import Store
from seawall.store.types import Run

_OBJECT_BYTES = 1_000  # of a held run, beside its texts and bytes: about
_MEMBER_BYTES = 200  # of one of its identifiers


class HeldRun(msgspec.Struct, frozen=True, gc=False):
    """A run and what it names, as bytes; it never changes."""

    row: Run
    evidence_ids: dict[str, str]  # by kind, or kind:subject
    findings: tuple[tuple[str, bytes], ...]  # identifier and payload, in the engine's order

    @property
    def weight(self) -> int:
        """About how many bytes it takes in memory."""
        texts = len(self.row.result) + len(self.row.parameters)
        texts += sum(len(payload) for _, payload in self.findings)
        members = len(self.evidence_ids) + len(self.findings)
        return _OBJECT_BYTES + _MEMBER_BYTES * members + texts


class MadeRun(msgspec.Struct, frozen=True):
    """A run that is in the ledger now, and how it came there."""

    held: HeldRun
    created: bool  # False when it was there already
    outcome: EngineOutcome[Any] | None  # None: computed again when it is asked for


def engine_of(name: str) -> EngineDeclaration[Any, Any]:
    """Return an engine by its name; raises NotFound."""
    if name not in ENGINES:
        raise NotFound(f"there are {', '.join(ENGINES)}", where=f"engine {name}")
    return ENGINES[name]


def hold_written(left: RunRows) -> HeldRun:
    """Hold a run by the rows that were just committed."""
    named = sorted(
        zip((row.evidence_id for row in left.evidence), left.evidence_names, strict=True)
    )
    findings = tuple((row.finding_id, row.payload) for row in left.findings)
    return HeldRun(left.run, {name: evidence_id for evidence_id, name in named}, findings)


def read_run(store: Store, row: Run) -> HeldRun:
    """Hold a run of the ledger by its row."""
    members = store.run_members(row.tenant, row.run_id)
    evidence_ids, order = {}, []
    for evidence_id in members.evidence_ids:
        stored = store.evidence(row.tenant, evidence_id)
        body = msgspec.json.decode(stored.payload)
        evidence_ids[evidence_name(stored.kind, body)] = evidence_id
        if stored.kind == "audit_trail":
            order = body["finding_ids"]
    findings = tuple((key, store.finding(row.tenant, key).payload) for key in order)
    return HeldRun(row, evidence_ids, findings)


def compute_again(
    store: Store, books: Books, row: Run, *, execution: Execution
) -> EngineOutcome[Any]:
    """Compute a run of the ledger again; raises Conflict when the engine answers otherwise now."""
    declaration = engine_of(row.engine)
    version = store.dataset(row.tenant, row.dataset_version_id)
    decoded = msgspec.json.decode(row.parameters, type=declaration.parameters)
    book = books.book(store, declaration, version, decoded)
    again = declaration.run(book, decoded, execution)
    if canonical_json(again.result) != row.result:
        raise Conflict(
            f"the run is of {row.engine} {row.engine_version}, and {declaration.version} "
            "answers otherwise: its tables cannot be made again",
            code="engine_version_differs",
            where=row.run_id,
        )
    return again.without_drafts()
