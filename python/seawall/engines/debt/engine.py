"""The debt stress engine: exposure of a book and its revaluation under scenarios."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from seawall import native
from seawall.engine import EngineDeclaration, EngineOutcome, EvidenceDraft, FindingDraft
from seawall.engines.debt.types import (
    DebtExposure,
    DebtStressParameters,
    DebtStressResult,
    ScenarioEntry,
    ScenarioResult,
    StressScenario,
)
from seawall.errors import InvalidInput
from seawall.native import RunControl
from seawall.table import Table

ENGINE_VERSION = "1.0"

DEFAULT_SCENARIOS = (
    StressScenario(
        "interest_rate_spike", "Interest rates jump by 2.5 points", 2.5, -0.05, -0.05, 0.02
    ),
    StressScenario("market_crash", "Collateral markets lose a quarter", 0.5, -0.25, -0.15, 0.05),
    StressScenario("default_wave", "Defaults spread and recoveries fall", 1.0, -0.10, -0.35, 0.08),
)

_SHOCKS = (
    "interest_rate_delta_pct",
    "collateral_market_impact_pct",
    "recovery_degradation_pct",
    "default_risk_increment_pct",
)

_ASSUMPTIONS = (
    "A record pools its own collateral and recoveries; nothing is pooled across records.",
    "A record's figures fall to its instruments by their share of its principal.",
    "Absent collateral, recoveries and assets are 0; absent rates and totals are 0 and counted.",
    "A rate shock changes the interest payment and not the loss estimate of a scenario.",
)

_CONTRIBUTOR_COUNT = 10
_Contributors = list[list[dict[str, Any]]]  # of the net exposure, then of each scenario
_LARGEST_SHOCK = 1e100  # the core's own limit: products of amounts and shocks stay finite


def decode_book(tables: Mapping[str, Table]) -> native.DebtBook:
    """Make the engine's columns from a dataset's normalised tables.

    Raises
    ------
    CurrencyMixed
        When the records are in more than one currency.
    InvalidInput
        When there is no record, or no debt figure.
    """
    instruments, distressed_assets = (
        tables[name].native if name in tables else None
        for name in ("instruments", "distressed_assets")
    )
    return native.DebtBook(tables["records"].native, instruments, distressed_assets)


def complete_scenarios(entries: list[ScenarioEntry]) -> list[StressScenario]:
    """Lay a caller's entries over the default scenarios, which keep their order and stand first.

    Raises
    ------
    InvalidInput
        For an entry without an id, with two different ones, or an id that stands twice.
    """
    scenarios = {scenario.scenario_id: scenario for scenario in DEFAULT_SCENARIOS}
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        where = f"parameters.stress_scenarios[{index}]"
        scenario_id = _one_of(entry, ("scenario_id", "id"), where)
        if scenario_id is UNSET or not scenario_id.strip():
            raise InvalidInput(
                "a scenario needs an id that is not blank", where=f"{where}.scenario_id"
            )
        scenario_id = scenario_id.strip()
        if scenario_id in seen:
            raise InvalidInput(f'"{scenario_id}" stands twice', where=f"{where}.scenario_id")
        seen.add(scenario_id)
        changes = {
            name: getattr(entry, name) for name in _SHOCKS if getattr(entry, name) is not UNSET
        }
        for name, shock in changes.items():
            if not abs(shock) <= _LARGEST_SHOCK:  # false for NaN too
                raise InvalidInput("must be a number up to 1e100", where=f"{where}.{name}")
        description = _one_of(entry, ("description", "name"), where)
        if description is not UNSET:
            changes["description"] = description
        base = scenarios.get(scenario_id, StressScenario(scenario_id))
        scenarios[scenario_id] = msgspec.structs.replace(base, **changes)
    return list(scenarios.values())


def _one_of(entry: ScenarioEntry, names: tuple[str, str], where: str) -> Any:
    given = [getattr(entry, name) for name in names if getattr(entry, name) is not UNSET]
    if len(given) == 2 and given[0] != given[1]:
        raise InvalidInput(f"{names[0]} and {names[1]} differ", where=f"{where}.{names[1]}")
    return given[0] if given else UNSET


def run(
    book: native.DebtBook,
    parameters: DebtStressParameters,
    threads: int,
    control: RunControl | None,
) -> EngineOutcome[DebtStressResult]:
    """Measure a book and revalue it under the scenarios.

    Parameters
    ----------
    book : DebtBook
        As `decode_book` makes it.
    parameters : DebtStressParameters
        Scenarios over the default ones, and the materiality thresholds.
    threads : int
        0 for all cores. The bits of no figure depend on it.
    control : RunControl, optional
        Counts records, and stops the work.

    Raises
    ------
    InvalidInput
        For a bad scenario or figure, with its place.
    """
    scenarios = complete_scenarios(parameters.stress_scenarios)
    shocks = [(s.scenario_id, tuple(getattr(s, name) for name in _SHOCKS)) for s in scenarios]
    native_run = native.run_debt_stress(book, shocks, threads=threads, control=control)
    exposure = msgspec.convert(native_run.exposure, DebtExposure)
    results = [
        msgspec.convert(
            {"scenario_id": s.scenario_id, "description": s.description, **figures}, ScenarioResult
        )
        for s, figures in zip(scenarios, native_run.scenarios, strict=True)
    ]
    result = DebtStressResult(
        currency=book.currency,
        record_count=book.record_count,
        obligor_count=book.obligor_count,
        rate_missing_count=book.rate_missing_count,
        total_missing_count=book.total_missing_count,
        debt_exposure=exposure,
        stress_tests=results,
        assumptions=list(_ASSUMPTIONS),
    )
    contributors = [
        [{"record": r, "amount": a} for r, a in native_run.largest(index, _CONTRIBUTOR_COUNT)]
        for index in range(-1, len(scenarios))  # -1: the net exposure
    ]
    return EngineOutcome(
        result=result,
        evidence=_evidence(contributors, result, scenarios),
        findings=_findings(contributors, result, parameters),
        tables={
            "records": lambda: Table(native_run.records()),
            "positions": lambda: Table(native_run.positions()),
            "obligors": lambda: Table(native_run.obligors()),
        },
    )


def _evidence(
    contributors: _Contributors, result: DebtStressResult, scenarios: list[StressScenario]
) -> tuple[EvidenceDraft, ...]:
    exposure = EvidenceDraft(
        kind="debt_exposure",
        body={
            "currency": result.currency,
            "record_count": result.record_count,
            "rate_missing_count": result.rate_missing_count,
            "total_missing_count": result.total_missing_count,
            "formula": "max(total − (collateral + recovery), 0), summed over records",
            "figures": msgspec.to_builtins(result.debt_exposure),
            "largest_contributors": contributors[0],
        },
    )
    stress = [
        EvidenceDraft(
            kind="stress_test",
            subject=scenario.scenario_id,
            body={
                "currency": result.currency,
                "record_count": result.record_count,
                "formula": "max(0, stressed net exposure − net exposure), summed over records",
                "scenario": msgspec.to_builtins(scenario),
                "figures": msgspec.to_builtins(figures),
                "largest_contributors": contributors[index + 1],
            },
        )
        for index, (scenario, figures) in enumerate(
            zip(scenarios, result.stress_tests, strict=True)
        )
    ]
    return (exposure, *stress)


def _findings(
    contributors: _Contributors, result: DebtStressResult, parameters: DebtStressParameters
) -> tuple[FindingDraft, ...]:
    exposure = result.debt_exposure
    scale = max(1.0, exposure.total_outstanding)
    net = exposure.net_exposure_after_recovery
    drafts = [
        FindingDraft(
            evidence=0,
            body=_finding(
                result.currency,
                title="debt_exposure: net",
                category="debt_exposure",
                metric="net_exposure_after_recovery",
                description="Debt that neither collateral nor recoveries cover",
                value=net,
                threshold=parameters.net_exposure_materiality_threshold_pct * scale,
                impact_score=min(1.0, net / scale),
                contributors=contributors[0],
            ),
        )
    ]
    for index, scenario in enumerate(result.stress_tests):
        body = _finding(
            result.currency,
            title=f"stress:{scenario.scenario_id}",
            category="stress_test",
            metric="loss_estimate",
            description=scenario.description,
            value=scenario.loss_estimate,
            threshold=parameters.stress_loss_materiality_threshold_pct * scale,
            impact_score=scenario.impact_score,
            contributors=contributors[index + 1],
        )
        drafts.append(
            FindingDraft(evidence=index + 1, body={**body, "scenario_id": scenario.scenario_id})
        )
    return tuple(drafts)


def _finding(
    currency: str,
    *,
    title: str,
    category: str,
    metric: str,
    description: str,
    value: float,
    threshold: float,
    impact_score: float,
    contributors: list[dict[str, Any]],
) -> dict[str, Any]:
    material = value >= threshold
    body: dict[str, Any] = {
        "title": title,
        "category": category,
        "metric": metric,
        "description": description,
        "value": value,
        "threshold": threshold,
        "is_material": material,
        "materiality": "material" if material else "not_material",
        "financial_impact": {"amount": value, "currency": currency},
        "impact_score": impact_score,
        "confidence": 1.0,  # a deterministic figure
        "raw_record_hint": contributors[0]["record"] if contributors else None,
    }
    if currency == "EUR":
        body["financial_impact_eur"] = value
    return body


DEBT_STRESS = EngineDeclaration(
    name="debt_stress",
    wire_name="distressed-asset-debt-stress",
    version=ENGINE_VERSION,
    parameters=DebtStressParameters,
    result=DebtStressResult,
    evidence_kinds=("debt_exposure", "stress_test", "audit_trail"),
    profiles="seawall.engines.debt.profiles",
    decode=decode_book,
    run=run,
)
