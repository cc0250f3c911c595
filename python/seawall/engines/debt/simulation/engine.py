"""Simulated defaults of a book: its loss distribution, its tail, and who makes it."""

import math
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET

from seawall import native
from seawall.engine import (
    AUDIT_TRAIL,
    BookChoice,
    EngineDeclaration,
    EngineOutcome,
    Execution,
    KnownAnswer,
)
from seawall.engines.debt.book import DebtBook, choose_book, decode_book
from seawall.engines.debt.known_book import PROFILE, RECORDS
from seawall.engines.debt.simulation.answers import SimulationResult, asked_on_top
from seawall.engines.debt.simulation.asked_names import refuse_repeated
from seawall.engines.debt.simulation.contributions import Replayed
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.drafts import (
    KINDS,
    Contributors,
    evidence_drafts,
    finding_drafts,
)
from seawall.engines.debt.simulation.levels import rational_level
from seawall.engines.debt.simulation.passes import Passes, count_units
from seawall.engines.debt.simulation.tail import Tail
from seawall.engines.debt.simulation.translation import translations
from seawall.engines.debt.simulation.twins import judge
from seawall.engines.debt.simulation.types import (
    DefaultProbabilityTerms,
    SimulationParameters,
    Spread,
)
from seawall.table import Table

ENGINE_VERSION = "1.1"

_ASSUMPTIONS = (
    "One draw an obligor: all positions of an obligor default together.",
    "An obligor has the highest default probability that its positions have.",
    "An obligor's factor is that of the group of its largest exposure.",
)
_ASSUMPTION_OF_LOSSES = {
    "fixed": "The loss given default is fixed: it does not rise in bad scenarios.",
    "parametric": "The loss given default rises with the default rate of the scenario; its mean "
    "over all defaults is the given one.",
    "waterfall": "Connected obligors are liquidated together in each scenario: claims are due of "
    "those that default, collateral takes a value that falls with its owner's factor, free assets "
    "do not move, and what is paid after a default is not discounted.",
}
_ASSUMPTION_OF_QUARTERS = (
    "A default falls in a quarter by a constant hazard; the factors stay what they are over the "
    "whole period."
)
_ASSUMPTION_OF_SETTLEMENT = (
    "Connected obligors that default in different quarters are settled together, and each loss is "
    "discounted from the quarter of its own default."
)
_ASSUMPTION_OF_RATES = (
    "A loss is converted at the rate of the quarter of its default. Rates are the same in all "
    "scenarios; what they do to balances that perform is no loss, and a line of its own."
)

_ASSUMPTION_OF_MACRO = (
    "The factors are normal jointly with macroeconomic variables, which have these values, as "
    "distances from their means; default probabilities are those over all states of the economy:"
)

