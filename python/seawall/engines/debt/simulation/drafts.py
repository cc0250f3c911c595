"""What a simulation states for the ledger: evidence, and the findings that rest on it."""

from typing import Any

import msgspec

from seawall.engine import EvidenceDraft, FindingDraft
from seawall.engines.debt.drafts import book_body, finding_body
from seawall.engines.debt.simulation.types import SimulationParameters, SimulationResult

KIND = "loss_distribution"

Contributors = list[dict[str, Any]]
"""Records with the largest shares, as ``{"record", "amount"}``."""


def evidence_draft(result: SimulationResult, contributors: list[Contributors]) -> EvidenceDraft:
    """One for all levels; ``contributors`` are of each level's expected shortfall."""
    figures = msgspec.to_builtins(result)
    for name in ("currency_rates", "currencies", "unconverted", "shared_collateral"):
        figures.pop(name)
    for tail, largest in zip(figures["tails"], contributors, strict=True):
        tail["largest_contributors"] = largest
    return EvidenceDraft(
        kind=KIND,
        body={
            "currency": result.currency,
            "formula": "value at risk: the smallest loss that a share of at least the level of the "
            "scenarios does not pass; expected shortfall: the mean of the worst rest",
            "figures": figures,
            **book_body(result),
        },
    )


def finding_drafts(
    result: SimulationResult, contributors: list[Contributors], parameters: SimulationParameters
) -> tuple[FindingDraft, ...]:
    """One of each level's expected shortfall."""
    threshold = parameters.tail_materiality_threshold_pct * max(1.0, result.exposure)
    drafts = []
    for tail, largest in zip(result.tails, contributors, strict=True):
        level = f"{100 * tail.confidence_level:.10g} %"
        body = finding_body(
            result.currency,
            title=f"tail:{level}",
            category="loss_distribution",
            metric="expected_shortfall",
            description=f"Mean loss in the worst {_rest(tail.confidence_level)} of scenarios",
            value=tail.expected_shortfall,
            threshold=threshold,
            impact_score=min(1.0, tail.expected_shortfall / max(1.0, result.exposure)),
            contributors=largest,
        )
        error = tail.expected_shortfall_standard_error
        drafts.append(FindingDraft(evidence=0, body={**body, "standard_error": error}))
    return tuple(drafts)


def _rest(level: float) -> str:
    return f"{100 * (1 - level):.6g} %"
