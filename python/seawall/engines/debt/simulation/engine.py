"""Simulated defaults of a book: its loss distribution, its tail, and who makes it."""

import math

import msgspec
import numpy as np

from seawall.engine import BookChoice, EngineDeclaration, EngineOutcome, Execution
from seawall.engines.debt.analytic import pool_moments
from seawall.engines.debt.book import DebtBook, choose_book, decode_book
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.drafts import (
    KIND,
    Contributors,
    evidence_draft,
    finding_drafts,
)
from seawall.engines.debt.simulation.levels import rational_level
from seawall.engines.debt.simulation.tail import Tail
from seawall.engines.debt.simulation.types import SimulationParameters, SimulationResult
from seawall.table import Table

ENGINE_VERSION = "1.0"

_ASSUMPTIONS = (
    "One period, one draw an obligor: all positions of an obligor default together.",
    "An obligor has the highest default probability that its positions have.",
    "The loss given default is fixed: it does not rise in bad scenarios.",
    "An obligor's factor is that of the group of its largest exposure.",
)

_CONTRIBUTOR_COUNT = 10
_MOST_KINDS = 400  # unlike obligors, whose pairs the exact standard deviation adds up


def run(
    book: DebtBook,
    parameters: SimulationParameters,
    execution: Execution,
) -> EngineOutcome[SimulationResult]:
    """Simulate who defaults, and measure the tail of what is lost.

    Parameters
    ----------
    book : DebtBook
        As `decode_book` makes it.
    parameters : SimulationParameters
        Scenarios, probabilities, losses given default, factors, levels.
    execution : Execution
        Its control counts scenarios.

    Raises
    ------
    InvalidInput
        For a bad level, figure or correlation, with its place.
    LimitExceeded
        Where losses could pass 2^62 minor units.
    """
    levels = list(parameters.confidence_levels)
    for index, level in enumerate(levels):
        rational_level(level, where=f"parameters.confidence_levels[{index}]")
    credit = CreditBook(book, parameters)
    tail = Tail(credit, parameters, execution)
    result = _result(book, credit, tail, levels)
    contributors = [_largest(tail, level) for level in levels]
    return EngineOutcome(
        result=result,
        evidence=(evidence_draft(result, contributors),),
        findings=finding_drafts(result, contributors, parameters),
        tables={
            "contributions": lambda: tail.contributions(levels[-1]),
            "obligors": lambda: tail.contributions(levels[-1], by="obligor_id"),
            "losses": lambda: _losses(tail),
            "unconverted": lambda: Table(book.columns.unconverted),
            "shared_collateral": lambda: Table(book.columns.shared_collateral),
        },
        questions=tail,
    )


def _choose_book(parameters: SimulationParameters) -> BookChoice:
    return msgspec.structs.replace(choose_book(parameters), earlier=parameters.slots_from)


def _result(
    book: DebtBook, credit: CreditBook, tail: Tail, levels: list[float]
) -> SimulationResult:
    moments = tail.moments()
    probability = credit.obligors.default_probability[credit.obligor]
    return SimulationResult(
        currency=credit.currency,
        position_count=len(credit.loss_minor),
        obligor_count=len(credit.obligor_ids),
        exposure=credit.amount(int(credit.exposure_minor.sum())),
        potential_loss=credit.amount(int(credit.loss_minor.sum())),
        scenario_count=tail.scenario_count,
        seed=tail.seed,
        factors=credit.groups.names,
        expected_loss=moments["expected"],
        expected_loss_standard_error=moments["standard_error"],
        exact_expected_loss=credit.amount(math.fsum(probability * credit.loss_minor)),
        loss_standard_deviation=moments["standard_deviation"],
        exact_loss_standard_deviation=_exact_deviation(credit),
        tails=[tail.figures(level) for level in levels],
        default_probabilities=credit.probabilities.counts,
        losses_given_default=credit.severities.counts,
        losses_sha256=tail.losses_sha256,
        assumptions=list(_ASSUMPTIONS),
        currency_rates=book.currency_rates,
        currencies=book.currencies,
        unconverted=book.unconverted,
        shared_collateral=book.shared_collateral,
    )


def _exact_deviation(credit: CreditBook) -> float | None:
    """The standard deviation by pairs of obligors; None where there are too many unlike ones."""
    obligors, groups = credit.obligors, credit.groups
    kinds = np.stack([obligors.default_probability, groups.factor_of_obligor], axis=1)
    if len(np.unique(kinds, axis=0)) > _MOST_KINDS:
        return None
    size = len(groups.names)
    root = np.array(credit.simulation.correlation_root).reshape(size, size)
    rows = np.arange(len(obligors.slot))
    weight = obligors.factor_weight[rows, groups.factor_of_obligor]
    losses = np.zeros(len(rows), np.int64)
    np.add.at(losses, credit.obligor, credit.loss_minor)
    freedom = credit.inputs.degrees_of_freedom
    exact = pool_moments(
        obligors.default_probability,
        weight[:, np.newaxis] * root[groups.factor_of_obligor],
        losses,
        degrees_of_freedom=None if freedom == float("inf") else freedom,
    )
    return credit.amount(exact.standard_deviation)


def _largest(tail: Tail, level: float) -> Contributors:
    rows = tail.contributions(level).rows(_CONTRIBUTOR_COUNT)
    return [
        {"record": row["record"], "amount": row["contribution"]}
        for row in rows
        if row["contribution"] > 0
    ]


def _losses(tail: Tail) -> Table:
    import pyarrow

    scenarios = np.arange(tail.scenario_count)
    losses = tail.loss_minor / tail.book.minor_per_unit
    return Table(pyarrow.table({"scenario": scenarios, "loss": losses}))


DEBT_SIMULATION = EngineDeclaration(
    name="debt_simulation",
    wire_name="distressed-asset-debt-simulation",
    version=ENGINE_VERSION,
    parameters=SimulationParameters,
    result=SimulationResult,
    evidence_kinds=(KIND, "audit_trail"),
    profiles="seawall.engines.debt.profiles",
    choose_book=_choose_book,
    decode=decode_book,
    run=run,
)
