"""A run as it is in the ledger: what it left, and its outcome computed again on demand."""

from typing import Any

import msgspec

from seawall.canonical import canonical_json
from seawall.engine import EngineDeclaration, EngineOutcome, Execution
from seawall.errors import Conflict, NotFound
from seawall.registry import ENGINES
from seawall.session.books import Books
from seawall.session.run import Finding, Run
from seawall.store import Store
from seawall.store import types as rows


def engine_of(name: str) -> EngineDeclaration[Any, Any]:
    """Return an engine by its name; raises NotFound."""
    if name not in ENGINES:
        raise NotFound(f"there are {', '.join(ENGINES)}", where=f"engine {name}")
    return ENGINES[name]


def hold_run(
    store: Store,
    books: Books,
    row: rows.Run,
    *,
    threads: int,
    created: bool,
    outcome: EngineOutcome[Any] | None,
) -> Run:
    """Bring a run's rows together.

    Parameters
    ----------
    outcome : EngineOutcome, optional
        Where it is at hand; else it is computed again when it is asked for.
    """
    members = store.run_members(row.tenant, row.run_id)
    evidence = {}
    for evidence_id in members.evidence_ids:
        stored = store.evidence(row.tenant, evidence_id)
        body = msgspec.json.decode(stored.payload)
        name = f"{stored.kind}:{body['subject']}" if "subject" in body else stored.kind
        evidence[name] = (evidence_id, body)
    order = evidence["audit_trail"][1]["finding_ids"]
    findings = [
        Finding(finding_id, msgspec.json.decode(store.finding(row.tenant, finding_id).payload))
        for finding_id in order
    ]
    held = [] if outcome is None else [outcome]

    def found() -> EngineOutcome[Any]:
        if not held:
            held.append(_again(store, books, row, threads))
        return held[0]

    return Run(
        row,
        result=msgspec.json.decode(row.result, type=engine_of(row.engine).result),
        findings=findings,
        evidence_ids={name: found[0] for name, found in evidence.items()},
        outcome=found,
        created=created,
    )


def _again(store: Store, books: Books, row: rows.Run, threads: int) -> EngineOutcome[Any]:
    declaration = engine_of(row.engine)
    version = store.dataset(row.tenant, row.dataset_version_id)
    decoded = msgspec.json.decode(row.parameters, type=declaration.parameters)
    book = books.book(store, declaration, version, decoded)
    again = declaration.run(book, decoded, Execution(threads=threads))
    if canonical_json(again.result) != row.result:
        raise Conflict(
            f"the run is of {row.engine} {row.engine_version}, and {declaration.version} "
            "answers otherwise: its tables cannot be made again",
            code="engine_version_differs",
            where=row.run_id,
        )
    return again
