"""What a run states for the ledger: evidence, and the findings that rest on it."""

import math
from typing import Any

import msgspec

from seawall.engine import EvidenceDraft, FindingDraft
from seawall.engines.debt.link_types import COLLATERAL_INDICES, SupervisoryLinks
from seawall.engines.debt.types import DebtStressParameters, DebtStressResult, StressScenario

Contributors = list[list[dict[str, Any]]]
"""The records with the largest shares: of the net exposure, of each scenario, of each path."""


def evidence_drafts(
    contributors: Contributors,
    result: DebtStressResult,
    scenarios: list[StressScenario],
    links: SupervisoryLinks,
) -> tuple[EvidenceDraft, ...]:
    """One of the exposure, then one a scenario, then one a supervisory path."""
    book = book_body(result)
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
            **book,
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
                **book,
            },
        )
        for index, (scenario, figures) in enumerate(
            zip(scenarios, result.stress_tests, strict=True)
        )
    ]
    paths = [
        EvidenceDraft(
            kind="supervisory_path",
            subject=path.path_id,
            body={
                "currency": result.currency,
                "record_count": result.record_count,
                "formula": "in each quarter: max(0, stressed net exposure − net exposure), "
                "summed over records; the loss of a path is its largest quarter's",
                **msgspec.to_builtins(path),
                "supervisory_links": msgspec.to_builtins(links),
                "collateral_indices": {**COLLATERAL_INDICES, **links.collateral_indices},
                "largest_contributors": contributors[1 + len(scenarios) + index],
                **book,
            },
        )
        for index, path in enumerate(result.supervisory)
    ]
    return (exposure, *stress, *paths)


def book_body(result: msgspec.Struct) -> dict[str, Any]:
    """Say how a result's book was made: an input of every figure."""
    return {
        name: msgspec.to_builtins(getattr(result, name))
        for name in ("currency_rates", "currencies", "unconverted", "shared_collateral")
        if getattr(result, name)
    }


def finding_drafts(
    contributors: Contributors, result: DebtStressResult, parameters: DebtStressParameters
) -> tuple[FindingDraft, ...]:
    """One of the net exposure, then one a scenario, then one a supervisory path."""
    exposure = result.debt_exposure
    scale = max(1.0, exposure.total_outstanding)
    net = exposure.net_exposure_after_recovery
    drafts = [
        FindingDraft(
            evidence=0,
            body=finding_body(
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
        body = finding_body(
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
    for path in result.supervisory:
        body = finding_body(
            result.currency,
            title=f"stress:{path.path_id}",
            category="stress_test",
            metric="loss_estimate",
            description=f"{path.title}, largest loss in {path.peak_quarter}",
            value=path.peak_loss,
            threshold=parameters.stress_loss_materiality_threshold_pct * scale,
            impact_score=min(1.0, path.peak_loss / scale),
            contributors=contributors[len(drafts)],
        )
        named = {"scenario_id": path.path_id, "quarter": path.peak_quarter}
        drafts.append(FindingDraft(evidence=len(drafts), body={**body, **named}))
    return tuple(drafts)


def finding_body(
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
    """Say what every finding says; it is material from its threshold on."""
    # A loss of exactly the threshold is material, however its sum was rounded.
    material = value >= threshold or math.isclose(value, threshold, rel_tol=1e-12)
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
