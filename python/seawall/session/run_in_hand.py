"""New runs in hand: from their questions, over their figures, to the ledger."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import msgspec

from seawall.engine import EngineOutcome, Execution
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
from seawall.session.run_rows import RunWrite, run_rows
from seawall.store import types as rows
from seawall.store.types import AuditDraft


class AskedRun(msgspec.Struct, frozen=True):
    """A question as it comes in."""

    asker: Asker
    engine: str
    dataset: Dataset | str
    parameters: Mapping[str, Any] | msgspec.Struct | None
    started_at: datetime | str
    execution: Execution
    audited: Callable[[str], AuditDraft] | None = None  # makes the entry of a new run
    prepared: Callable[[Run], None] | None = None  # takes a new run before it is durable


class RunInHand:
    """A run that is computed on one thread, and then written.

    Whatever happens its future is done in the end: ``alone``, or else the one that it shares with
    all who ask the same. It knows neither once that has failed: a failure knows the calls of its
    run.
    """

    def __init__(
        self, asked: AskedRun, question: Question, *, alone: Future[MadeRun] | None
    ) -> None:
        self.asked = asked
        self.question = question
        self.run: Run | None = None
        self._alone = alone
        self.work: RunWrite  # once it is computed
        self.persistence_ended: Callable[[], None]

    def compute(self) -> bool:
        """Compute it; False when that fails, and then it has failed."""
        asker, question = self.asked.asker, self.question
        holdings, engine = asker.holdings, question.declaration.name
        try:
            self._run_ended = holdings.watch(engine, "run")
            ended = holdings.watch(engine, "book")
            book = holdings.books.book(
                asker.store, question.declaration, question.dataset, question.parameters
            )
            ended()
            ended = holdings.watch(engine, "model")
            execution = asker.followed(self.asked.execution)
            outcome = question.declaration.run(book, question.parameters, execution)
            ended()
            left = run_rows(question, outcome, created_at=asker.now(), created_by=asker.actor)
            audited = self.asked.audited
            self.work = left.write(None if audited is None else audited(question.run_id))
            self._held, self._outcome = hold_written(left), outcome.without_drafts()
            self.run = run_of(asker, self._held, created=True, outcome=self._outcome)
            if self.asked.prepared is not None:
                self.asked.prepared(self.run)
        except BaseException as error:
            self.fail(error)
            return False
        return True

    def kept(self, row: rows.Run) -> None:
        """Be done: it was in the ledger already."""
        try:
            held = stored_run(self.asked.asker, row)
        except BaseException as error:
            self.fail(error)
        else:
            self._succeed(MadeRun(held, created=False, outcome=None))

    def fail(self, error: BaseException) -> None:
        """Be done without a run."""
        alone, self._alone = self._alone, None
        if alone is None:
            self.asked.asker.holdings.questions.fail(self._key, error)
        else:
            alone.set_exception(error)

    @property
    def _key(self) -> tuple[str, str]:
        return self.asked.asker.tenant, self.question.run_id

    def _succeed(self, made: MadeRun) -> None:
        if self._alone is None:
            self.asked.asker.holdings.questions.land(self._key, made)
        else:
            self._alone.set_result(made)

    def written(self, done: Future[bool]) -> None:
        """Be done: the writer is."""
        error = done.exception()
        if error is not None:
            self.fail(error)
            return
        self.persistence_ended()
        self._run_ended()
        created = done.result()
        if created:  # else another process wrote it, at a time and for an actor of its own
            self.asked.asker.holdings.runs.put(self._key, self._held, self._held.weight)
        self._succeed(MadeRun(self._held, created, self._outcome))


class BegunRun(msgspec.Struct, frozen=True):
    """A question that has its place: who computes it, and where its run appears."""

    asker: Asker
    made: Future[MadeRun]
    in_hand: RunInHand | None  # the caller's to compute and to write

    def run(self) -> Run:
        """Return the run, waiting for it; ``created`` for the first one who asked."""
        made, mine = self.made.result(), self.in_hand
        if mine is not None and made.created and mine.run is not None:
            return mine.run
        return run_of(self.asker, made.held, outcome=made.outcome)


def begin_run(asked: AskedRun) -> BegunRun:
    """Give a question its place without looking into the store; raises InvalidInput.

    Who asks for what another has in hand gets the other's run. Work that is followed, resumed or
    spread stays alone: its caller may stop it.
    """
    asker = asked.asker
    question = ask(
        engine_of(asked.engine), asker.version(asked.dataset), asked.parameters, asked.started_at
    )
    key = (asker.tenant, question.run_id)
    known = asker.holdings.runs.find(key)
    if known is not None:
        answered: Future[MadeRun] = Future()
        answered.set_result(MadeRun(known, created=False, outcome=None))
        return BegunRun(asker, answered, None)
    is_shared = asked.execution == Execution(asked.execution.threads)
    made, is_first = asker.holdings.questions.begin(key) if is_shared else (Future(), True)
    alone = None if is_shared else made
    hand = RunInHand(asked, question, alone=alone) if is_first else None
    return BegunRun(asker, made, hand)


def without_kept(runs: Sequence[RunInHand]) -> list[RunInHand]:
    """Have the runs that are in the ledger done, by one look into it; return the others.

    They are of one tenant.
    """
    if not runs:
        return []
    asker = runs[0].asked.asker
    try:
        kept = asker.store.kept_runs(asker.tenant, [run.question.run_id for run in runs])
    except BaseException as error:
        for run in runs:
            run.fail(error)
        return []
    by_id = {row.run_id: row for row in kept}
    for run in runs:
        if run.question.run_id in by_id:
            run.kept(by_id[run.question.run_id])
    return [run for run in runs if run.question.run_id not in by_id]


def write_runs(runs: Sequence[RunInHand]) -> None:
    """Queue computed runs of one store for the writer."""
    if not runs:
        return
    asker = runs[0].asked.asker
    for run in runs:
        run.persistence_ended = asker.holdings.watch(run.question.declaration.name, "persistence")
    try:
        futures = asker.store.submit_all([run.work for run in runs])
    except BaseException as error:
        for run in runs:
            run.fail(error)
        return
    for run, future in zip(runs, futures, strict=True):
        future.add_done_callback(run.written)


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
            execution = asker.followed(Execution(asker.threads))
            books = asker.holdings.books
            kept.append(compute_again(asker.store, books, held.row, execution=execution))
        return kept[0]

    return Run(held, outcome=found, answers=asker.holdings.answers, created=created)


def stored_run(asker: Asker, row: rows.Run) -> HeldRun:
    """Hold a run of the ledger by its row."""

    def read() -> tuple[HeldRun, int]:
        held = read_run(asker.store, row)
        return held, held.weight

    return asker.holdings.runs.get((row.tenant, row.run_id), read)
