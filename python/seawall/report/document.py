"""Everything that a report says, as plain data: what the page and the charts draw from."""

from typing import Any

import msgspec
from msgspec import UNSET

from seawall.engines.debt.types import DebtStressResult, ScenarioResult
from seawall.engines.debt.view import money
from seawall.errors import InvalidInput
from seawall.report.breakdown import Breakdown, GroupedBook
from seawall.report.horizon import HorizonSummary, summarise
from seawall.report.horizon_changes import terms_of
from seawall.report.notes import notes
from seawall.report.quality import Quality, read_quality
from seawall.report.tracing import Tracing, trace_material
from seawall.session import Dataset, Run, Session

_ENGINE = "debt_stress"
_TEXT_COLUMNS = (("sector", "sector"), ("collateral_type", "collateral type"))  # the first stated


class Identity(msgspec.Struct, frozen=True):
    """What the report is of."""

    book: str
    run_id: str
    dataset_version_id: str
    source_name: str
    source_format: str
    source_sha256: str  # empty where only the records were hashed
    profile: str
    engine: str
    engine_version: str
    started_at: str
    merkle_root: str


class ScenarioLoss(msgspec.Struct, frozen=True):
    """A scenario's result with its finding and its shocks."""

    figures: ScenarioResult
    share: float  # of the book, as a fraction
    finding_id: str
    is_material: bool
    shocks: dict[str, float]  # by contract name
    currency_changes: dict[str, float]  # fractions, by currency


class Formula(msgspec.Struct, frozen=True):
    """A formula as the evidence states it."""

    evidence_name: str
    evidence_id: str
    formula: str


class ReportDocument(msgspec.Struct, frozen=True):
    """A run, its dataset and their evidence as one document."""

    identity: Identity
    result: DebtStressResult
    headline: str
    notes: list[str]
    exposures: list[Breakdown]
    absent_exposures: list[str]  # what the tape does not state
    scenarios: list[ScenarioLoss]
    path_findings: dict[str, str]  # finding by path
    tracing: Tracing
    quality: Quality
    formulas: list[Formula]
    evidence_ids: dict[str, str]  # by kind, or kind:subject
    horizon: HorizonSummary | None = None  # None of a run without one
    what_if_terms: dict[str, str] = {}  # what each changes, by its id
    limit_findings: dict[str, str] = {}  # of broken limits of concentration, by what they limit

    @property
    def currency(self) -> str:
        """Of every amount that names no other."""
        return self.result.currency

    @property
    def worst(self) -> ScenarioResult | None:
        """The scenario that loses most; the first of those that lose the same."""
        return worst_scenario(self.result)


def worst_scenario(result: DebtStressResult) -> ScenarioResult | None:
    """Find the scenario that loses most; the first of those that lose the same."""
    return max(result.stress_tests, key=lambda s: s.loss_estimate, default=None)


def build_document(session: Session, run: Run | str) -> ReportDocument:
    """Gather from the ledger what the report says. Raises as `seawall.report.report_html`."""
    held = session.run_of(run) if isinstance(run, str) else run
    if held.engine != _ENGINE:
        raise InvalidInput(f"there is a report of {_ENGINE} only", where=f"engine {held.engine}")
    dataset = session.dataset(held.dataset_version_id)
    result: DebtStressResult = held.result
    worst = worst_scenario(result)
    book = GroupedBook(held, dataset, worst_scenario_id=worst.scenario_id if worst else None)
    exposures, absent = _exposures(book)
    quality = read_quality(dataset)
    evidence = {  # one trace a finding: exposure first, then the scenarios
        finding.title: session.trace(finding).evidence[0] for finding in held.findings
    }
    return ReportDocument(
        identity=_identity(held, dataset),
        result=result,
        headline=_headline(result),
        notes=notes(result, quality),
        exposures=exposures,
        absent_exposures=absent,
        scenarios=_scenarios(result, held, evidence),
        path_findings=_path_findings(held),
        tracing=trace_material(session, held, book),
        quality=quality,
        formulas=[
            Formula(title, body["evidence_id"], body["formula"]) for title, body in evidence.items()
        ],
        evidence_ids=dict(sorted(held.evidence_ids.items())),
        horizon=_horizon(result),
        what_if_terms=terms_of(held.parameters.get("horizon", {})),
        limit_findings={
            finding.body["by"]: finding.finding_id
            for finding in held.findings
            if finding.body["category"] == "concentration"
        },
    )


