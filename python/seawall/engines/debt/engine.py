"""The debt stress engine: exposure of a book and its revaluation under scenarios."""

from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET

from seawall import native
from seawall.engine import (
    AUDIT_TRAIL,
    EngineDeclaration,
    EngineOutcome,
    EvidenceKind,
    Execution,
    KnownAnswer,
)
from seawall.engines.debt.book import DebtBook, choose_book, decode_book
from seawall.engines.debt.drafts import book_body, evidence_drafts, finding_drafts
from seawall.engines.debt.horizon_drafts import KINDS as HORIZON_KINDS
from seawall.engines.debt.horizon_drafts import horizon_drafts
from seawall.engines.debt.horizon_run import HorizonQuestion, horizon_tables
from seawall.engines.debt.known_book import PROFILE, RECORDS
from seawall.engines.debt.paths import PathRun
from seawall.engines.debt.scenarios import complete_paths, complete_scenarios, native_shocks
from seawall.engines.debt.types import (
    DebtExposure,
    DebtStressParameters,
    DebtStressResult,
    PathResult,
    ScenarioResult,
)
from seawall.table import Table

ENGINE_VERSION = "1.1"

_ASSUMPTIONS = (
    "A record pools its own collateral and recoveries; nothing is pooled across records.",
    "A record's figures fall to its instruments by their share of its principal.",
    "Absent collateral, recoveries and assets are 0; absent rates and totals are 0 and counted.",
    "A rate shock changes the interest payment and not the loss estimate of a scenario.",
)
_ASSUMPTION_OF_CURRENCIES = (
    "Amounts are converted at one day's rates; a scenario may change the value of a currency."
)
_ASSUMPTION_OF_PATHS = (
    "A supervisory path is a series of instant revaluations of today's book, one a quarter: "
    "nothing is repaid, drawn or sold on the way."
)
_ASSUMPTION_OF_THE_HORIZON = (
    "Over a horizon payments, defaults and recoveries follow from each case's income and terms; "
    "where a record states no income its obligor is taken to pay what is due."
)
_ASSUMPTION_OF_SHARED_COLLATERAL = (
    "Collateral that secures other loans too counts by the loan's share; where no share is known "
    "the loan counts without collateral and stays out of the collateral ratios."
)

_TABLES = ("records", "positions", "obligors", "segments", "unconverted", "shared_collateral")
_CONTRIBUTOR_COUNT = 10
_FIGURES_OF_A_ROW = 18  # of a record and of the position that it is at least
_CASE_BYTES_OF_A_ROW = 400  # its covenants and payments, and the weeks of its obligor: about


def run(
    book: DebtBook,
    parameters: DebtStressParameters,
    execution: Execution,
) -> EngineOutcome[DebtStressResult]:
    """Measure a book and revalue it under the scenarios and along the supervisory paths.

    Parameters
    ----------
    book : DebtBook
        As `decode_book` makes it.
    parameters : DebtStressParameters
        Scenarios over the default ones, supervisory paths, and the materiality thresholds.
    execution : Execution
        Its control counts records. Nothing is kept to resume from, and nothing spread.

    Raises
    ------
    InvalidInput
        For a bad scenario or figure, with its place.
    """
    columns = book.columns
    segments = book.segments
    scenarios = complete_scenarios(parameters.stress_scenarios)
    paths = [
        PathRun(path, parameters.supervisory_links, segments, currency=columns.currency)
        for path in complete_paths(parameters.supervisory_scenarios, scenarios)
    ]
    shocks: list[tuple[str, Any]] = [
        (s.scenario_id, native_shocks(s, segments, currency=columns.currency)) for s in scenarios
    ]
    horizon = (
        None
        if parameters.horizon is UNSET
        else HorizonQuestion(book, parameters.horizon, paths).run(
            threads=execution.threads, control=execution.control
        )
    )
    begins = []  # of each path among the core's scenarios
    for path in paths:
        begins.append(len(shocks))
        shocks += path.scenarios()
    # The losses of every record in every quarter are not held: they are computed when asked for.
    native_run = native.run_debt_stress(
        columns,
        shocks,
        threads=execution.threads,
        control=execution.control,
        keep_losses=not paths,
    )
    figures = native_run.scenarios
    path_results = [
        path.result(figures[begin : begin + len(path.path.quarters)])
        for path, begin in zip(paths, begins, strict=True)
    ]
    result = DebtStressResult(
        currency=columns.currency,
        record_count=columns.record_count,
        obligor_count=columns.obligor_count,
        rate_missing_count=columns.rate_missing_count,
        total_missing_count=columns.total_missing_count,
        debt_exposure=msgspec.convert(native_run.exposure, DebtExposure),
        stress_tests=[
            ScenarioResult(s.scenario_id, s.description, **figures[index])
            for index, s in enumerate(scenarios)
        ],
        assumptions=_assumptions(book, path_results, has_horizon=horizon is not None),
        supervisory=path_results,
        currency_rates=book.currency_rates,
        currencies=book.currencies,
        unconverted=book.unconverted,
        shared_collateral=book.shared_collateral,
        horizon=UNSET if horizon is None else horizon.result,
    )
    shown = list(range(len(scenarios))) + [
        begin + [q.quarter for q in path.quarters].index(path.peak_quarter)
        for path, begin in zip(path_results, begins, strict=True)
    ]  # a path's rows are those of its worst quarter
    contributors = [
        [{"record": r, "amount": a} for r, a in native_run.largest(index, _CONTRIBUTOR_COUNT)]
        for index in (-1, *shown)  # -1: the net exposure
    ]
    ids = [shocks[index][0] for index in shown]
    evidence = evidence_drafts(contributors, result, scenarios, parameters.supervisory_links)
    findings = finding_drafts(contributors, result, parameters)
    if horizon is not None:
        more_evidence, more_findings = horizon_drafts(
            horizon,
            currency=result.currency,
            total_outstanding=result.debt_exposure.total_outstanding,
            book=book_body(result),
            records=cache(lambda: Table(native_run.records([]))),
            first_evidence=len(evidence),
        )
        evidence, findings = (*evidence, *more_evidence), (*findings, *more_findings)
    case_count = 0 if horizon is None else len(horizon.result.cases)
    kept_losses = 0 if paths else len(scenarios)
    return EngineOutcome(
        result=result,
        held_bytes=_held_bytes(book, kept_losses, case_count),
        evidence=evidence,
        findings=findings,
        tables={
            "records": lambda: Table(native_run.records(ids)),
            "positions": lambda: Table(native_run.positions(ids)),
            "obligors": lambda: Table(native_run.obligors(ids)),
            "segments": lambda: Table(native_run.segment_losses(ids)),
            "unconverted": lambda: Table(columns.unconverted),
            "shared_collateral": lambda: Table(columns.shared_collateral),
            **({} if horizon is None else horizon.tables()),
        },
    )


