"""What a run with a horizon states for the ledger: four of evidence and four findings a case.

A purchase is one more piece of evidence of each case, a what-if one of all; no finding rests on
them. Each limit of concentration is one of the book.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from seawall.engine import EvidenceDraft, EvidenceKind, FindingDraft
from seawall.engines.debt.drafts import finding_body
from seawall.engines.debt.horizon_limits import limit_drafts
from seawall.engines.debt.horizon_results import CaseResult
from seawall.engines.debt.horizon_run import HorizonRun
from seawall.engines.debt.horizon_shares import CaseShares, Share
from seawall.engines.debt.horizon_types import Horizon
from seawall.table import Table

KINDS = tuple(
    EvidenceKind(name, subject, is_always_left=False)
    for name, subject in (
        ("cash_flow_path", "case"),
        ("covenants", "case"),
        ("refinancing_wall", "case"),
        ("waterfall", "case"),
        ("purchase", "case"),
        ("what_if", "what-if"),
        ("concentration", "kind of part"),
    )
)

_TERMS = ("months", "surplus_cash", "default_after_months", "covenants", "refinancing")
"""What of a horizon all figures of a case depend on."""

_MORE_TERMS = {
    "cash_flow_path": ("business_day_convention", "holiday_calendar"),
    "waterfall": ("waterfall",),
    "purchase": ("waterfall", "purchase"),
    "what_if": ("waterfall", "purchase"),
}
"""What some kinds of evidence depend on besides."""

_PURCHASE_FORMULA = (
    "the rate at which what the case pays until the horizon's end, and what is then owed is worth, "
    "is what was paid: balance at the price, and accrued interest"
)


class _Stated(msgspec.Struct, frozen=True):
    """A kind of evidence, and the finding that rests on it."""

    kind: str
    formula: str
    figures: Callable[[CaseResult], Any]
    share: Callable[[CaseShares], Share]
    category: str  # also the finding's title before the case, and its threshold's name
    metric: str
    description: str


_STATED = (
    _Stated(
        kind="cash_flow_path",
        formula="operating and debt-service shortfalls, summed over months and obligors; an "
        "obligor's fall to its records by what they owe",
        figures=lambda case: {
            "steps": case.steps,
            "runway_counts": case.runway_counts,
            "weeks": case.weeks,
        },
        share=CaseShares.shortfall,
        category="liquidity",
        metric="shortfall",
        description="What operations and debt service lack within the horizon",
    ),
    _Stated(
        kind="covenants",
        formula="balance on the first day, summed over records ever in breach of a covenant",
        figures=lambda case: {"covenants": case.covenants, "risk": case.risk},
        share=CaseShares.breached,
        category="covenants",
        metric="breached_outstanding",
        description="Outstanding of records that breach a covenant within the horizon",
    ),
    _Stated(
        kind="refinancing_wall",
        formula="max(due − new debt that passes the tests, 0), summed over records and days "
        "within the horizon",
        figures=lambda case: {"wall": case.wall},
        share=CaseShares.refinancing_gap,
        category="refinancing",
        metric="refinancing_gap",
        description="What falls due within the horizon and finds no new debt",
    ),
    _Stated(
        kind="waterfall",
        formula="claim − paid from collateral, estate and guarantees, summed over positions of "
        "obligors that default",
        figures=lambda case: {"waterfall": case.waterfall},
        share=CaseShares.unpaid,
        category="recovery",
        metric="unpaid_claims",
        description="Claims on obligors that default and that a liquidation leaves unpaid",
    ),
)


def horizon_drafts(
    run: HorizonRun,
    *,
    currency: str,
    total_outstanding: float,
    book: Mapping[str, Any],
    records: Callable[[], Table],
    first_evidence: int,
) -> tuple[list[EvidenceDraft], list[FindingDraft]]:
    """State each case in the order of the result.

    Parameters
    ----------
    total_outstanding : float
        Of the book on the first day; thresholds are fractions of it.
    book : mapping
        How the book was made: an input of every figure.
    records : callable
        Makes the run's table of that name.
    first_evidence : int
        How many pieces of evidence the run states before these.
    """
    evidence: list[EvidenceDraft] = []
    findings: list[FindingDraft] = []
    scale = max(1.0, total_outstanding)
    horizon = run.question.horizon
    common = {
        "currency": currency,
        "as_of": run.result.as_of,
        "assumed_counts": run.result.assumed_counts,
        **book,
    }
    for index, case in enumerate(run.result.cases):
        shares = CaseShares(run, index)
        for stated in _STATED:
            share = stated.share(shares)
            body = finding_body(
                currency,
                title=f"{stated.category}:{case.case_id}",
                category=stated.category,
                metric=stated.metric,
                description=stated.description,
                value=share.amount,
                threshold=getattr(horizon.materiality, stated.category) * scale,
                impact_score=min(1.0, share.amount / scale),
                contributors=share.largest,
            )
            named = {"case_id": case.case_id, "not_tested": share.not_tested, **_more(stated, case)}
            findings.append(
                FindingDraft(body={**body, **named}, evidence=first_evidence + len(evidence))
            )
            parameters = _terms(stated.kind, horizon)
            if "holiday_calendar" in parameters:
                parameters["holidays"] = run.result.holidays
            figures = {
                stated.metric: share.amount,
                "not_tested": share.not_tested,
                **msgspec.to_builtins(stated.figures(case)),
            }
            evidence.append(
                EvidenceDraft(
                    kind=stated.kind,
                    subject=case.case_id,
                    body={
                        **common,
                        "formula": stated.formula,
                        "parameters": parameters,
                        "case": _case(case),
                        "figures": figures,
                        "largest_contributors": share.largest,
                    },
                )
            )
    bought = [case for case in run.result.cases if case.purchase is not UNSET]
    evidence += [
        EvidenceDraft(
            kind="purchase",
            subject=case.case_id,
            body={
                **common,
                "formula": _PURCHASE_FORMULA,
                "parameters": _terms("purchase", horizon),
                "case": _case(case),
                "figures": msgspec.to_builtins(case.purchase),
            },
        )
        for case in bought
    ]
    evidence += [
        EvidenceDraft(
            kind="what_if",
            subject=found.what_if_id,
            body={
                **common,
                "formula": "figure of a case with the position's new terms − figure without",
                "parameters": {
                    **_terms("what_if", horizon),
                    "what_if": msgspec.to_builtins(entry),
                },
                "cases": {case.case_id: _case(case) for case in run.result.cases},
                "figures": msgspec.to_builtins(found),
            },
        )
        for entry, found in zip(horizon.what_if, run.result.what_if, strict=True)
    ]
    limits, broken = limit_drafts(
        run,
        currency=currency,
        book=book,
        records=records,
        first_evidence=first_evidence + len(evidence),
    )
    return evidence + limits, findings + broken


def _more(stated: _Stated, case: CaseResult) -> dict[str, Any]:
    """The gap of the whole life of the book stands beside that of the horizon."""
    if stated.kind != "refinancing_wall":
        return {}
    return {"total_gap": math.fsum(quarter.gap for quarter in case.wall)}


def _terms(kind: str, horizon: Horizon) -> dict[str, Any]:
    names = (*_TERMS, *_MORE_TERMS.get(kind, ()))
    return {name: msgspec.to_builtins(getattr(horizon, name)) for name in names}


def _case(case: CaseResult) -> dict[str, Any]:
    names = ("description", "assumptions", "links", "not_covered")
    return {name: msgspec.to_builtins(getattr(case, name)) for name in names}
