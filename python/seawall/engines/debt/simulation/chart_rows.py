"""The figures of a simulated tail as the rows that its charts draw."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seawall.chart_style import unlike
from seawall.engines.debt.simulation.shares import Share
from seawall.engines.debt.simulation.tail import Tail

PARTS = ("up to value at risk", "beyond value at risk")

_BINS = 60
_CURVE_POINTS = 240
_LEAST_BEYOND = 16  # scenarios beyond value at risk, for a standard error that says something
NORMAL_95 = 1.959963984540054


def percent(level: float) -> str:
    """Write a level, such as ``99.9 %``."""
    return f"{100 * level:.10g} %"


def amounts(tail: Tail) -> Any:
    """Return the loss of each scenario in the book's currency."""
    return tail.loss_minor / tail.book.minor_per_unit


def bins(losses: Any, value_at_risk: float) -> list[dict[str, Any]]:
    """Count losses in bins that end with their upper edge; value at risk is one edge, 0 another."""
    most = float(losses.max())
    below = max(1, round(_BINS * value_at_risk / most)) if value_at_risk else 0
    width = value_at_risk / below if below else most / _BINS or 1.0
    number = np.ceil((losses - value_at_risk) / width).astype(np.int64) + below
    number = np.maximum(number, min(below, 1))  # a loss of 0 is in the first
    return [
        {
            "low": value_at_risk + (place - below - 1) * width,
            "high": value_at_risk + (place - below) * width,
            "count": int(count),
            "part": PARTS[place > below],
        }
        for place, count in enumerate(np.bincount(number))
        if count
    ]


def marks(tail: Tail, level: float, size: float) -> list[dict[str, Any]]:
    """Place expected loss, value at risk and expected shortfall with their intervals at 95 %."""
    figures, moments = tail.figures(level), tail.moments()
    mean, mean_reach = moments["expected"], NORMAL_95 * moments["standard_error"]
    short = figures.expected_shortfall
    short_reach = NORMAL_95 * figures.expected_shortfall_standard_error
    high = figures.value_at_risk_high
    if high is None:  # beyond the largest loss
        high = float(amounts(tail).max())
    found = [
        ("expected loss", mean, mean - mean_reach, mean + mean_reach, "left"),
        (
            f"value at risk ({percent(level)})",
            figures.value_at_risk,
            figures.value_at_risk_low,
            high,
            "right",
        ),
        ("expected shortfall", short, short - short_reach, short + short_reach, "left"),
    ]
    return [
        {
            "name": f"{name} {at / size:,.1f}",
            "at": at / size,
            "low": low / size,
            "high": end / size,
            "side": side,  # of its line, on which its name stands
        }
        for name, at, low, end, side in found
    ]


def curve(tail: Tail, size: float) -> list[dict[str, float]]:
    """Return the share of scenarios that lose at least so much, with its interval at 95 %."""
    count = tail.scenario_count
    ordered = np.sort(amounts(tail))[::-1] / size
    ranks = np.unique(np.geomspace(1, count, _CURVE_POINTS).astype(np.int64))
    columns = (ordered[ranks - 1], ranks / count, *share_interval(ranks, count))
    return [
        dict(zip(("loss", "probability", "low", "high"), map(float, row), strict=True))
        for row in zip(*columns, strict=True)
    ]


def share_interval(found: Any, count: int) -> tuple[Any, Any]:
    """Return the ends of Wilson's interval at 95 % of a share, which holds for small ones too.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share, square = found / count, NORMAL_95**2 / count
    middle = share + square / 2
    reach = np.sqrt(square * (share * (1 - share) + square / 4))
    return (middle - reach) / (1 + square), (middle + reach) / (1 + square)


def bars(found: Sequence[Share], count: int, size: float) -> list[dict[str, Any]]:
    """Return the largest shares of expected shortfall, and all others as a text without a bar."""
    total = sum(share.contribution for share in found)
    shown, others = found[:count], found[count:]
    names = unlike(share.name or "unstated" for share in shown)
    rows = [
        _bar(name, share.contribution / size, (share.standard_error or 0.0) / size, total / size)
        for name, share in zip(names, shown, strict=True)
    ]
    if others:
        amount = sum(share.contribution for share in others) / size
        text = _text(amount, total / size)
        rows.append({"name": f"{len(others):,} others", "low": 0.0, "high": 0.0, "text": text})
    return rows


def _bar(name: str, amount: float, error: float, total: float) -> dict[str, Any]:
    return {
        "name": name,
        "amount": amount,
        "low": amount - 2 * error,
        "high": amount + 2 * error,
        "text": _text(amount, total),
    }


def _text(amount: float, total: float) -> str:
    return f"{amount:,.1f} ({100 * amount / total:.1f} %)" if total else f"{amount:,.1f}"


def prefixes(tail: Tail, level: float) -> list[dict[str, float]]:
    """Return expected shortfall of the first 2ᵏ scenarios and of all, with intervals at 95 %."""
    least = _LEAST_BEYOND / (1 - level)
    rows = []
    for count, found in tail.convergence(level):
        if count < min(least, tail.scenario_count):
            continue
        reach = NORMAL_95 * found.expected_shortfall_standard_error
        amount = found.expected_shortfall
        rows.append(
            {"scenarios": count, "amount": amount, "low": amount - reach, "high": amount + reach}
        )
    return rows