_CONTRIBUTOR_COUNT = 10
_TABLES = (
    "contributions",
    "obligors",
    "value_at_risk",
    "losses",
    "unconverted",
    "shared_collateral",
)


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
        Its control counts scenarios, each once a pass, and is looked at between passes too.

    Raises
    ------
    Cancelled
        When the control stopped the work.
    InvalidInput
        For a bad level, figure or correlation, or one that is asked for twice, with its place.
    LimitExceeded
        Where losses could pass 2^62 minor units.
    SeawallError
        ``exact_twin_missed`` where the simulated mean or spread cannot be that of the book.
    """
    levels = list(parameters.confidence_levels)
    for index, level in enumerate(levels):
        rational_level(level, where=f"parameters.confidence_levels[{index}]")
    refuse_repeated(parameters)
    credit = CreditBook(book, parameters)
    passes = Passes(execution.control, parameters.scenario_count)
    tail = Tail(credit, parameters, execution)
    passes.ended()
    judge(tail.twins)
    passes.ended()
    replayed = []
    for level in levels:
        replayed.append(tail.replay(level))
        passes.ended()
    result = _result(book, credit, tail, replayed[-1], passes)
    contributors = [_largest(tail.ranked(found)) for found in replayed]
    passes.ended()
    tail = tail.controlled(None)  # it is of the run, and of no question that comes
    return EngineOutcome(
        result=result,
        evidence=evidence_drafts(result, contributors),
        findings=finding_drafts(result, contributors, parameters),
        tables={
            "contributions": lambda: tail.ranked(replayed[-1]),
            "obligors": lambda: tail.ranked(replayed[-1], by="obligor_id"),
            "value_at_risk": lambda: tail.quantile_contributions(levels[-1]).shares,
            "losses": lambda: _losses(tail),
            "unconverted": lambda: Table(book.columns.unconverted),
            "shared_collateral": lambda: Table(book.columns.shared_collateral),
        },
        held_bytes=book.nbytes + tail.nbytes + sum(found.nbytes for found in replayed),
        questions=tail,
    )


def _choose_book(parameters: SimulationParameters) -> BookChoice:
    return msgspec.structs.replace(choose_book(parameters), earlier=parameters.slots_from)


def _result(
    book: DebtBook, credit: CreditBook, tail: Tail, last: Replayed, passes: Passes
) -> SimulationResult:
    moments, deviation = tail.moments(), tail.exact.deviation_minor
    histogram, losses_sha256 = tail.histogram(), tail.losses_sha256
    passes.ended()
    tails = []
    for level in tail.levels:
        tails.append(tail.figures(level))
        passes.ended()
    what_ifs, sensitivities, reverse = asked_on_top(tail, passes)
    return SimulationResult(
        currency=credit.currency,
        position_count=len(credit.obligor),
        obligor_count=len(credit.obligor_ids),
        exposure=credit.amount(int(credit.exposure_minor.sum())),
        potential_loss=credit.largest_loss(),
        scenario_count=tail.scenario_count,
        seed=tail.seed,
        factors=credit.groups.names,
        expected_loss=moments["expected"],
        expected_loss_standard_error=moments["standard_error"],
        exact_expected_loss=credit.expected_loss(),
        loss_standard_deviation=moments["standard_deviation"],
        exact_loss_standard_deviation=None if deviation is None else credit.amount(deviation),
        tails=tails,
        histogram=histogram,
        exposure_spread=_spread(credit, credit.exposure_minor),
        tail_spread=_spread(credit, last.contribution_minor),
        sampling=credit.inputs.sampling,
        default_probabilities=credit.probabilities.counts,
        losses_given_default=credit.severities.counts,
        losses_sha256=losses_sha256,
        assumptions=_assumptions(tail.parameters),
        conditional_factors=credit.conditional_factors(),
        translations=translations(credit),
        currency_rates=book.currency_rates,
        currencies=book.currencies,
        unconverted=book.unconverted,
        shared_collateral=book.shared_collateral,
        what_if=what_ifs,
        sensitivities=sensitivities,
        reverse_stress=reverse,
    )


def _assumptions(parameters: SimulationParameters) -> list[str]:
    model = parameters.loss_given_default.model
    stated = [*_ASSUMPTIONS, _ASSUMPTION_OF_LOSSES[model]]
    if parameters.quarters is not UNSET:
        settled = [_ASSUMPTION_OF_SETTLEMENT] if model == "waterfall" else []
        moved = [_ASSUMPTION_OF_RATES] if parameters.quarters.currency_factors else []
        stated += [_ASSUMPTION_OF_QUARTERS, *settled, *moved]
    if parameters.macro is not UNSET:
        given = zip(parameters.macro.variables, parameters.macro.values, strict=True)
        values = ", ".join(f"{name} {value:g}" for name, value in given)
        stated.append(f"{_ASSUMPTION_OF_MACRO} {values}.")
    return stated


def _spread(credit: CreditBook, minor: Any) -> Spread:
    """Measure how amounts of positions are spread over obligors."""
    of_obligor: Any = np.zeros(len(credit.obligor_ids), np.int64)
    np.add.at(of_obligor, credit.obligor, minor)
    found = native.concentration_measures(of_obligor, largest_count=_CONTRIBUTOR_COUNT)
    return Spread(
        herfindahl_index=_known(found["herfindahl_index"]),
        effective_obligors=_known(found["effective_count"]),
        gini_coefficient=_known(found["gini_coefficient"]),
        largest_ten_pct=_known(100 * found["largest_share"]),
    )


def _known(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None


def _largest(contributions: Table) -> Contributors:
    rows = contributions.rows(_CONTRIBUTOR_COUNT)
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


# A certain default loses what neither the collateral, after its haircut of 20 % and costs of 5 %,
# nor the claim brings: 1,000,000 − 750,000 · 0.8 · 0.95 − 145,000, in every scenario alike.
_KNOWN: KnownAnswer[SimulationParameters, SimulationResult] = KnownAnswer(
    profile=PROFILE,
    records=RECORDS,
    parameters=SimulationParameters(
        scenario_count=64,
        default_probability=DefaultProbabilityTerms(assumed_pct=100.0),
    ),
    figures=lambda result: (
        result.expected_loss,
        result.exact_expected_loss,
        *(tail.expected_shortfall for tail in result.tails),
    ),
    answer=(285_000.0,) * 5,
)


DEBT_SIMULATION = EngineDeclaration(
    name="debt_simulation",
    wire_name="distressed-asset-debt-simulation",
    version=ENGINE_VERSION,
    parameters=SimulationParameters,
    result=SimulationResult,
    evidence_kinds=(*KINDS, AUDIT_TRAIL),
    profiles="seawall.engines.debt.profiles",
    choose_book=_choose_book,
    decode=decode_book,
    run=run,
    count_units=count_units,
    table_names=lambda _: _TABLES,
    known_answer=_KNOWN,
    is_heavy=True,
)