def _identity(run: Run, dataset: Dataset) -> Identity:
    source = dataset.source
    return Identity(
        book=source["name"] or dataset.dataset_version_id,
        run_id=run.run_id,
        dataset_version_id=dataset.dataset_version_id,
        source_name=source["name"],
        source_format=source["format"],
        source_sha256=source.get("sha256", ""),
        profile=dataset.profile_name,
        engine=run.engine,
        engine_version=run.findings[0].body["engine_version"],
        started_at=run.started_at,
        merkle_root=dataset.merkle_root,
    )


def _headline(result: DebtStressResult) -> str:
    exposure, currency = result.debt_exposure, result.currency
    total = exposure.total_outstanding
    net = exposure.net_exposure_after_recovery
    share = f" ({100 * net / total:.1f} % of it)" if total else ""
    collateral = exposure.collateral_value
    cover = f"Collateral of {money(collateral, currency)}" if collateral else "No collateral"
    recovery = exposure.distressed_asset_recovery
    recovered = f"recoveries of {money(recovery, currency)}" if recovery else "no recoveries"
    sentence = (
        f"{result.record_count:,} records of {result.obligor_count:,} obligors owe "
        f"{money(total, currency)}. {cover} and {recovered} leave "
        f"{money(net, currency)} uncovered{share}."
    )
    worst = worst_scenario(result)
    if worst is None:
        return sentence
    lost = f", {100 * worst.loss_estimate / total:.1f} % of the book" if total else ""
    return (
        f"{sentence} Of the scenarios applied at once, {worst.scenario_id} costs most: a further "
        f"{money(worst.loss_estimate, currency)}{lost}."
    )


def _horizon(result: DebtStressResult) -> HorizonSummary | None:
    if result.horizon is UNSET:
        return None
    return summarise(result.horizon, obligor_count=result.obligor_count, currency=result.currency)


def _exposures(book: GroupedBook) -> tuple[list[Breakdown], list[str]]:
    found = [book.by_text("currency", subject="currency")]
    absent = []
    column = next(((name, subject) for name, subject in _TEXT_COLUMNS if book.has(name)), None)
    if column is None:
        absent.append("sector or collateral type")
    else:
        found.append(book.by_text(column[0], subject=column[1]))
    maturity = book.by_maturity_year()
    if maturity is None:
        absent.append("maturity")
    else:
        found.append(maturity)
    return found, absent


def _scenarios(
    result: DebtStressResult, run: Run, evidence: dict[str, dict[str, Any]]
) -> list[ScenarioLoss]:
    findings = {finding.body.get("scenario_id"): finding for finding in run.findings}
    scale = max(1.0, result.debt_exposure.total_outstanding)  # as the engine's own share of a book
    losses = []
    for scenario in result.stress_tests:
        finding = findings[scenario.scenario_id]
        stated = evidence[finding.title]["scenario"]
        losses.append(
            ScenarioLoss(
                figures=scenario,
                share=scenario.loss_estimate / scale,
                finding_id=finding.finding_id,
                is_material=finding.is_material,
                shocks={k: v for k, v in stated.items() if isinstance(v, int | float)},
                currency_changes=stated["currency_changes"],
            )
        )
    return losses


def _path_findings(run: Run) -> dict[str, str]:
    findings = {finding.body.get("scenario_id"): finding.finding_id for finding in run.findings}
    return {path.path_id: findings[path.path_id] for path in run.result.supervisory}