def _count_units(parameters: DebtStressParameters, record_count: int) -> int:
    """Count the records twice: measured, and revalued; over a horizon nobody knows."""
    return 2 * record_count if parameters.horizon is UNSET else 0


def _table_names(parameters: DebtStressParameters) -> tuple[str, ...]:
    of_horizon = () if parameters.horizon is UNSET else horizon_tables(parameters.horizon)
    return (*_TABLES, *of_horizon)


def _held_bytes(book: DebtBook, kept_losses: int, case_count: int) -> int:
    """About: of each row its figures, its losses, and what became of it in each case."""
    row_count = len(book.records) + len(book.instruments or ())
    of_row = 8 * (_FIGURES_OF_A_ROW + 2 * kept_losses) + _CASE_BYTES_OF_A_ROW * case_count
    return book.nbytes + row_count * of_row


def _assumptions(book: DebtBook, paths: list[PathResult], *, has_horizon: bool) -> list[str]:
    stated = list(_ASSUMPTIONS)
    if book.currencies:
        stated.append(_ASSUMPTION_OF_CURRENCIES)
    if paths:
        stated.append(_ASSUMPTION_OF_PATHS)
    if has_horizon:
        stated.append(_ASSUMPTION_OF_THE_HORIZON)
    if book.shared_collateral is not None:
        stated.append(_ASSUMPTION_OF_SHARED_COLLATERAL)
    return stated


# The net exposure, and what each scenario adds to it: losses of collateral and of what comes back
# of the claim, and the share of the loan that is set aside for defaults.
_KNOWN: KnownAnswer[DebtStressParameters, DebtStressResult] = KnownAnswer(
    profile=PROFILE,
    records=RECORDS,
    parameters=DebtStressParameters(),
    figures=lambda result: (
        result.debt_exposure.net_exposure_after_recovery,
        *(scenario.loss_estimate for scenario in result.stress_tests),
    ),
    answer=(105_000.0, 64_750.0, 259_250.0, 205_750.0),
)


DEBT_STRESS = EngineDeclaration(
    name="debt_stress",
    wire_name="distressed-asset-debt-stress",
    version=ENGINE_VERSION,
    parameters=DebtStressParameters,
    result=DebtStressResult,
    evidence_kinds=(
        EvidenceKind("debt_exposure"),
        EvidenceKind("stress_test", "scenario"),
        EvidenceKind("supervisory_path", "path", is_always_left=False),
        *HORIZON_KINDS,
        AUDIT_TRAIL,
    ),
    profiles="seawall.engines.debt.profiles",
    choose_book=choose_book,
    decode=decode_book,
    run=run,
    count_units=_count_units,
    table_names=_table_names,
    known_answer=_KNOWN,
)
