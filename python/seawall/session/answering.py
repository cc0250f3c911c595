"""The question side of a session: from a question to a run that is in the ledger."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from seawall.engine import EngineOutcome, Execution
from seawall.errors import NotFound
from seawall.session.asker import Asker
from seawall.session.dataset import Dataset
from seawall.session.held_run import (
    HeldRun,
    MadeRun,
    compute_again,
    engine_of,
    hold_written,
    read_run,
)
from seawall.session.question import Question, ask
from seawall.session.run import Run
from seawall.session.run_rows import run_rows
from seawall.session.single_flight import then
from seawall.store import types as rows
from seawall.store.interface import Transaction
from seawall.store.types import AuditDraft


def submit_run(
    asker: Asker,
    engine: str,
    dataset: Dataset | str,
    *,
    parameters: Mapping[str, Any] | msgspec.Struct | None,
    started_at: datetime | str | None,
    execution: Execution,
    audited: Callable[[str], AuditDraft] | None = None,
) -> Future[Run]:
    """Compute a run on this thread, unless it is known; its future is done once it is durable.

    Who asks for what another thread computes at this moment gets the other's run. Work that is
    followed, resumed or spread stays alone: its caller may stop it.
    """
    asked_at = asker.clock() if started_at is None else started_at
    question = ask(engine_of(engine), asker.version(dataset), parameters, asked_at)
    key = (asker.tenant, question.run_id)
    known = asker.holdings.runs.find(key)
    if known is not None:
        answered: Future[Run] = Future()
        answered.set_result(run_of(asker, known))
        return answered
    start = partial(_make, asker, question, execution, audited)
    if execution == Execution(execution.threads):
        made, is_first = asker.holdings.questions.join(key, start)
    else:
        made, is_first = start(), True

    def handed_over(done: MadeRun) -> Run:
        return run_of(asker, done.held, created=is_first and done.created, outcome=done.outcome)

    return then(made, handed_over)


def run_of(
    asker: Asker,
    held: HeldRun,
    *,
    created: bool = False,
    outcome: EngineOutcome[Any] | None = None,
) -> Run:
    """Return a held run as a user holds it."""
    kept = [] if outcome is None else [outcome]

    def found() -> EngineOutcome[Any]:
        if not kept:
            holdings = asker.holdings
            kept.append(compute_again(asker.store, holdings.books, held.row, threads=asker.threads))
        return kept[0]

    return Run(held, outcome=found, answers=asker.holdings.answers, created=created)


def stored_run(asker: Asker, row: rows.Run) -> HeldRun:
    """Hold a run of the ledger by its row."""

    def read() -> tuple[HeldRun, int]:
        held = read_run(asker.store, row)
        return held, held.weight

    return asker.holdings.runs.get((row.tenant, row.run_id), read)


def _make(
    asker: Asker,
    question: Question,
    execution: Execution,
    audited: Callable[[str], AuditDraft] | None,
) -> Future[MadeRun]:
    try:
        row = asker.store.run(asker.tenant, question.run_id)
    except NotFound:
        return _compute(asker, question, execution, audited)
    known: Future[MadeRun] = Future()
    known.set_result(MadeRun(stored_run(asker, row), created=False, outcome=None))
    return known


def _compute(
    asker: Asker,
    question: Question,
    execution: Execution,
    audited: Callable[[str], AuditDraft] | None,
) -> Future[MadeRun]:
    holdings, engine = asker.holdings, question.declaration.name
    run_ended = holdings.watch(engine, "run")
    ended = holdings.watch(engine, "book")
    book = holdings.books.book(
        asker.store, question.declaration, question.dataset, question.parameters
    )
    ended()
    ended = holdings.watch(engine, "model")
    outcome = question.declaration.run(book, question.parameters, execution)
    ended()
    left = run_rows(question, outcome, created_at=asker.now(), created_by=asker.actor)

    draft = None if audited is None else audited(question.run_id)

    def commit(transaction: Transaction) -> bool:
        created = left.commit(transaction)
        if created and draft is not None:
            transaction.append_audit(draft)
        return created

    ended = holdings.watch(engine, "persistence")

    def committed(created: bool) -> MadeRun:
        ended()
        run_ended()
        held = hold_written(left)
        if created:  # else another process wrote it, at a time and for an actor of its own
            holdings.runs.put((asker.tenant, question.run_id), held, held.weight)
        return MadeRun(held, created, outcome)

    return then(asker.store.submit(commit), committed)
