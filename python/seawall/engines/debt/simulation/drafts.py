"""What a simulation states for the ledger: evidence, and the findings that rest on it."""

from typing import Any

import msgspec

from seawall.engine import EvidenceDraft, EvidenceKind, FindingDraft
from seawall.engines.debt.drafts import book_body, finding_body
from seawall.engines.debt.simulation.answers import SimulationResult
from seawall.engines.debt.simulation.asked_names import bump_name, loss_name
from seawall.engines.debt.simulation.types import SimulationParameters

DISTRIBUTION = "loss_distribution"
KINDS = (
    EvidenceKind(DISTRIBUTION),
    EvidenceKind("what_if", "what-if", is_always_left=False),
    EvidenceKind("sensitivity", "figure with its change", is_always_left=False),
    EvidenceKind("reverse_stress", "loss", is_always_left=False),
)

_ON_TOP = ("what_if", "sensitivities", "reverse_stress")

Contributors = list[dict[str, Any]]
"""Records with the largest shares, as ``{"record", "amount"}``."""


def evidence_drafts(
    result: SimulationResult, contributors: list[Contributors]
) -> tuple[EvidenceDraft, ...]:
    """One of the distribution, then one of each what-if, sensitivity and reverse stress.

    ``contributors`` are of each level's expected shortfall.
    """
    figures = msgspec.to_builtins(result)
    for name in ("currency_rates", "currencies", "unconverted", "shared_collateral", *_ON_TOP):
        figures.pop(name)
    for tail, largest in zip(figures["tails"], contributors, strict=True):
        tail["largest_contributors"] = largest
    distribution = EvidenceDraft(
        kind=DISTRIBUTION,
        body={
            "currency": result.currency,
            "formula": "value at risk: the smallest loss that a share of at least the level of the "
            "scenarios does not pass; expected shortfall: the mean of the worst rest",
            "figures": figures,
            **book_body(result),
        },
    )
    found: list[tuple[str, str, msgspec.Struct]] = [
        *(("what_if", answer.what_if_id, answer) for answer in result.what_if),
        *(("sensitivity", bump_name(answer.bump), answer) for answer in result.sensitivities),
        *(("reverse_stress", loss_name(answer.loss), answer) for answer in result.reverse_stress),
    ]
    on_top = [
        EvidenceDraft(
            kind=kind,
            subject=subject,
            body={
                "currency": result.currency,
                "losses_sha256": result.losses_sha256,
                "figures": msgspec.to_builtins(answer),
            },
        )
        for kind, subject, answer in found
    ]
    return (distribution, *on_top)


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
