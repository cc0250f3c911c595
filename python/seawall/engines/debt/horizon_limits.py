"""What limits of concentration state: evidence of each, and a finding of each that is broken."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from seawall.engine import EvidenceDraft, FindingDraft
from seawall.engines.debt.drafts import finding_body
from seawall.engines.debt.horizon_concentration import MeasuredConcentration, excess_over
from seawall.engines.debt.horizon_run import HorizonRun
from seawall.table import Table

_FORMULA = (
    "max(outstanding of a part − limit · total outstanding, 0) on the first day, summed over "
    "parts; a part's falls to its records by what they owe"
)
_METRIC = "excess_concentration"
_LARGEST = 10
_NAMED = 100
"""How many parts above a limit are named with their amounts; all are counted."""


def limit_drafts(
    run: HorizonRun,
    *,
    currency: str,
    book: Mapping[str, Any],
    records: Callable[[], Table],
    first_evidence: int,
) -> tuple[list[EvidenceDraft], list[FindingDraft]]:
    """State each limit that the horizon sets, in their order; the arguments as `horizon_drafts`.

    A limit is of the book as it is on the first day, the same in every case. One that is broken is
    material, however little.
    """
    evidence: list[EvidenceDraft] = []
    findings: list[FindingDraft] = []
    for measured in run.concentrations:
        limit, excess = measured.limit, measured.summary.excess
        if limit is None:
            continue
        largest = _largest(run, records(), measured.summary.by, limit) if excess else []
        if excess:
            findings.append(
                FindingDraft(
                    body=_finding(measured, excess, currency, largest),
                    evidence=first_evidence + len(evidence),
                )
            )
        evidence.append(
            EvidenceDraft(
                kind="concentration",
                subject=measured.summary.by,
                body={
                    "currency": currency,
                    "as_of": run.result.as_of,
                    **book,
                    "formula": _FORMULA,
                    "parameters": {
                        "by": measured.summary.by,
                        "limit_pct": measured.summary.limit_pct,
                    },
                    "figures": _figures(measured),
                    "largest_contributors": largest,
                },
            )
        )
    return evidence, findings


def _figures(measured: MeasuredConcentration) -> dict[str, Any]:
    summary = measured.summary
    return {
        _METRIC: summary.excess,
        "not_tested": _not_tested(measured),
        "total_outstanding": measured.total,
        "limit_outstanding": measured.limit,
        "above_limit_count": len(measured.above_limit),
        "above_limit": msgspec.to_builtins(measured.above_limit[:_NAMED]),
        "largest": [{"name": name, "share_pct": share} for name, share in summary.largest],
        "known_pct": summary.known_pct,
        "herfindahl_index": summary.herfindahl_index,
    }


def _finding(
    measured: MeasuredConcentration,
    excess: float,
    currency: str,
    largest: list[dict[str, Any]],
) -> dict[str, Any]:
    summary = measured.summary
    body = finding_body(
        currency,
        title=f"concentration:{summary.by}",
        category="concentration",
        metric=_METRIC,
        description=f"Outstanding above the limit of {summary.limit_pct:g} % of the book for one "
        + summary.by.replace("_", " "),
        value=excess,
        threshold=0.0,
        impact_score=min(1.0, excess / max(1.0, measured.total)),
        contributors=largest,
    )
    return {
        **body,
        "by": summary.by,
        "limit_pct": summary.limit_pct,
        "above_limit_count": len(measured.above_limit),
        "above_limit": [part.name for part in measured.above_limit[:_NAMED]],
        "not_tested": _not_tested(measured),
    }


def _not_tested(measured: MeasuredConcentration) -> float:
    """What records owe that do not say of which part they are."""
    return max(measured.total - measured.known_total, 0.0)  # two orders of a sum


def _largest(run: HorizonRun, records: Table, by: str, limit: float) -> list[dict[str, Any]]:
    """The records with the largest parts of an excess."""
    numbers = records["record"].to_numpy()
    owed = records["total_outstanding"].to_numpy()
    part = _parts(run.question.book.records, by, numbers)
    known = part >= 0
    sums = np.bincount(part[known], weights=owed[known])
    above = np.array([excess_over(limit, amount) for amount in sums.tolist()])
    share = np.divide(above, sums, out=np.zeros_like(sums), where=sums > 0)
    amounts = np.zeros(len(owed))
    amounts[known] = owed[known] * share[part[known]]
    order = np.lexsort((numbers, -amounts))[:_LARGEST]
    return [
        {"record": int(numbers[at]), "amount": float(amounts[at])}
        for at in order
        if amounts[at] > 0
    ]


def _parts(source: Table, by: str, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the part of each record, −1 where it does not say.

    A record that names no obligor is one of its own, whatever others are called.
    """
    import pyarrow
    from pyarrow import compute

    held = source.to_arrow()
    name = "obligor_id" if by == "obligor" else by
    unknown = np.full(len(numbers), -1, dtype=np.int64)
    parts, count = unknown, 0
    if name in held.column_names:
        rows = compute.index_in(pyarrow.array(numbers), value_set=held["record"].combine_chunks())
        texts = held[name].combine_chunks().take(rows)
        if by != "obligor":
            texts = compute.if_else(compute.equal(texts, ""), None, texts)
        coded = texts.dictionary_encode()
        parts = coded.indices.fill_null(-1).to_numpy().astype(np.int64)
        count = len(coded.dictionary)
    if by == "obligor":
        own = np.flatnonzero(parts < 0)
        parts = parts.copy()
        parts[own] = count + np.arange(len(own))
    return parts
